"""A node of two processes, to try such systems: `twofold.py store|front|client ...`.

`store ADDRESS DATA` keeps registers on disk; `front ADDRESS FIRST` takes requests and passes them to
the store of the first node, so that all nodes show the same registers. A front ends at once if its
own node's store does not listen yet; later it outlives any store.
"""
import json, os, socket, socketserver, sys, threading


def connect(address, port, timeout=None):
    link = socket.create_connection((address, port), timeout)
    return link.makefile("rw")


def serve(address, port, answer):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            try:
                for line in self.rfile:
                    self.wfile.write((json.dumps(answer(json.loads(line))) + "\n").encode())
            except OSError:
                pass  # whoever asked was killed

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        request_queue_size = 64

    Server((address, port), Handler).serve_forever()


def store(address, data):
    path, held, lock = data + "/registers", {}, threading.Lock()
    if os.path.exists(path):
        for line in open(path):
            if line.endswith("]\n"):  # a killed store may have written half a line
                held.update([json.loads(line)])
    log = open(path, "a")

    def answer(ask):
        key, value = str(ask.get("key")), ask.get("value")
        with lock:
            if ask["f"] in ("read", "serves"):
                return {"type": "ok", "value": held.get(key)}
            if ask["f"] == "cas":
                expected, value = value
                if held.get(key) != expected:
                    return {"type": "fail", "error": "mismatch"}
            log.write("\n" + json.dumps([key, value]) + "\n")
            log.flush()
            os.fsync(log.fileno())
            held[key] = value
            return {"type": "ok"}

    serve(address, int(os.environ["STORE_PORT"]), answer)


def front(address, first):
    port = int(os.environ["STORE_PORT"])
    connect(address, port, 1)  # ends here, with a word, if the store is not there
    print("the store is there", file=sys.stderr, flush=True)
    own = threading.local()

    def answer(ask):
        if ask["f"] == "status":
            return {"type": "ok", "value": {"leader": address == first}}
        try:
            own.link = getattr(own, "link", None) or connect(first, port, 1)
        except OSError as error:
            return {"type": "fail", "error": repr(error)}
        try:
            print(json.dumps(ask), file=own.link, flush=True)
            return json.loads(own.link.readline())
        except (OSError, ValueError) as error:
            own.link = None
            return {"type": "info", "error": repr(error)}

    serve(address, 7000, answer)


def client():
    place = link = None
    for line in sys.stdin:
        ask = json.loads(line)
        if ask["type"] == "open":
            place, link = ask, None
            print('{"type": "ok"}', flush=True)
            continue
        try:
            sent = False
            link = link or connect(place["address"], 7000, ask["timeout"] / 1000)
            sent = True
            print(line, end="", file=link, flush=True)
            answer = json.loads(link.readline())
        except (OSError, ValueError) as error:
            answer, link = {"type": "info" if sent else "fail", "error": repr(error)}, None
        print(json.dumps(answer | {"id": ask["id"]}), flush=True)


{"store": store, "front": front, "client": client}[sys.argv[1]](*sys.argv[2:])
