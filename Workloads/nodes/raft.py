"""A Raft node in Maelstrom's protocol (lin-kv): `raft.py DATA [--stale]`.

Every operation, reads too, is an entry of the log; what is promised is on disk before it is said.
With --stale any node answers reads with what it holds, which is wrong as soon as it is behind.
"""
import json, os, random, select, sys, time

folder, stale = sys.argv[1], "--stale" in sys.argv
os.makedirs(folder, exist_ok=True)
term, vote, log = 0, None, [{"term": 0}]  # on disk; log[0] is a sentinel
role, leader, votes = "follower", None, set()
commit = applied = 0
store, match, following = {}, {}, {}  # the machine; what each follower has; what it is sent next
me, others, out, unsaved, deadline = None, [], [], [], 0

for line in open(f"{folder}/journal") if os.path.exists(f"{folder}/journal") else []:
    if not line.endswith("\n"): break  # torn by a crash: it was never promised
    saved = json.loads(line)
    if "index" in saved: log[saved["index"]:] = [saved["entry"]]
    else: term, vote = saved["term"], saved["vote"]
if os.path.exists(f"{folder}/journal"):  # without the torn end
    whole = open(f"{folder}/journal", "rb").read()
    os.truncate(f"{folder}/journal", whole.rfind(b"\n") + 1)
journal = open(f"{folder}/journal", "a")

def send(dest, src=None, **body): out.append({"src": src or me, "dest": dest, "body": body})
def save_vote(): unsaved.append({"term": term, "vote": vote})
def wait(longest):
    global deadline
    deadline = time.monotonic() + random.uniform(longest / 2, longest)

def append(index, entry):
    log[index:] = [entry]
    unsaved.append({"index": index, "entry": entry})

def become(new_role, new_term=None):
    global role, term, vote, leader
    if new_term is not None and new_term > term:
        term, vote, leader = new_term, None, None
        save_vote()
    if role != new_role: print(f"became {new_role} for term {term}", file=sys.stderr, flush=True)
    role = new_role

def replicate():
    for node in others:
        after = following[node]
        send(node, type="append", term=term, after=after, after_term=log[after]["term"],
             entries=log[after + 1:after + 201], commit=commit)

def tick():
    global vote, votes
    if time.monotonic() < deadline: return
    if role == "leader":
        wait(0.1)
        return replicate()
    wait(0.8)
    become("candidate", term + 1)
    vote, votes = me, {me}
    save_vote()
    for node in others:
        send(node, type="vote", term=term, last=len(log) - 1, last_term=log[-1]["term"])
    if not others: lead()

def lead():
    global leader
    become("leader")
    leader = me
    for node in others: match[node], following[node] = 0, len(log) - 1
    append(len(log), {"term": term})  # so that entries of earlier terms commit
    replicate()

def advance():
    global commit, applied
    reached = sorted([len(log) - 1] + [match[node] for node in others])[len(others) // 2] \
        if role == "leader" else 0
    if reached > commit and log[reached]["term"] == term: commit = reached
    while applied < commit:
        applied += 1
        entry = log[applied]
        if "ask" not in entry: continue
        answer = perform(entry["ask"])
        if role == "leader": send(entry["client"], in_reply_to=entry["ask"]["msg_id"], **answer)

def perform(ask):
    kind, key = ask["type"], str(ask["key"])
    if kind == "write": store[key] = ask["value"]
    elif key not in store: return {"type": "error", "code": 20, "text": "no such key"}
    elif kind == "read": return {"type": "read_ok", "value": store[key]}
    elif store[key] != ask["from"]: return {"type": "error", "code": 22, "text": "another value"}
    else: store[key] = ask["to"]
    return {"type": kind + "_ok"}

def handle(message):
    global me, others, vote, leader, commit
    src, ask = message["src"], message["body"]
    kind = ask["type"]
    if kind == "init":
        me, others = ask["node_id"], [node for node in ask["node_ids"] if node != ask["node_id"]]
        send(src, type="init_ok", in_reply_to=ask["msg_id"])
        return wait(0.8)
    if ask.get("term", 0) > term: become("follower", ask["term"])
    if kind in ("read", "write", "cas"):
        if kind == "read" and stale: send(src, in_reply_to=ask["msg_id"], **perform(ask))
        elif role == "leader": append(len(log), {"term": term, "client": src, "ask": ask})
        elif leader: send(leader, src, **ask)  # which answers the client itself
        else: send(src, type="error", in_reply_to=ask["msg_id"], code=11, text="no leader")
    elif kind == "vote":
        newer = (ask["last_term"], ask["last"]) >= (log[-1]["term"], len(log) - 1)
        grant = ask["term"] == term and vote in (None, src) and newer
        if grant:
            vote = src
            save_vote()
            wait(0.8)
        send(src, type="voted", term=term, grant=grant)
    elif kind == "voted" and role == "candidate" and ask["term"] == term and ask["grant"]:
        votes.add(src)
        if len(votes) * 2 > len(others) + 1: lead()
    elif kind == "append":
        if ask["term"] < term: return send(src, type="appended", term=term, match=-1, next=0)
        become("follower")
        leader = src
        wait(0.8)
        after = ask["after"]
        if after >= len(log) or log[after]["term"] != ask["after_term"]:
            back = min(max(after - 50, 0), len(log) - 1)
            return send(src, type="appended", term=term, match=-1, next=back)
        for index, entry in enumerate(ask["entries"], after + 1):
            if index >= len(log) or log[index]["term"] != entry["term"]: append(index, entry)
        last = after + len(ask["entries"])
        commit = max(commit, min(ask["commit"], last))
        send(src, type="appended", term=term, match=last, next=last)
    elif kind == "appended" and role == "leader" and ask["term"] == term:
        match[src], following[src] = max(match[src], ask["match"]), ask["next"]

pending = b""
while True:
    ready, _, _ = select.select([0], [], [], max(0, min(deadline - time.monotonic(), 1)))
    if ready:
        received = os.read(0, 1 << 20)
        if not received: break
        *lines, pending = (pending + received).split(b"\n")
        before = len(log)
        for line in lines: handle(json.loads(line))
        if role == "leader" and len(log) > before: replicate()
    if me: tick()
    if unsaved:  # promises are on disk before they are made
        journal.write("".join(json.dumps(record) + "\n" for record in unsaved))
        journal.flush()
        os.fsync(journal.fileno())
        unsaved.clear()
    advance()
    for message in out: sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
    out.clear()
