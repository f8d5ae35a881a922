"""A private PostgreSQL in a folder of its own, reached by a socket there; nothing listens on a network."""
import atexit
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

USER = "spillguard"


def programs():
    """The folder with initdb and postgres; None where Debian's postgresql is not installed."""
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    if found:
        return os.path.dirname(max(found, key=lambda path: int(path.split("/")[-3])))
    found = shutil.which("postgres")
    return os.path.dirname(os.path.realpath(found)) if found else None


def unprivileged():
    """What to put in front of a command so that it does not run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"], user
    raise RuntimeError("there is no user that PostgreSQL could run as")


class Postgres:
    """The server. durable: with fsync, for tests that kill it (the kernel keeps what was written all the same). settings: lines of its configuration."""

    def __init__(self, folder=None, durable=False, settings=(), port=5432):
        self.bin = programs()
        self.port = port
        if self.bin is None:
            raise RuntimeError("PostgreSQL is not installed (Debian: postgresql)")
        self.front, user = unprivileged()
        self.user = user
        self.folder = folder or tempfile.mkdtemp(prefix="sgpg-", dir="/tmp")
        self.mine = folder is None
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o755)
        if user:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.data = os.path.join(self.folder, "data")
        self.server = None
        self.next = 0
        self._run([os.path.join(self.bin, "initdb"), "-D", self.data, "-U", USER, "-E", "UTF8", "--locale=C.UTF-8",
                   "--auth=trust", "--no-sync"])
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as f:
            f.write(f"listen_addresses = ''\nport = {port}\nunix_socket_directories = '{self.folder}'\nmax_connections = 300\n"
                    f"fsync = {'on' if durable else 'off'}\nautovacuum_naptime = 10s\nlog_min_messages = warning\n" + "".join(line + "\n" for line in settings))
        self.start()
        atexit.register(self.stop)

    def _run(self, command):
        done = subprocess.run(self.front + command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout.decode('utf-8', 'replace')}")
        return done.stdout.decode("utf-8", "replace")

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.server = subprocess.Popen(self.front + [os.path.join(self.bin, "postgres"), "-D", self.data], cwd="/",
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 60
        while subprocess.run([os.path.join(self.bin, "pg_isready"), "-q", "-h", self.folder, "-p", str(self.port)], check=False).returncode:
            if self.server.poll() is not None or time.monotonic() > end:
                with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
                    raise RuntimeError("PostgreSQL did not start:\n" + log.read()[-3000:])
            time.sleep(0.05)

    def restart(self):
        """In good order: everybody is disconnected."""
        self.server.send_signal(signal.SIGINT)
        self.server.wait(60)
        self.start()

    def put_file(self, path, name):
        with open(path, encoding="utf-8") as f:
            self.put_text(f.read(), name)

    def put_text(self, text, name):
        """A file in the data folder, readable for the server alone."""
        path = os.path.join(self.data, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o600)
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def configure(self, *lines):
        """More lines of postgresql.conf, and a restart."""
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as f:
            f.write("".join(line + "\n" for line in lines))
        self.restart()

    def kill(self):
        """As a crash: the postmaster and, as they notice or by us, all its children."""
        children = self.children()
        for pid in [self.server.pid] + children:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.server.wait()
        # The next start refuses while a child of the old one is attached to its memory.
        end = time.monotonic() + 30
        while any(os.path.exists(f"/proc/{pid}") for pid in children) and time.monotonic() < end:
            time.sleep(0.02)

    def children(self):
        with open(f"/proc/{self.server.pid}/task/{self.server.pid}/children", encoding="ascii") as f:
            return [int(pid) for pid in f.read().split()]

    def words(self, database="postgres"):
        """For libpq."""
        return f"host={self.folder} user={USER} dbname={database}"

    def new_database(self):
        """A database of its own; its address for [store] url."""
        self.next += 1
        name = f"guard{self.next}_{os.getpid()}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name):
        return f"postgresql://{USER}@/{name}?host={self.folder}"

    def sql(self, text, database="postgres"):
        return self._run([os.path.join(self.bin, "psql"), "-h", self.folder, "-p", str(self.port), "-U", USER, "-d", database, "-AtXq",
                          "-v", "ON_ERROR_STOP=1", "-c", text])

    def stop(self):
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            try:
                self.server.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        self.server = None
        if self.mine:
            shutil.rmtree(self.folder, ignore_errors=True)
