"""A backup made beside a running server, put back, is the same store; from either database into either; the key is never in it."""
import os
import shutil
import sqlite3
import subprocess

import pytest

from harness.processes import new_test_database
from conftest import Stack
from test_crash import result_of

SITE = ("--seed", 11, "--projects", 2, "--issues", 300, "--spaces", 2, "--pages", 40, "--blogs", 4, "--plants-per-kind", 2)
SOUND = (0, "the store is sound\n")


def admin(stack, *words):
    env = dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner")
    done = subprocess.run([os.path.join(stack.server.bin_dir, "spillguard"), "admin", *words, "--config", stack.server.config],
                          env=env, capture_output=True, text=True, check=False, timeout=300)
    return done.returncode, done.stdout, done.stderr


def use_store(stack, address):
    """Another store for the server: "" is SQLite in a new data folder that has only the key."""
    server = stack.server
    with open(server.config, encoding="utf-8") as f:
        config = f.read()
    if server.store:
        config = config.replace(f'[store]\nurl = "{server.store}"\n\n', "")
    if address:
        config = config.replace("[log]", f'[store]\nurl = "{address}"\n\n[log]', 1)
    folder = server.data + "-again"
    os.makedirs(folder, mode=0o700)
    shutil.copy(os.path.join(server.data, "installation.key"), folder)
    config = config.replace(f'data_dir = "{server.data}"', f'data_dir = "{folder}"')
    with open(server.config, "w", encoding="utf-8") as f:
        f.write(config)
    server.store, server.data = address, folder


def review_something(stack):
    for product in ("jira", "confluence"):
        api = stack.api(product)
        key = stack.keys(product)[0]
        text = api.findings(key)[0]
        body = {"matchText": text["matchText"], "ruleName": text["ruleName"], "reason": "seen"}
        for where in (f"/review/{api.scope_word}/{key}", "/global-reviewed"):
            assert api.send("POST", where + "/create", body).status == 200


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("backup"), SITE)
    try:
        stack.scan_everything()
        review_something(stack)
        yield stack
    finally:
        stack.stop()


def test_backup_beside_a_running_server_and_restore(stack, tmp_path):
    before = result_of(stack)
    file = str(tmp_path / "backup.db")
    # Scans write meanwhile; they find the same again.
    for product in ("jira", "confluence"):
        assert stack.api(product).scan_all(True).status == 200
    code, out, err = admin(stack, "backup", file)
    assert code == 0, err
    assert str(os.path.getsize(file)) in out and "key is not in it" in out
    assert os.stat(file).st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["backup.db"]
    with open(os.path.join(stack.server.data, "installation.key"), "rb") as f:
        key = f.read().strip()
    with open(file, "rb") as f:
        held = f.read()
    assert key not in held and bytes.fromhex(key.decode()) not in held
    code, _, err = admin(stack, "backup", file)
    assert code == 2 and "is there already" in err
    code, _, err = admin(stack, "restore", file)
    assert code == 2 and "stop the server first" in err

    stack.server.stop()
    code, _, err = admin(stack, "restore", file)
    assert code == 2 and ("is there" in err or "not empty" in err), err
    use_store(stack, new_test_database())
    # Under another key nothing is put anywhere.
    key_file = os.path.join(stack.server.data, "installation.key")
    os.rename(key_file, key_file + ".right")
    with open(key_file, "w", encoding="ascii") as f:
        f.write("11" * (len(key) // 2))
    code, _, err = admin(stack, "restore", file)
    assert code == 2 and "another installation key" in err, err
    os.rename(key_file + ".right", key_file)
    code, out, err = admin(stack, "restore", file)
    assert code == 0 and "the store is sound" in out, out + err
    assert admin(stack, "check")[:2] == SOUND
    assert not [name for name in os.listdir(stack.server.data) if name.startswith("restore.")]
    stack.server.start()
    stack.server.wait_ready()
    stack.scan_everything(True)
    assert result_of(stack) == before


@pytest.mark.skipif(not os.environ.get("SPILLGUARD_TEST_POSTGRES"), reason="SKIPPED: SPILLGUARD_TEST_POSTGRES is not set")
def test_a_backup_of_postgresql_becomes_a_sqlite_store_and_goes_back(stack, tmp_path):
    before = result_of(stack)
    rule = {"name": "Mine", "regexp": "zebra[0-9]{4}", "enabled": True}
    assert stack.api("jira").send("POST", "/rules/custom", rule).status == 200
    first, second = str(tmp_path / "first.db"), str(tmp_path / "second.db")
    code, _, err = admin(stack, "backup", first)
    assert code == 0, err
    stack.server.stop()
    use_store(stack, "")
    code, out, err = admin(stack, "restore", first)
    assert code == 0 and "the store is sound" in out, out + err
    stack.server.start()
    stack.server.wait_ready()
    assert result_of(stack) == before
    stack.scan_everything(True)
    assert result_of(stack) == before
    code, _, err = admin(stack, "backup", second)
    assert code == 0, err
    # Numbers that were given out are not given out again.
    with sqlite3.connect(first) as one, sqlite3.connect(second) as two:
        fence = "SELECT value FROM job_fence"
        assert 0 < one.execute(fence).fetchone()[0] < two.execute(fence).fetchone()[0]
    stack.server.stop()
    use_store(stack, new_test_database())
    assert admin(stack, "restore", second)[0] == 0
    assert admin(stack, "check")[:2] == SOUND
    stack.server.start()
    stack.server.wait_ready()
    assert result_of(stack) == before
    assert "Mine" in {r["name"] for r in stack.api("jira").get("/rules").json()}
