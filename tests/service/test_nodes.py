"""Two servers on one PostgreSQL: the same result as one, whichever is killed; changes reach both; a store that moved."""
import os
import shutil
import subprocess
import time

import pytest

from harness.processes import Server, new_test_database
from conftest import SLOW, Stack, wait_scanned
from test_crash import SITE, result_of

pytestmark = pytest.mark.skipif(not os.environ.get("SPILLGUARD_TEST_POSTGRES"),
                                reason="SKIPPED: SPILLGUARD_TEST_POSTGRES is not set")


def second_node(bin_dir, stack, name="second"):
    return Server(bin_dir, stack.folder, stack.sim, store=stack.server.store, node=name, data=name,
                  key_file=os.path.join(stack.folder, "data", "installation.key")).wait_ready()


@pytest.fixture(scope="module")
def undisturbed(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("one"), SITE)
    try:
        stack.scan_everything()
        yield result_of(stack)
    finally:
        stack.stop()


def test_two_nodes_one_of_them_killed(bin_dir, tmp_path, undisturbed):
    stack = Stack(bin_dir, tmp_path, SITE)
    other = None
    try:
        other = second_node(bin_dir, stack)
        for product in ("jira", "confluence"):
            assert stack.api(product).scan_all().status == 200
        time.sleep(0.7)
        other.kill()
        # What it held goes on elsewhere when it has been silent for long enough.
        for product in ("jira", "confluence"):
            wait_scanned(stack.api(product), 180 * SLOW)
        assert result_of(stack) == undisturbed
    finally:
        if other:
            other.stop()
        stack.stop()


def test_rules_and_settings_reach_the_other_node(bin_dir, tmp_path):
    stack = Stack(bin_dir, tmp_path, ("--seed", 3, "--projects", 1, "--issues", 20, "--spaces", 1, "--pages", 5))
    other = None
    try:
        other = second_node(bin_dir, stack)
        from harness.client import Api
        here, there = stack.api("jira"), Api(other.jira, "jira", "admin")

        def rules(api):
            return {r["name"]: r["enabled"] for r in api.get("/rules").json()}

        name = next(n for n, enabled in sorted(rules(here).items()) if enabled)
        assert here.send("PUT", f"/rules/built-in/{name}", enabled="false").status == 200
        end = time.monotonic() + 10 * SLOW
        start = time.monotonic()
        while rules(there)[name]:
            assert time.monotonic() < end, "the other node still has the rule"
            time.sleep(0.05)
        print(f"a switched rule reached the other node after {time.monotonic() - start:.2f} s")
    finally:
        if other:
            other.stop()
        stack.stop()


def test_a_store_moves_from_sqlite(bin_dir, tmp_path):
    stack = Stack(bin_dir, tmp_path, SITE, store="")
    try:
        stack.scan_everything()
        before = result_of(stack)
        stack.server.stop()
        address = new_test_database()
        with open(stack.server.config, encoding="utf-8") as f:
            config = f.read()
        with open(stack.server.config, "w", encoding="utf-8") as f:
            f.write(config.replace("[log]", f'[store]\nurl = "{address}"\n\n[log]', 1))

        def admin(*words):
            env = dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner")
            return subprocess.run([os.path.join(bin_dir, "spillguard"), "admin", *words, "--config", stack.server.config],
                                  env=env, capture_output=True, text=True, check=False)
        done = admin("migrate-store")
        assert done.returncode == 0, done.stderr
        assert "check sum" in done.stdout
        checked = admin("check")
        assert (checked.returncode, checked.stdout) == (0, "the store is sound\n"), checked.stdout + checked.stderr
        again = admin("migrate-store")
        assert again.returncode != 0 and "not empty" in again.stderr
        stack.server.start()
        stack.server.wait_ready()
        assert result_of(stack) == before
        for product in ("jira", "confluence"):
            assert stack.api(product).scan_all().status == 200
            wait_scanned(stack.api(product))
        assert result_of(stack) == before
        # A backup with PostgreSQL's own programs, restored into another database.
        if shutil.which("pg_dump"):
            stack.server.stop()
            copy = new_test_database()
            dump = os.path.join(str(tmp_path), "backup.dump")
            subprocess.run(["pg_dump", "-Fc", "-f", dump, address], check=True)
            subprocess.run(["pg_restore", "--no-owner", "-d", copy, dump], check=True)
            with open(stack.server.config, encoding="utf-8") as f:
                config = f.read()
            with open(stack.server.config, "w", encoding="utf-8") as f:
                f.write(config.replace(address, copy))
            checked = admin("check")
            assert (checked.returncode, checked.stdout) == (0, "the store is sound\n"), checked.stdout + checked.stderr
            stack.server.start()
            stack.server.wait_ready()
            assert result_of(stack) == before
    finally:
        stack.stop()
