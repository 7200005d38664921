/// What `whitewater init` writes.
enum InitTemplates {
    static let plan = """
        # NAME: say here what is tested.
        name: NAME
        system:
          name: exec
          # How to start a node. {name} {number} {address} {data} {folder} {first} stand for the
          # node's own; programs and files are looked for beside this plan, then on the path.
          start: [python3, NAME-node.py, "{address}", "{first}", "{others}"]
          each: {peers: "{address}"}
          # start: [./my-raftd, --listen, "{address}:7000", --data, "{data}", --peers, "{peers}"]
          # each: {peers: "{name}={address}:7000"}
          # If only the leader answers: ready: {tcp: 7000}
          # How to start a client; it speaks JSON Lines on its standard input and output.
          client: [python3, NAME-client.py]
          workloads: [register]
          # Given to the client.
          options: {}
          # A line of a node's log with one of these in it is a finding.
          panic: ["Traceback (most"]
          # After this time without a leader your system elects another.
          election-timeout: 1s
        nodes: 3
        workload: register
        rate: 100
        time-limit: 20s
        faults:
          # The toy keeps everything on its first node, in memory: add kill, and it is found out.
          kinds: [one, pause-one]
          first: 2s
          every: 6s
          length: 3s

        """

    static let client = #"""
        """A client for `system: {name: exec}`: change perform() to speak to your own system."""
        import http.client, json, sys

        def ask_node(request, timeout):
            # A new connection each time is slow and simple; never send a request twice.
            connection = http.client.HTTPConnection(place["address"], 7000, timeout=timeout)
            connection.request("POST", "/", json.dumps(request))
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())

        def perform(ask):
            f, timeout = ask["f"], ask.get("timeout", 1000) / 1000
            if f == "status":  # who leads, in which term: what the node says of itself
                # Add "exact": True if both are read under one lock: two leaders in one term are told then.
                return {"type": "ok", "value": {"leader": place["node"] == "n1", "term": 1}}
            if f == "serves":  # a read that the system vouches for
                f = "read"
            status, answer = ask_node({"f": f, "key": ask.get("key"), "value": ask.get("value")}, timeout)
            # What certainly did not happen and never will is {"type": "fail", "error": "not leader"}.
            if status != 200:
                return {"type": "info", "error": str(answer)}
            if f == "read":
                return {"type": "ok", "value": answer["value"]}
            if f == "cas" and not answer["done"]:
                return {"type": "fail", "error": "mismatch"}
            return {"type": "ok"}

        place = None
        for line in sys.stdin:
            ask = json.loads(line)
            try:
                if ask["type"] == "open":
                    place, answer = ask, {"type": "ok"}
                else:
                    answer = perform(ask)
            except ConnectionRefusedError:  # nothing was sent
                answer = {"type": "fail", "error": "refused"}
            except Exception as error:  # nobody knows
                answer = {"type": "info", "error": repr(error)}
            print(json.dumps(answer | {"id": ask.get("id")}), flush=True)

        """#

    static let node = #"""
        """A toy in the place of a real system: the first node keeps everything in its memory."""
        import http.client, http.server, json, socket, sys, threading, time

        address, first, others = sys.argv[1:]
        store, lock = {}, threading.Lock()

        def beat():  # as nodes of a Raft do: a fault of the network counts only if it cuts traffic
            heart = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            while True:
                for other in filter(None, others.split(",")):
                    try:
                        heart.sendto(b"alive", (other, 7001))
                    except OSError:
                        pass  # there is no way at the moment
                time.sleep(0.1)

        threading.Thread(target=beat, daemon=True).start()

        def perform(ask):
            if address != first:  # the others only pass requests on
                connection = http.client.HTTPConnection(first, 7000, timeout=10)
                connection.request("POST", "/", json.dumps(ask))
                return json.loads(connection.getresponse().read())
            with lock:
                held = store.get(ask["key"])
                if ask["f"] == "cas":
                    if held != ask["value"][0]:
                        return {"done": False}
                    store[ask["key"]] = ask["value"][1]
                elif ask["f"] == "write":
                    store[ask["key"]] = ask["value"]
                return {"done": True, "value": held}

        class Handler(http.server.BaseHTTPRequestHandler):
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
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, *words):
                pass

        http.server.ThreadingHTTPServer.request_queue_size = 128
        http.server.ThreadingHTTPServer((address, 7000), Handler).serve_forever()

        """#
}
