"""The installation key: where it comes from, that it is needed, and that it can be changed."""
import os
import shutil
import sqlite3
import subprocess

import pytest

from conftest import Stack

SIM = ("--seed", 5, "--projects", 1, "--issues", 60, "--spaces", 1, "--pages", 10, "--plants-per-kind", 1)


@pytest.fixture
def stack(bin_dir, tmp_path):
    stack = Stack(bin_dir, tmp_path, SIM)
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


def rotate(stack, *options, env=None):
    return subprocess.run([os.path.join(stack.server.bin_dir, "spillguard"), "admin", "rotate-key", "--config", stack.server.config, *options],
                          env=dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner", **(env or {})), text=True, capture_output=True, check=False,
                          timeout=120)


def findings(stack):
    return {product: [{k: f[k] for k in ("id", "ruleName", "matchText", "before", "after", "title", "reviewed", "versions")}
                      for key in stack.keys(product) for f in stack.api(product).findings(key)] for product in ("jira", "confluence")}


def own_rules(stack):
    return next(rule for rule in stack.api("jira").get("/rules").json() if rule["type"] == "CUSTOM")


def fingerprints(stack):
    return {f["fingerprint"] for key in stack.keys("jira") for f in stack.api("jira").findings(key)}


def stored(stack):
    """What is sealed, custom rules and settings as they are in the store, and what gives the names of the store's files."""
    if stack.server.store:
        def ask(sql):
            return subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", stack.server.store, "-c", sql], check=True,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout

        def files():
            ask("CHECKPOINT")
            database = ask("SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database WHERE datname = current_database()").strip()
            return [os.path.join(database, name) for name in os.listdir(database)]

        sealed = [bytes.fromhex(line) for line in ask("SELECT encode(evidence, 'hex') FROM findings").split()]
        return sealed + ask("SELECT title FROM items WHERE title <> ''").encode().split(), ask("SELECT * FROM custom_rules; SELECT * FROM settings"), files
    store = os.path.join(stack.folder, "data", "spillguard.db")
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        sealed = [row[0] for row in database.execute("SELECT evidence FROM findings")] + [
            row[0].encode() for row in database.execute("SELECT title FROM items WHERE title <> ''")]
        texts = str(database.execute("SELECT * FROM custom_rules").fetchall() + database.execute("SELECT * FROM settings").fetchall())
    database.close()
    return sealed, texts, lambda: (store, store + "-wal")


class SomebodyWhoReads:
    """On PostgreSQL: the store's values are sampled, as autovacuum does, and a transaction is open that sees the old rows until
    it is told to end. On SQLite nothing."""

    def __init__(self, store):
        self.store = store

    def __enter__(self):
        if self.store:
            subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", self.store, "-c", "ANALYZE"], check=True, stdin=subprocess.DEVNULL)
            self.reader = subprocess.Popen(["psql", "-Xq", self.store], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            self.reader.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'sees';\n")
            self.reader.stdin.flush()
            while "sees" not in self.reader.stdout.readline():
                assert self.reader.poll() is None
        return self

    def end(self):
        if self.store and not self.reader.stdin.closed:
            self.reader.stdin.close()
            self.reader.wait(120)
            self.reader.stdout.close()

    def __exit__(self, *_):
        self.end()


def rotate_beside(stack, somebody):
    """A rotation during which somebody reads until the rotation says that it waits: how it ended, and all that it said."""
    running = subprocess.Popen([os.path.join(stack.server.bin_dir, "spillguard"), "admin", "rotate-key", "--config", stack.server.config],
                               env=dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner"), text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    said = []
    with running:
        for line in running.stdout:
            said.append(line)
            if "waiting for transactions that began before" in line:
                somebody.end()
    return running.returncode, "".join(said)


def test_a_new_key_changes_everything_but_what_is_seen(stack):
    before, prints = findings(stack), fingerprints(stack)
    pattern, mail = "inhouse-[0-9]{6}", "Please write to the people of safety"
    stack.api("jira").send("POST", "/rules/custom", {"name": "Inhouse", "regexp": pattern, "description": "the inhouse tokens", "enabled": False})
    stack.api("jira").send("PUT", "/settings", customEmailText=mail)
    running = rotate(stack)
    assert running.returncode == 2 and "stop the server" in running.stderr
    stack.server.stop()
    sealed, texts, files = stored(stack)
    assert len(sealed) > 50 and "Inhouse" in texts and "inhouse" not in texts and "safety" not in texts
    key_file = os.path.join(stack.folder, "data", "installation.key")
    old = open(key_file, encoding="ascii").read()
    with SomebodyWhoReads(stack.server.store) as somebody:
        ended, said = rotate_beside(stack, somebody)
    assert ended == 0 and "may hold" not in said, said
    assert not stack.server.store or "waiting for transactions that began before" in said
    new = open(key_file, encoding="ascii").read()
    assert new != old and open(key_file + ".previous", encoding="ascii").read() == old
    assert os.stat(key_file).st_mode & 0o777 == 0o600
    assert new.strip() not in said and old.strip() not in said
    stack.server.start()
    stack.server.wait_ready()
    assert findings(stack) == before
    assert not prints & fingerprints(stack), "fingerprints are keyed"
    for path in files():
        data = open(path, "rb").read() if os.path.exists(path) else b""
        assert not [e for e in sealed if e in data], f"what the old key opens is not kept: {path}"
    assert own_rules(stack)["regexp"] == pattern and stack.api("jira").get("/settings").json()["customEmailText"] == mail
    event = stack.api("jira").get("/audit", kind="KEY_ROTATED").json()["events"][0]
    assert event["actor"] == "System" and event["details"]["findings"] == sum(map(len, before.values()))
    # A scan afterwards finds the same, once.
    stack.scan_everything(force=True)
    assert findings(stack) == before
    # Under the old key nothing starts.
    stack.server.stop()
    shutil.copy(key_file + ".previous", key_file)
    refused = subprocess.run(stack.server.command, env=dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner"), text=True, capture_output=True,
                             check=False, timeout=60)
    assert refused.returncode != 0 and "not the one that the store was written under" in refused.stderr


def test_a_change_that_was_cut_off_is_brought_to_its_end(stack):
    before = findings(stack)
    stack.server.stop()
    key_file = os.path.join(stack.folder, "data", "installation.key")
    assert rotate(stack).returncode == 0
    # As if the machine had died after the store was changed and before the files were.
    os.rename(key_file, key_file + ".new")
    os.rename(key_file + ".previous", key_file)
    stack.server.start()
    stack.server.wait_ready()
    assert findings(stack) == before
    assert not os.path.exists(key_file + ".new")


def test_a_key_from_the_environment(stack, tmp_path):
    before = findings(stack)
    stack.server.stop()
    key_file = os.path.join(stack.folder, "data", "installation.key")
    key = open(key_file, encoding="ascii").read().strip()
    os.unlink(key_file)
    env = {"SPILLGUARD_KEY": key}
    assert "--new-key-file" in rotate(stack, env=env).stderr
    new_file = str(tmp_path / "new.key")
    done = rotate(stack, "--new-key-file", new_file, env=env)
    assert done.returncode == 0 and "SPILLGUARD_KEY" in done.stdout, done.stderr
    # As a systemd unit with LoadCredential=spillguard-key would give it.
    folder = tmp_path / "credentials"
    folder.mkdir()
    shutil.copy(new_file, folder / "spillguard-key")
    os.environ["CREDENTIALS_DIRECTORY"] = str(folder)
    try:
        stack.server.start()
        stack.server.wait_ready()
    finally:
        del os.environ["CREDENTIALS_DIRECTORY"]
    assert findings(stack) == before
