"""A client of what speaks MySQL's protocol, in autocommitted statements: registers, lists, sets.

options: {port: 4000, user: root, database: test}
"""
import json, os, sys

sys.path.insert(0, os.path.join(os.getcwd(), ".tools/python"))
try:
    import pymysql
    from pymysql.constants import CLIENT
except ImportError:
    sys.exit("there is no PyMySQL, neither in .tools/python nor installed; run `make setup-mysql`")

# The statement was refused or undone as a whole: no such database or table, a deadlock, a lock that
# was waited for too long; TiDB's write conflict, failed commit and changed schema.
CERTAIN = (1049, 1146, 1213, 1205, 9007, 8022, 8028)
TABLES = (
    "CREATE DATABASE IF NOT EXISTS `{database}`",
    "USE `{database}`",
    "CREATE TABLE IF NOT EXISTS registers (k VARCHAR(255) PRIMARY KEY, v BIGINT)",
    "CREATE TABLE IF NOT EXISTS lists (k VARCHAR(255) PRIMARY KEY, v JSON)",
    "CREATE TABLE IF NOT EXISTS sets (k VARCHAR(255), v BIGINT, PRIMARY KEY (k, v))")
READS = {
    "register": "SELECT v FROM registers WHERE k = %s",
    "append": "SELECT v FROM lists WHERE k = %s",
    "set": "SELECT v FROM sets WHERE k = %s"}
WRITE = "INSERT INTO registers (k, v) VALUES (%s, %s) ON DUPLICATE KEY UPDATE v = %s"
CAS = "UPDATE registers SET v = %s WHERE k = %s AND v = %s"
APPEND = """INSERT INTO lists (k, v) VALUES (%s, JSON_ARRAY(%s))
    ON DUPLICATE KEY UPDATE v = JSON_ARRAY_APPEND(v, '$', %s)"""
ADD = "INSERT INTO sets (k, v) VALUES (%s, %s)"


class Refused(Exception):
    """Certainly not done."""


def connect(timeout, database):
    options = place["options"]
    try:
        new = pymysql.connect(
            host=place["address"], port=int(options.get("port", 4000)), autocommit=True,
            user=str(options.get("user", "root")), connect_timeout=timeout, read_timeout=timeout,
            write_timeout=timeout, client_flag=CLIENT.FOUND_ROWS)  # else a cas to the same fails
        if place.get("process") is not None:
            new.select_db(database)
        return new
    except Exception as error:  # no statement that changes anything has been sent
        raise Refused(repr(error))


def perform(ask):
    global link
    f, value, timeout = ask["f"], ask.get("value"), ask.get("timeout", 1000) / 1000
    key, workload = str(ask.get("key")), place["workload"]
    database = str(place["options"].get("database", "test"))
    link = link or connect(timeout, database)
    with link.cursor() as cursor:
        if f == "serves":
            for table in TABLES:
                cursor.execute(table.format(database=database))
            cursor.execute(READS[workload], "serves")
        elif f == "read":
            cursor.execute(READS[workload], key)
            found = [row[0] for row in cursor.fetchall()]
            if workload != "set":
                found = found[0] if found else None
                found = json.loads(found) if isinstance(found, str) else found
            return {"type": "ok", "value": found}
        elif f == "write":
            cursor.execute(WRITE, (key, value, value))
        elif f == "append":
            cursor.execute(APPEND, (key, value, value))
        elif f == "add":
            cursor.execute(ADD, (key, value))
        elif cursor.execute(CAS, (value[1], key, value[0])) == 0:
            return {"type": "fail", "error": "mismatch"}
    return {"type": "ok"}


link = place = None
for line in sys.stdin:
    ask = json.loads(line)
    try:
        if ask["type"] == "open":
            place, link, answer = ask, None, {"type": "ok"}
        elif ask["f"] == "status":  # leaders are those of regions, of which each node has some
            answer = {"type": "ok", "value": {"leader": False}}
        else:
            answer = perform(ask)
    except Refused as error:
        answer = {"type": "fail", "error": str(error)[:200]}
    except pymysql.MySQLError as error:
        sure = bool(error.args) and error.args[0] in CERTAIN
        answer = {"type": "fail" if sure else "info", "error": repr(error)[:200]}
        link = link if sure else None
    except Exception as error:  # nobody knows
        answer, link = {"type": "info", "error": repr(error)[:200]}, None
    print(json.dumps(answer | {"id": ask.get("id")}), flush=True)
