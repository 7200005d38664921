"""One MariaDB server on TiDB's port: `mariadb_node.py ADDRESS DATA`.

It is here to try the client of MySQL's protocol; a server alone has nobody to agree with.
"""
import glob, os, shutil, subprocess, sys

unpacked = os.path.join(os.getcwd(), ".tools")
installed = shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin")
program = installed or unpacked + "/usr/sbin/mariadbd"
if not os.access(program, os.X_OK):
    sys.exit("there is no mariadbd, neither in .tools nor installed; run `make setup-mariadb`")
os.environ["LD_LIBRARY_PATH"] = ":".join(glob.glob(unpacked + "/usr/lib/*-linux-gnu")
                                         + glob.glob(unpacked + "/lib/*-linux-gnu"))
base = os.path.dirname(os.path.dirname(os.path.realpath(program)))
if sys.argv[1:] == ["--version"]:
    os.execv(program, [program, "--no-defaults", "--version"])
address, data = sys.argv[1:]
data += "/mariadb"
options = [
    "--no-defaults", f"--datadir={data}", f"--basedir={base}", "--socket=socket",
    f"--bind-address={address}", "--port=4000", "--skip-grant-tables", "--skip-name-resolve",
    f"--lc-messages-dir={base}/share/mysql", f"--character-sets-dir={base}/share/mysql/charsets",
    "--innodb-flush-log-at-trx-commit=1", "--innodb-lock-wait-timeout=1", "--user=root"]
if not os.path.isdir(data):  # what is killed while it is made is no database
    os.makedirs(data + ".new", exist_ok=True)
    made = [word.replace(data, data + ".new") for word in options]
    subprocess.run([program, *made, "--bootstrap"], input=b"", check=True)
    os.rename(data + ".new", data)
os.execv(program, [program, *options])
