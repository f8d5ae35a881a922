"""The simulator and the server as child processes, with their files in one folder."""
import fcntl
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


class StartError(Exception):
    """A process did not come up; the text says why."""


def bindable(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(preferred=0):
    """The preferred port when nobody has it, else one that nobody will have until it is listened at: none of those that the
    kernel gives to whoever asks for any or connects to somewhere, and none that another call gave, in whichever process."""
    if preferred and bindable(preferred):
        return preferred
    first, end = 10000, 32768
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
            low = int(f.read().split()[0])
        end = low if low > first + 1000 else end
    except OSError:
        pass
    with open(os.path.join(tempfile.gettempdir(), f"spillguard-port-{os.getuid()}"), "a+", encoding="ascii") as last:
        fcntl.flock(last, fcntl.LOCK_EX)
        last.seek(0)
        text = last.read()
        port = int(text) if text.isdigit() else random.randrange(first, end)
        for _ in range(end - first):
            port = port + 1 if first <= port < end - 1 else first
            if bindable(port):
                last.truncate(0)
                last.write(str(port))
                return port
    raise OSError("there is no free port")


class Process:
    """A child process whose standard error goes to a log file."""

    def __init__(self, name, command, log_path, env=None):
        self.name = name
        self.command = command
        self.log_path = log_path
        with open(log_path, "ab") as log:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)

    def tail(self, lines=15):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return "".join(f.readlines()[-lines:])

    def wait_for(self, ready, seconds=300):
        """Polls ready() until it gives something; fails when the process ends or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            got = ready()
            if got:
                return got
            if self.child.poll() is not None:
                raise StartError(f"{self.name} ended with status {self.child.returncode}:\n{self.tail()}")
            time.sleep(0.02)
        raise StartError(f"{self.name} did not get ready within {seconds} s:\n{self.tail()}")

    def stop(self, seconds=60):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.child.returncode

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()

    def memory_mb(self):
        """Resident and highest resident memory of the process."""
        values = {}
        try:
            with open(f"/proc/{self.child.pid}/status", encoding="ascii", errors="replace") as f:
                for line in f:
                    name, _, rest = line.partition(":")
                    if name in ("VmRSS", "VmHWM"):
                        values[name] = int(rest.split()[0]) / 1000
        except OSError:
            pass
        return values.get("VmRSS", 0.0), values.get("VmHWM", 0.0)


class Simulator(Process):
    """spillguard-sim on two free ports. jira_url and confluence_url are its addresses."""

    def __init__(self, bin_dir, folder, options=()):
        self.ready_file = os.path.join(folder, "sim-ready.json")
        self.manifest_file = os.path.join(folder, "manifest.jsonl")
        self.counts_file = os.path.join(folder, "counts.json")
        if os.path.exists(self.ready_file):
            os.unlink(self.ready_file)
        command = [os.path.join(bin_dir, "spillguard-sim"), "--jira-port", "0", "--confluence-port", "0",
                   "--ready-file", self.ready_file, "--manifest", self.manifest_file, "--counts", self.counts_file,
                   *map(str, options)]
        super().__init__("spillguard-sim", command, os.path.join(folder, "sim.log"))

    def wait_ready(self, seconds=600):
        def ready():
            try:
                with open(self.ready_file, encoding="utf-8") as f:
                    return json.load(f)
            except (OSError, ValueError):
                return None
        state = self.wait_for(ready, seconds)
        self.jira_url = state["jiraBaseUrl"]
        self.confluence_url = state["confluenceBaseUrl"]
        return self

    def manifest(self):
        with open(self.manifest_file, encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def control(self, path, method="GET", body=None):
        """What the simulator's own door answers, as text."""
        request = urllib.request.Request("/".join(self.jira_url.split("/")[:3]) + "/_sim/" + path, method=method, data=body)
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.read().decode()

    def counts(self):
        with open(self.counts_file, encoding="utf-8") as f:
            return json.load(f)


CONFIG = """\
data_dir = "{data}"
node = "{node}"

{store}[log]
level = "{log_level}"

[health]
listen = "127.0.0.1:{health_port}"

[scan]
parallel = 2
{scan}
[[site]]
name = "jira"
product = "jira"
base_url = "{jira_url}"
listen = "127.0.0.1:{jira_port}"
user = "scanner"
password_env = "SPILLGUARD_DEMO_PASSWORD"
{jira_site}{tls}
[[site]]
name = "confluence"
product = "confluence"
base_url = "{confluence_url}"
listen = "127.0.0.1:{confluence_port}"
user = "scanner"
password_env = "SPILLGUARD_DEMO_PASSWORD"
{confluence_site}{tls}"""


def new_test_database():
    """The address of a new database in $SPILLGUARD_TEST_POSTGRES (libpq's words); "" without that: SQLite."""
    words = os.environ.get("SPILLGUARD_TEST_POSTGRES", "")
    if not words:
        return ""
    by_key = dict(word.split("=", 1) for word in words.split())
    name = "guard_" + os.urandom(6).hex()
    subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", words, "-c", f"CREATE DATABASE {name}"], check=True,
                   stdin=subprocess.DEVNULL)
    return f"postgresql://{by_key['user']}@/{name}?host={by_key['host']}"


class Server(Process):
    """spillguard serve for the two simulated sites. jira and confluence are the API's addresses."""

    def __init__(self, bin_dir, folder, sim, ports=None, log_level="info", tls=False, scan="", site="", store=None, node="demo",
                 data="data", key_file=""):
        self.folder = folder
        self.bin_dir = bin_dir
        self.password = "scanner"  # of the account that scans
        self.ports = ports or {k: free_port() for k in ("jira", "confluence", "health")}
        self.jira = f"http://127.0.0.1:{self.ports['jira']}"
        self.confluence = f"http://127.0.0.1:{self.ports['confluence']}"
        self.health = f"http://127.0.0.1:{self.ports['health']}"
        tls_lines = ""
        if tls:
            cert, key = make_certificate(folder)
            tls_lines = f'tls = "optional"\ncertificate = "{cert}"\nprivate_key = "{key}"\n'
        # The service tests run on a PostgreSQL when that of the tests is named: each server on a database of its own.
        self.store = store if store is not None else new_test_database()
        store_lines = f'[store]\nurl = "{self.store}"\n\n' if self.store else ""
        if key_file:
            store_lines = f'key_file = "{key_file}"\n' + store_lines
        self.data = os.path.join(folder, data)
        self.log_file = os.path.join(folder, "server.log" if data == "data" else data + ".log")
        self.config = os.path.join(folder, "spillguard.toml" if data == "data" else data + ".toml")
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(CONFIG.format(data=self.data, node=node, store=store_lines, log_level=log_level, jira_url=sim.jira_url,
                                  confluence_url=sim.confluence_url, jira_port=self.ports["jira"],
                                  confluence_port=self.ports["confluence"], health_port=self.ports["health"],
                                  tls=tls_lines, scan=scan, jira_site=site.replace("{port}", str(self.ports["jira"])),
                                  confluence_site=site.replace("{port}", str(self.ports["confluence"]))))
        self.start()

    def start(self):
        env = dict(os.environ, SPILLGUARD_DEMO_PASSWORD=self.password)
        super().__init__("spillguard serve", [os.path.join(self.bin_dir, "spillguard"), "serve", "--config", self.config],
                         self.log_file, env)

    def wait_ready(self, seconds=300):
        def ready():
            try:
                with urllib.request.urlopen(self.health + "/healthz", timeout=2) as answer:
                    return answer.status == 200
            except (urllib.error.URLError, OSError):
                return False
        self.wait_for(ready, seconds)
        return self

    def metrics(self, site=None):
        """Sums of the metrics by name over all labels, or over those of one site."""
        sums = {}
        with urllib.request.urlopen(self.health + "/metrics", timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if not line or line.startswith("#") or site and f'site="{site}"' not in line:
                    continue
                name, _, value = line.rpartition(" ")
                name = name.split("{")[0]
                sums[name] = sums.get(name, 0.0) + float(value)
        return sums


def make_certificate(folder):
    """A self-signed certificate for 127.0.0.1, or nothing where openssl is missing."""
    cert, key = os.path.join(folder, "tls.pem"), os.path.join(folder, "tls.key")
    if not os.path.exists(cert):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", cert],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return cert, key


def trusting(cert):
    return ssl.create_default_context(cafile=cert)
