"""Registers in PySyncObj, over HTTP: `pysyncobj_node.py ADDRESS OTHERS DATA [key=value ...]`.

POST / with {"f", "key", "value", "timeout"}: `read` is a replicated no-op that returns the value,
`local` is what this node holds. Answers {"type": "ok" | "fail" | "info", ...}.
"""
import http.server, json, os, sys

sys.path.insert(0, os.path.join(os.getcwd(), ".tools/python"))
try:
    from pysyncobj import SyncObj, SyncObjConf, SyncObjException, replicated
    from pysyncobj.version import VERSION
except ImportError:
    sys.exit("there is no PySyncObj, neither in .tools/python nor installed")
if sys.argv[1:] == ["--version"]:
    sys.exit(print("PySyncObj", VERSION))


class Registers(SyncObj):
    def __init__(self, own, others, conf):
        super().__init__(own, others, conf)
        self.held = {}

    @replicated
    def read(self, key, _):
        return True, self.held.get(key)

    @replicated
    def write(self, key, value):
        self.held[key] = value
        return True, value

    @replicated
    def cas(self, key, pair):
        if self.held.get(key) != pair[0]:
            return False, self.held.get(key)
        self.held[key] = pair[1]
        return True, pair[1]


def perform(ask):
    f, key = ask["f"], str(ask.get("key"))
    if f == "status":
        status = registers.getStatus()
        leads = str(status["leader"]) == f"{address}:4321"
        return {"type": "ok", "value": {"leader": leads, "term": status["raft_term"]}}
    if f == "local":
        return {"type": "ok", "value": registers.held.get(key)}
    try:
        done, value = getattr(registers, f)(
            key, ask.get("value"), sync=True, timeout=ask["timeout"] / 1000)
    except SyncObjException as error:
        sure = error.errorCode in (1, 2, 4, 6)  # full, no leader, not leader, denied
        return {"type": "fail" if sure else "info", "error": f"PySyncObj {error.errorCode}"}
    if not done:
        return {"type": "fail", "error": "mismatch"}
    return {"type": "ok", "value": value} if f == "read" else {"type": "ok"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.dumps(perform(json.loads(self.rfile.read(int(self.headers["content-length"])))))
        try:
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())
        except OSError:  # whoever asked has given up meanwhile
            self.close_connection = True

    def log_message(self, *words):
        pass


address, others, data, *settings = sys.argv[1:]
os.makedirs(data, exist_ok=True)
conf = SyncObjConf(
    raftMinTimeout=0.4, raftMaxTimeout=0.8, fullDumpFile=f"{data}/dump", journalFile=f"{data}/journal",
    **{key: int(value) for key, value in (setting.split("=") for setting in settings)})
registers = Registers(f"{address}:4321", [other for other in others.split(",") if other], conf)
http.server.ThreadingHTTPServer.request_queue_size = 256
http.server.ThreadingHTTPServer((address, 8000), Handler).serve_forever()
