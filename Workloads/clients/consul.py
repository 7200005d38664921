"""A client of Consul's key-value store: options {reads: consistent | default | stale}."""
import base64, http.client, json, sys


def send(method, path, timeout, body=None):
    global connection
    if connection is None:
        connection = http.client.HTTPConnection(place["address"], 8500)
    connection.timeout = timeout
    if connection.sock:
        connection.sock.settimeout(timeout)
    try:
        connection.request(method, "/v1" + path, body)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    except BaseException:
        connection.close()
        connection = None
        raise


def read(key, mode, timeout):
    """The value with the index of its last change; (None, 0) if there is none."""
    suffix = "" if mode == "default" else "?" + mode
    status, text = send("GET", f"/kv/register/{key}{suffix}", timeout)
    if status == 404:
        return None, 0
    if status != 200:
        raise RuntimeError(text)
    held = base64.b64decode(json.loads(text)[0]["Value"] or "").decode(errors="backslashreplace")
    return int(held) if held.isdigit() else held, json.loads(text)[0]["ModifyIndex"]


def write(path, value, timeout):
    status, text = send("PUT", path, timeout, str(value))
    if status != 200:  # leadership lost while committing: it may land later
        raise RuntimeError(text)
    return text.strip() == "true"


def perform(ask):
    f, key, value, timeout = ask["f"], ask.get("key"), ask.get("value"), ask["timeout"] / 1000
    if f == "status":
        raft = json.loads(send("GET", "/agent/self", timeout)[1])["Stats"]["raft"]
        return {"type": "ok", "value": {"leader": raft["state"] == "Leader", "term": int(raft["term"])}}
    if f == "serves":
        read("whitewater", "consistent", timeout)
    elif f == "read":
        mode = place["options"].get("reads", "consistent")
        return {"type": "ok", "value": read(key, mode, timeout)[0]}
    elif f == "write":
        if not write(f"/kv/register/{key}", value, timeout):
            return {"type": "fail", "error": "refused"}
    else:
        held, index = read(key, "consistent", timeout)
        if held != value[0]:
            return {"type": "fail", "error": "mismatch"}
        if not write(f"/kv/register/{key}?cas={index}", value[1], timeout):
            return {"type": "fail", "error": "changed meanwhile"}
    return {"type": "ok"}


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
