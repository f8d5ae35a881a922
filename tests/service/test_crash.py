"""kill -9 in the middle of a scan, a restart, and the same result as an undisturbed scan."""
import json
import random
import time

import pytest

from harness import check

from conftest import SLOW, Stack, wait_scanned

SITE = ("--seed", 11, "--projects", 3, "--issues", 3000, "--spaces", 3, "--pages", 150, "--blogs", 10)


def result_of(stack):
    """Findings and ledger without what differs between runs: row ids, clocks, keys and ports."""
    out = {}
    for product in ("jira", "confluence"):
        api = stack.api(product)
        for key in stack.keys(product):
            scan = api.scope(key, size=1).json()
            findings = [{k: v for k, v in f.items() if k not in ("id", "firstSeen", "lastSeen", "fingerprint", "link")}
                        for f in api.findings(key)]
            findings.sort(key=lambda f: json.dumps(f, sort_keys=True))
            out[product, key] = (scan["scanState"], scan["items"], scan["coverage"], findings)
    return out


@pytest.fixture(scope="module")
def undisturbed(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("undisturbed"), SITE)
    try:
        stack.scan_everything()
        yield result_of(stack)
    finally:
        stack.stop()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_scan_completes_after_a_restart(bin_dir, tmp_path, undisturbed, seed):
    stack = Stack(bin_dir, tmp_path, SITE)
    try:
        for product in ("jira", "confluence"):
            assert stack.api(product).scan_all().status == 200
        moment = random.Random(seed)
        kills = 0
        for _ in range(4):
            time.sleep(moment.uniform(0.05, 0.5))
            busy = any(s["scanState"] in ("SCHEDULED", "SCANNING", "UNSCANNED") for product in ("jira", "confluence")
                       for s in stack.api(product).get("/coverage").json()["scopes"])
            kills += busy
            stack.server.kill()
            stack.server.start()
            stack.server.wait_ready()
        assert kills, "no kill hit a running scan: the site is too small for this machine"
        for product in ("jira", "confluence"):
            wait_scanned(stack.api(product), 120 * SLOW)
        assert result_of(stack) == undisturbed
        manifest = stack.sim.manifest()
        assert check.check_plants(manifest, lambda p, s: stack.api(p).findings(s)) == []
    finally:
        stack.stop()


def test_a_stopped_server_ends_in_order(bin_dir, tmp_path):
    stack = Stack(bin_dir, tmp_path, SITE)
    try:
        assert stack.api("jira").scan_all().status == 200
        time.sleep(0.3)
        assert stack.server.stop() == 0
        stack.server.start()
        stack.server.wait_ready()
        wait_scanned(stack.api("jira"))
    finally:
        stack.stop()
