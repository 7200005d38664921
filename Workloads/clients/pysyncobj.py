"""A client of nodes/pysyncobj_node.py: options {reads: replicated | local}."""
import http.client, json, sys


def perform(ask):
    global connection
    if ask["f"] == "serves":
        ask = ask | {"f": "read", "key": "whitewater"}
    if ask["f"] == "read" and place["options"].get("reads") == "local":
        ask = ask | {"f": "local"}
    connection = connection or http.client.HTTPConnection(place["address"], 8000)
    timeout = ask["timeout"] / 1000 + 0.1
    connection.timeout = timeout
    if connection.sock:
        connection.sock.settimeout(timeout)
    try:
        connection.request("POST", "/", json.dumps(ask))
        return json.loads(connection.getresponse().read())
    except BaseException:
        connection.close()
        connection = None
        raise


connection = place = None
for line in sys.stdin:
    ask = json.loads(line)
    try:
        if ask["type"] == "open":
            place, connection, answer = ask, None, {"type": "ok"}
        else:
            answer = perform(ask)
    except ConnectionRefusedError:
        answer = {"type": "fail", "error": "refused"}
    except Exception as error:
        answer = {"type": "info", "error": repr(error)[:200]}
    print(json.dumps(answer | {"id": ask.get("id")}), flush=True)
