"""What the service tests share: the binaries, and one simulator with one server whose sites are scanned."""
import os
import sys
import time

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
sys.path.insert(0, os.path.join(ROOT, "tools"))

from harness import client, contract  # noqa: E402
from harness.client import Api  # noqa: E402
from harness.processes import Server, Simulator  # noqa: E402

# Every answer of the API in every test is held against its own description.
client.on_answer = contract.Checker()

SLOW = int(os.environ.get("SPILLGUARD_SLOW", "1"))


def wait_scanned(api, seconds=300, keys=None):
    """Until no scope of the site waits or is scanned; the states by key."""
    end = time.monotonic() + seconds * SLOW
    while time.monotonic() < end:
        answer = api.get("/coverage")
        assert answer.status == 200, answer.text
        states = {s["key"]: s["scanState"] for s in answer.json()["scopes"]}
        watched = {k: v for k, v in states.items() if keys is None or k in keys}
        if watched and not {"SCHEDULED", "SCANNING", "UNSCANNED"} & set(watched.values()):
            return states
        time.sleep(0.05)
    raise AssertionError(f"the scan did not end: {states}")


class Stack:
    """A simulator and a server in one folder."""

    def __init__(self, bin_dir, folder, sim_options=(), **server_options):
        self.folder = str(folder)
        self.sim = Simulator(bin_dir, self.folder, sim_options).wait_ready()
        try:
            self.server = Server(bin_dir, self.folder, self.sim, **server_options).wait_ready()
        except BaseException:
            self.sim.stop()
            raise

    def api(self, product, user="admin", password=None):
        return Api(getattr(self.server, product), product, user, password)

    def scan_everything(self, force=None):
        for product in ("jira", "confluence"):
            answer = self.api(product).scan_all(force)
            assert answer.status == 200, answer.text
        for product in ("jira", "confluence"):
            wait_scanned(self.api(product))

    def keys(self, product):
        return [s["key"] for s in self.api(product).get("/coverage").json()["scopes"]]

    def stop(self):
        self.server.stop()
        self.sim.stop()


@pytest.fixture(scope="session")
def bin_dir():
    folder = os.environ.get("SPILLGUARD_BIN")
    if not folder:
        pytest.exit("SPILLGUARD_BIN is not set: run the tests by ./dev test", 2)
    return folder


@pytest.fixture(scope="session")
def shared():
    if not os.path.isdir(SHARED):
        pytest.skip("SKIPPED: ../shared is not there")
    return SHARED


SMALL = ("--seed", 3, "--projects", 3, "--issues", 240, "--spaces", 3, "--pages", 30, "--blogs", 4)


@pytest.fixture(scope="module")
def scanned(bin_dir, tmp_path_factory):
    """A small site of each product, scanned once. Tests must leave it as they found it."""
    stack = Stack(bin_dir, tmp_path_factory.mktemp("scanned"), SMALL, tls=True)
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()
