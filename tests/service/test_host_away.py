"""A host that is away: nobody is let in, nothing is lost, and scans wait for it."""
import signal
import time

from conftest import Stack, wait_scanned

SITE = ("--seed", 7, "--projects", 2, "--issues", 600, "--spaces", 2, "--pages", 40, "--blogs", 2)


def test_who_can_not_be_asked_about_is_not_let_in(bin_dir, tmp_path):
    stack = Stack(bin_dir, tmp_path, SITE)
    try:
        stack.sim.stop()
        for product, key in (("jira", "OPS"), ("confluence", "ENG")):
            answer = stack.api(product).scope(key)
            assert answer.status == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
            assert "127.0.0.1" in answer.text, "says which host"
    finally:
        stack.stop()


def test_a_scan_waits_for_a_host_that_hangs(bin_dir, tmp_path):
    stack = Stack(bin_dir, tmp_path, SITE)
    try:
        for product in ("jira", "confluence"):
            assert stack.api(product).scan_all().status == 200
        stack.sim.child.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        stack.sim.child.send_signal(signal.SIGCONT)
        for product in ("jira", "confluence"):
            assert set(wait_scanned(stack.api(product)).values()) == {"SCANNED"}
        for row in stack.sim.counts()["items"]:
            assert stack.api(row["product"]).scope(row["scope"]).json()["items"] == row["items"]
    finally:
        stack.sim.child.send_signal(signal.SIGCONT)
        stack.stop()


def test_a_refused_crawler_says_so_and_keeps_what_it_has(bin_dir, tmp_path):
    """The account that scans lost its password: the scope is in error, its findings stay."""
    stack = Stack(bin_dir, tmp_path, SITE)
    try:
        stack.scan_everything()
        before = stack.api("jira").scope("OPS", size=1).json()
        stack.server.stop()
        stack.server.password = "lost"
        stack.server.start()
        stack.server.wait_ready()
        assert stack.api("jira").post("/scan/project", key="OPS").status == 200
        states = wait_scanned(stack.api("jira"))
        assert states["OPS"] == "ERROR"
        after = stack.api("jira").scope("OPS", size=1).json()
        assert after["total"] == before["total"] and after["coverage"] == before["coverage"]
        assert "credential" in after["errorMessage"], "says what to look at"
    finally:
        stack.stop()
