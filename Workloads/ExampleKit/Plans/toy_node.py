"""The toy's node: `toy_node.py ADDRESS NODES [--local-reads]`; the first node keeps everything."""
import http.client, http.server, json, socket, sys, threading, time

address, nodes, *flags = sys.argv[1:]
nodes = nodes.split(",")
first = nodes[0]
store, lock = {}, threading.Lock()


def beat():  # a fault of the network counts only if it cuts traffic
    heart = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while True:
        for other in nodes:
            try: heart.sendto(b"alive", (other, 7001))
            except OSError: pass  # there is no way at the moment
        time.sleep(0.1)


threading.Thread(target=beat, daemon=True).start()


def perform(ask):
    if address != first:
        if "--local-reads" in flags and ask["f"] == "read" and ask["key"] in store:
            return {"done": True, "value": store[ask["key"]]}
        connection = http.client.HTTPConnection(first, 7000, timeout=10)
        connection.request("POST", "/", json.dumps(ask))
        answer = json.loads(connection.getresponse().read())
        if ask["f"] == "read": store[ask["key"]] = answer["value"]
        return answer
    with lock:
        held, value = store.get(ask["key"]), ask["value"]
        if ask["f"] == "cas" and held != value[0]: return {"done": False, "value": held}
        if ask["f"] in ("cas", "write"): store[ask["key"]] = value[-1]
        return {"done": True, "value": held}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        ask = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            status, answer = 200, perform(ask)
        except Exception as error:
            status, answer = 500, {"error": repr(error)}
        body = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # whoever asked has gone
            self.close_connection = True

    def log_message(self, *words):
        pass


http.server.ThreadingHTTPServer.request_queue_size = 128
http.server.ThreadingHTTPServer((address, 7000), Handler).serve_forever()
