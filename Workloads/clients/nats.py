"""A client of NATS JetStream's buckets: options {reads: confirmed | leader | direct}. A read is
confirmed by a guarded write of its value, for neither the leader nor any replica vouches for it."""
import base64, itertools, json, random, socket, sys, time

BUCKET, INBOX, numbers = "KV_whitewater", f"_INBOX.{random.getrandbits(64):x}", itertools.count(1)

class Refused(Exception):
    """Certainly not done."""
def fail(why): raise RuntimeError(why)

def connect():
    global link, buffer
    buffer = b""
    try: link = socket.create_connection((place["address"], 4222), deadline - time.monotonic())
    except OSError as error: raise Refused(repr(error))
    options = {"verbose": False, "headers": True, "no_responders": True}
    link.sendall(f"CONNECT {json.dumps(options)}\r\nSUB {INBOX}.* 1\r\n".encode())

def take(count=None):
    """A line, or so many bytes and a line's end."""
    global buffer
    while (b"\r\n" not in buffer) if count is None else (len(buffer) < count + 2):
        link.settimeout(max(0.001, deadline - time.monotonic()))
        buffer += link.recv(65536) or fail("closed")
    end = buffer.index(b"\r\n") if count is None else count
    taken, buffer = buffer[:end], buffer[end + 2:]
    return taken

def request(subject, payload, header=b""):
    """The reply's headers and body."""
    reply = f"{INBOX}.{next(numbers)}"
    verb, sizes = ("HPUB", f"{len(header)} ") if header else ("PUB", "")
    sizes += str(len(header) + len(payload))
    link.sendall(f"{verb} {subject} {reply} {sizes}\r\n".encode() + header + payload + b"\r\n")
    while True:
        words = take().decode().split()
        if words[0] == "PING": link.sendall(b"PONG\r\n")
        if words[0] not in ("MSG", "HMSG"): continue
        body, split = take(int(words[-1])), int(words[-2]) if words[0] == "HMSG" else 0
        if words[1] != reply: continue
        if b" 503" in body[:min(split, 16)]: raise Refused("no responders")
        return body[:split].decode(), body[split:]

def api(name, body): return request(f"$JS.API.{name}.{BUCKET}", json.dumps(body).encode())
def number(data): return int(data) if data.isdigit() else data.decode(errors="backslashreplace")

def read(subject, mode):
    """The value and its revision; (None, 0) if there is none."""
    headers, reply = api("DIRECT.GET" if mode == "direct" else "STREAM.MSG.GET", {"last_by_subj": subject})
    if mode == "direct": return (None, 0) if " 404" in headers[:16] else (number(reply), 0)
    found = json.loads(reply)
    if found.get("error", {}).get("code") == 404: return None, 0
    if "error" in found: raise Refused(found["error"])  # nothing has been written yet
    return number(base64.b64decode(found["message"]["data"])), found["message"]["seq"]

def write(subject, value, revision=None):
    guard = f"NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: {revision}\r\n\r\n".encode()
    error = json.loads(request(subject, str(value).encode(), guard if revision else b"")[1]).get("error")
    if error and error.get("err_code") == 10071: raise Refused("changed meanwhile")
    if error: fail(error)

def perform(f, subject, value, mode):
    if f in ("status", "serves"):
        info = json.loads(api("STREAM.INFO", {})[1])
        leads = info.get("cluster", {}).get("leader") == place["node"]
        if f == "status": return {"value": {"leader": leads}}  # clients are not told of terms
        if "error" in info:
            made = json.loads(api("STREAM.CREATE", {
                "name": BUCKET, "subjects": ["$KV.whitewater.>"], "storage": "file", "discard": "new",
                "num_replicas": len(place["nodes"]), "max_msgs_per_subject": 1, "allow_direct": True})[1])
            if "error" in made: raise Refused(made["error"])
        write("$KV.whitewater.serves", 1)
    if f == "write": write(subject, value)
    if f == "read":
        held, revision = read(subject, mode)
        if mode in ("leader", "direct"): return {"value": held}
        if held is None: raise Refused("nothing to confirm")
        write(subject, held, revision)
        return {"value": held}
    if f == "cas":
        held, revision = read(subject, "leader")
        if held != value[0]: raise Refused("another value, if this read is not stale")
        write(subject, value[1], revision)
    return {}

link = place = None
for line in sys.stdin:
    ask = json.loads(line)
    deadline = time.monotonic() + ask.get("timeout", 1000) / 1000
    try:
        if ask["type"] == "open": place, link, answer = ask, None, {"type": "ok"}
        else:
            link or connect()
            subject, mode = f"$KV.whitewater.k{ask.get('key')}", place["options"].get("reads")
            answer = {"type": "ok"} | perform(ask["f"], subject, ask.get("value"), mode)
    except Refused as error: answer = {"type": "fail", "error": str(error)[:200]}
    except Exception as error: answer, link = {"type": "info", "error": repr(error)[:200]}, None
    print(json.dumps(answer | {"id": ask.get("id")}), flush=True)
