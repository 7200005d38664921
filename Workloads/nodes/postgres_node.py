"""One PostgreSQL server on a port of its own: `postgres_node.py ADDRESS DATA`.

It is here to try the client of PostgreSQL's protocol; a server alone has nobody to agree with.
"""
import glob, os, subprocess, sys

address, data = sys.argv[1:]
found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
if not found:
    sys.exit("there is no /usr/lib/postgresql/*/bin/postgres; install Debian's package postgresql")
binaries = os.path.dirname(found[-1])
data += "/postgres"
if os.geteuid() == 0:  # PostgreSQL does not run as root
    os.makedirs(data, mode=0o700, exist_ok=True)
    os.chown(data, 65534, 65534)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
if not os.path.exists(data + "/PG_VERSION"):
    subprocess.run([binaries + "/initdb", "-D", data, "-A", "trust", "-U", "root", "-E", "UTF8",
                    "--no-locale"], check=True, stdout=subprocess.DEVNULL)
    with open(data + "/pg_hba.conf", "a") as hosts:
        hosts.write("host all all 0.0.0.0/0 trust\n")
os.execv(binaries + "/postgres", [
    "postgres", "-D", data, "-h", address, "-p", "26257", "-c", "unix_socket_directories="])
