"""A client of NATS JetStream's key-value buckets: options {reads: confirmed | leader | direct}.

A confirmed read is one whose value was then written again, guarded by its revision: neither the
leader nor any replica vouches for a read by itself.
"""
import base64, json, random, socket, sys, time

BUCKET = "KV_whitewater"


class Link:
    def __init__(self, address, deadline):
        self.socket = socket.create_connection((address, 4222), deadline - time.monotonic())
        self.buffer, self.inbox, self.count = b"", f"_INBOX.{random.getrandbits(64):x}", 0
        options = {"verbose": False, "headers": True, "no_responders": True}
        self.send(f"CONNECT {json.dumps(options)}\r\nSUB {self.inbox}.* 1\r\n".encode())

    def send(self, data):
        self.socket.sendall(data)

    def take(self, deadline, count=None):
        """A line, or so many bytes and a line's end."""
        while (b"\r\n" not in self.buffer) if count is None else (len(self.buffer) < count + 2):
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            received = self.socket.recv(65536)
            if not received: raise ConnectionError("closed")
            self.buffer += received
        count = self.buffer.index(b"\r\n") if count is None else count
        taken, self.buffer = self.buffer[:count], self.buffer[count + 2:]
        return taken

    def ask(self, subject, payload, deadline, header=b""):
        """The reply's headers and body."""
        self.count += 1
        reply = f"{self.inbox}.{self.count}"
        sizes = f"{len(header)} {len(header) + len(payload)}" if header else f"{len(payload)}"
        verb = "HPUB" if header else "PUB"
        self.send(f"{verb} {subject} {reply} {sizes}\r\n".encode() + header + payload + b"\r\n")
        while True:
            words = self.take(deadline).decode().split()
            if words[0] == "PING": self.send(b"PONG\r\n")
            if words[0] not in ("MSG", "HMSG"): continue
            body = self.take(deadline, int(words[-1]))
            split = int(words[-2]) if words[0] == "HMSG" else 0
            if words[1] == reply: return body[:split].decode(), body[split:]


class Refused(Exception):
    """Certainly not done."""


def api(name, body, deadline):
    headers, reply = link.ask("$JS.API." + name, json.dumps(body).encode(), deadline)
    if " 503" in headers[:16]: raise Refused("no responders")
    return headers, reply


def read(subject, mode, deadline):
    """The value and its revision; (None, 0) if there is none."""
    name = "DIRECT.GET." if mode == "direct" else "STREAM.MSG.GET."
    headers, reply = api(name + BUCKET, {"last_by_subj": subject}, deadline)
    if mode == "direct":
        return (None, 0) if " 404" in headers[:16] else (number(reply), 0)
    found = json.loads(reply)
    if found.get("error", {}).get("code") == 404: return None, 0
    return number(base64.b64decode(found["message"]["data"])), found["message"]["seq"]


def number(data):
    text = data.decode(errors="backslashreplace")
    return int(text) if text.isdigit() else text


def write(subject, value, deadline, revision=None):
    guard = f"NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: {revision}\r\n\r\n".encode()
    headers, reply = link.ask(subject, str(value).encode(), deadline, b"" if revision is None else guard)
    if " 503" in headers[:16]: raise Refused("no responders")
    error = json.loads(reply).get("error")
    if error and error.get("err_code") == 10071: raise Refused("changed meanwhile")
    if error: raise RuntimeError(error)


def perform(ask, deadline):
    f, value, mode = ask["f"], ask.get("value"), place["options"].get("reads", "confirmed")
    subject = f"$KV.whitewater.k{ask.get('key')}"
    if f == "status":
        cluster = json.loads(api("STREAM.INFO." + BUCKET, {}, deadline)[1]).get("cluster", {})
        return {"type": "ok", "value": {"leader": cluster.get("leader") == place["node"], "term": 0}}
    if f == "serves":
        if "error" in json.loads(api("STREAM.INFO." + BUCKET, {}, deadline)[1]):
            api("STREAM.CREATE." + BUCKET, {
                "name": BUCKET, "subjects": ["$KV.whitewater.>"], "storage": "file",
                "num_replicas": len(place["nodes"]), "max_msgs_per_subject": 1,
                "allow_direct": True, "discard": "new"}, deadline)
        write("$KV.whitewater.serves", 1, deadline)
    elif f == "read":
        held, revision = read(subject, mode, deadline)
        if mode == "confirmed" and held is None: return {"type": "fail", "error": "nothing to confirm"}
        if mode == "confirmed": write(subject, held, deadline, revision)
        return {"type": "ok", "value": held}
    elif f == "write":
        write(subject, value, deadline)
    else:
        held, revision = read(subject, "leader", deadline)
        if held != value[0]: raise Refused("another value, if this read is not stale")
        write(subject, value[1], deadline, revision)
    return {"type": "ok"}


link = place = None
for line in sys.stdin:
    ask = json.loads(line)
    deadline = time.monotonic() + ask.get("timeout", 1000) / 1000
    try:
        if ask["type"] == "open":
            place, link, answer = ask, None, {"type": "ok"}
        else:
            try: link = link or Link(place["address"], deadline)
            except OSError as error: raise Refused(repr(error))
            answer = perform(ask, deadline)
    except Refused as error:
        answer = {"type": "fail", "error": str(error)}
    except Exception as error:
        answer, link = {"type": "info", "error": repr(error)[:200]}, None
    print(json.dumps(answer | {"id": ask.get("id")}), flush=True)
