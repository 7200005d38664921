"""A client of etcd's JSON gateway for `system: {name: exec}`: registers, a key each."""
import base64, http.client, json, sys
def text(value): return base64.b64encode(str(value).encode()).decode()
def post(path, body, timeout):
    global connection  # one for each process, as the harness opens a new one after an unknown end
    connection = connection or http.client.HTTPConnection(place["address"], 2379)
    connection.timeout = timeout
    if connection.sock: connection.sock.settimeout(timeout)
    try:
        connection.request("POST", "/v3" + path, json.dumps(body))
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    except BaseException:
        connection = connection.close()
        raise

def perform(ask):
    f, value, timeout = ask["f"], ask.get("value"), ask.get("timeout", 1000) / 1000
    key = text(f"register/{ask.get('key')}")
    if f == "status":
        _, seen = post("/maintenance/status", {}, timeout)
        leads = seen.get("leader") == seen["header"]["member_id"]
        # Not "exact": the term that etcd tells is of the last entry that it has applied.
        return {"type": "ok", "value": {"leader": leads, "term": int(seen["raftTerm"])}}
    stale = place["options"].get("reads") == "serializable" and f == "read"
    if f in ("read", "serves"):
        status, seen = post("/kv/range", {"key": key, "serializable": stale}, timeout)
    elif f == "write":
        status, seen = post("/kv/put", {"key": key, "value": text(value)}, timeout)
    else:
        compare = {"key": key, "target": "VALUE", "result": "EQUAL", "value": text(value[0])}
        put = {"requestPut": {"key": key, "value": text(value[1])}}
        status, seen = post("/kv/txn", {"compare": [compare], "success": [put]}, timeout)
    if status != 200:
        sure = any(word in str(seen) for word in ("unhealthy cluster", "no leader"))
        return {"type": "fail" if sure else "info", "error": str(seen)[:200]}
    if f == "cas" and "succeeded" not in seen: return {"type": "fail", "error": "mismatch"}
    if f != "read": return {"type": "ok"}
    if "kvs" not in seen: return {"type": "ok", "value": None}
    held = base64.b64decode(seen["kvs"][0]["value"]).decode(errors="backslashreplace")
    return {"type": "ok", "value": int(held) if held.isdigit() else held}  # whatever was read

connection = place = None
for line in sys.stdin:
    ask = json.loads(line)
    try: answer = perform(ask) if place and ask["type"] != "open" else {"type": "ok"}
    except ConnectionRefusedError: answer = {"type": "fail", "error": "refused"}
    except Exception as error: answer = {"type": "info", "error": repr(error)}
    if ask["type"] == "open": place, connection = ask, None
    print(json.dumps(answer | {"id": ask.get("id")}), flush=True)
