"""A client of what speaks PostgreSQL's protocol, in autocommitted statements: registers, lists, sets.

options: {port: 26257, user: root, database: defaultdb}
"""
import json, os, sys

sys.path.insert(0, os.path.join(os.getcwd(), ".tools/python"))
try:
    import pg8000.native as pg
except ImportError:
    sys.exit("there is no pg8000, neither in .tools/python nor installed; run `make setup-postgres`")

# The statement was refused or undone as a whole: serialization, deadlock, no such table, starting,
# a cluster that is not initialized.
CERTAIN = ("40001", "40P01", "42P01", "57P03")
TABLES = (
    "CREATE TABLE IF NOT EXISTS registers (k TEXT PRIMARY KEY, v BIGINT)",
    "CREATE TABLE IF NOT EXISTS lists (k TEXT PRIMARY KEY, v BIGINT[])",
    "CREATE TABLE IF NOT EXISTS sets (k TEXT, v BIGINT, PRIMARY KEY (k, v))")
READS = {
    "register": "SELECT v FROM registers WHERE k = :k",
    "append": "SELECT v FROM lists WHERE k = :k",
    "set": "SELECT v FROM sets WHERE k = :k"}
WRITE = """INSERT INTO registers (k, v) VALUES (:k, :v)
    ON CONFLICT (k) DO UPDATE SET v = excluded.v"""
CAS = "UPDATE registers SET v = :new WHERE k = :k AND v = :old"
APPEND = """INSERT INTO lists (k, v) VALUES (:k, ARRAY[CAST(:v AS BIGINT)])
    ON CONFLICT (k) DO UPDATE SET v = array_append(lists.v, CAST(:v AS BIGINT))"""

ADD = "INSERT INTO sets (k, v) VALUES (:k, :v)"


class Refused(Exception):
    """Certainly not done."""


def connect(timeout):
    options = place["options"]
    try:
        return pg.Connection(
            str(options.get("user", "root")), host=place["address"], timeout=timeout,
            port=int(options.get("port", 26257)), database=str(options.get("database", "defaultdb")))
    except Exception as error:  # no statement has been sent
        raise Refused(repr(error))


def perform(ask):
    global link
    f, value, timeout = ask["f"], ask.get("value"), ask.get("timeout", 1000) / 1000
    key = str(ask.get("key"))
    if f == "status":  # leaders are those of ranges, of which each node has some
        return {"type": "ok", "value": {"leader": False}}
    link = link or connect(timeout)
    link._usock.settimeout(timeout)
    if f == "serves":
        for table in TABLES:
            link.run(table)
        link.run(READS[place["workload"]], k="serves")
    elif f == "read":
        found = [row[0] for row in link.run(READS[place["workload"]], k=key)]
        if place["workload"] != "set":
            found = found[0] if found else None
        return {"type": "ok", "value": found}
    elif f == "write":
        link.run(WRITE, k=key, v=value)
    elif f == "append":
        link.run(APPEND, k=key, v=value)
    elif f == "add":
        link.run(ADD, k=key, v=value)
    else:
        link.run(CAS, k=key, old=value[0], new=value[1])
        if link.row_count == 0:
            return {"type": "fail", "error": "mismatch"}
    return {"type": "ok"}


link = place = None
for line in sys.stdin:
    ask = json.loads(line)
    try:
        if ask["type"] == "open":
            place, link, answer = ask, None, {"type": "ok"}
        else:
            answer = perform(ask)
    except Refused as error:
        answer = {"type": "fail", "error": str(error)[:200]}
    except pg.DatabaseError as error:
        said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        sure = said.get("C") in CERTAIN
        answer = {"type": "fail" if sure else "info", "error": str(error)[:200]}
        link = link if sure else None
    except Exception as error:  # nobody knows
        answer, link = {"type": "info", "error": repr(error)[:200]}, None
    print(json.dumps(answer | {"id": ask.get("id")}), flush=True)
