"""The queue of scans: seen, waited for, cancelled; states, progress, estimates, numbers of jobs."""
import threading
import time

import pytest

from conftest import Stack

PRODUCTS = ("jira", "confluence")
OPTIONS = ("--seed", 31, "--projects", 3, "--issues", 90, "--spaces", 3, "--pages", 24)


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("control"), OPTIONS)
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_job_is_followed_by_its_number(stack, product):
    api = stack.api(product)
    key = stack.keys(product)[0]
    asked = api.post(f"/scan/{api.scope_word}", key=key, force="true")
    assert asked.status == 200 and asked.headers["Retry-After"]
    body = asked.json()
    assert body["scanState"] == "SCHEDULED" and body["jobId"] > 0
    job = api.get(f"/scan-queue/{body['jobId']}", wait=60).json()
    assert job["state"] == "FINISHED" and job["kind"] == "SCOPE" and job["key"] == key and job["force"] is True
    assert job["requestedBy"] == "admin" and job["progress"] == 100 and job["endedAt"] >= job["createdAt"]
    assert job["errorMessage"] is None and job["scanState"] == "SCANNED"
    # Who administers the scope may look, who does not may not.
    assert stack.api(product, "pat").get(f"/scan-queue/{body['jobId']}").status == 200
    assert stack.api(product, "ed").get(f"/scan-queue/{body['jobId']}").status == 403
    for odd in ("0", "99999999", "x", "-1"):
        assert api.get(f"/scan-queue/{odd}").status == 404, odd
    late = api.send("DELETE", f"/scan-queue/{body['jobId']}")
    assert late.status == 409, late.text


@pytest.mark.parametrize("product", PRODUCTS)
def test_waiting_for_a_scan(stack, product):
    api = stack.api(product)
    key = stack.keys(product)[0]
    assert api.post(f"/scan/{api.scope_word}", key=key, force="true").status == 200
    answer = api.scope(key, wait=60, size=1)
    assert answer.json()["scanState"] == "SCANNED" and answer.json()["progress"] == 100
    assert answer.headers["Retry-After"] is None
    done = api.post(f"/scan/{api.scope_word}", key=key, wait=60)
    assert done.status == 200 and done.json()["state"] == "FINISHED", done.text
    finding = api.scope(key, size=1).json()["findings"][0]
    item = finding.get("issueKey") or str(finding["contentId"])
    trigger = {"key": item} if product == "jira" else {"id": item}
    assert api.post(f"/scan/{api.item_word}", **trigger).status == 200
    assert api.get(f"/scan/{api.item_word}/{item}", wait=60).json()["scanState"] == "SCANNED"
    assert api.scan_all().status == 200
    everything = api.get("/scan/all", wait=60).json()
    # Scopes are scheduled one after the other: those of a moment later are waited for, too.
    while everything["scanState"] in ("SCHEDULED", "SCANNING"):
        everything = api.get("/scan/all", wait=60).json()
    assert everything["scanState"] == "SCANNED" and everything["progress"] == 100
    assert {s["scanState"] for s in everything["scopes"]} == {"SCANNED"}
    for bad in ("-1", "soon"):
        assert api.scope(key, wait=bad).status == 400


def test_versions_of_issues_are_taken_too(stack):
    api = stack.api("jira")
    finding = api.scope(stack.keys("jira")[0], size=1).json()["findings"][0]
    answer = api.post("/scan/issue/version", key=finding["issueKey"], createdWhen=finding["createdWhen"])
    assert answer.status == 200 and answer.json()["scanState"] == "SCHEDULED"
    assert api.post("/scan/issue/version", key=finding["issueKey"]).status == 400
    assert api.get(f"/issue/{finding['issueKey']}", wait=60).json()["scanState"] == "SCANNED"


def clock(minutes):
    return time.strftime("%H:%M", time.localtime(time.time() + 60 * minutes))


@pytest.fixture
def held(bin_dir, tmp_path):
    """Scanned once; then quiet hours, in which scans of scopes wait."""
    stack = Stack(bin_dir, tmp_path, OPTIONS)
    try:
        stack.scan_everything()
        stack.server.stop()
        with open(stack.server.config, encoding="utf-8") as f:
            config = f.read()
        # All day but for a minute that has just gone by.
        hours = f'quiet_hours = "{clock(-10)}-{clock(-11)}"\n'
        with open(stack.server.config, "w", encoding="utf-8") as f:
            f.write(config.replace("[[site]]\n", "[[site]]\n" + hours))
        stack.server.start()
        stack.server.wait_ready()
        yield stack
    finally:
        stack.stop()


def wait_for(check, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = check()
        if got:
            return got
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_queue_is_seen_and_cleared(held, product):
    api = held.api(product)
    other = held.api("confluence" if product == "jira" else "jira")
    keys = held.keys(product)
    before = {s["key"]: s["scanState"] for s in api.get("/scan/all").json()["scopes"]}
    assert set(before.values()) == {"SCANNED"}
    jobs = [api.post(f"/scan/{api.scope_word}", key=key, force="true").json()["jobId"] for key in keys]
    elsewhere = other.post(f"/scan/{other.scope_word}", key=held.keys(other.product)[0]).json()["jobId"]
    queue = wait_for(lambda: [q for q in [api.get("/scan-queue").json()] if q["waiting"] == len(keys)])[0]
    assert queue["total"] == len(keys) and queue["running"] == 0 and queue["isLast"] is True
    assert sorted(j["jobId"] for j in queue["jobs"]) == sorted(jobs), "only those of this site"
    assert all(j["state"] == "WAITING" and j["requestedBy"] == "admin" and j["force"] for j in queue["jobs"])
    assert {s["scanState"] for s in api.get("/scan/all").json()["scopes"]} == {"SCHEDULED"}
    assert len(api.get("/scan-queue", size=2, page=1).json()["jobs"]) == len(keys) - 2
    # Waiting for what does not come ends by itself, and says when to look again.
    started = time.monotonic()
    busy = api.scope(keys[0], wait=1, size=1)
    assert busy.json()["scanState"] == "SCHEDULED" and busy.headers["Retry-After"] and time.monotonic() - started >= 1
    one = api.send("DELETE", f"/scan-queue/{jobs[0]}")
    assert one.status == 200 and one.json()["state"] == "CANCELED", one.text
    assert api.scope(keys[0], size=1).json()["scanState"] == "SCANNED"
    cleared = api.send("DELETE", "/scan-queue/clear")
    assert cleared.status == 200 and cleared.json() == {"canceledCount": len(keys) - 1}
    assert {s["key"]: s["scanState"] for s in api.get("/scan/all").json()["scopes"]} == before
    assert api.get("/scan-queue").json()["total"] == 0
    assert {api.get(f"/scan-queue/{job}").json()["state"] for job in jobs} == {"CANCELED"}
    assert other.get(f"/scan-queue/{elsewhere}").json()["state"] == "WAITING", "the other site's scans still wait"
    assert api.get(f"/scan-queue/{elsewhere}").status == 404
    assert api.send("DELETE", "/scan-queue/clear").json() == {"canceledCount": 0}
    events = api.get("/audit").text
    assert "SCANS_CANCELLED" in events and "SCOPE_SCAN_TRIGGERED" in events


def test_waiting_holds_only_some_of_the_threads(held):
    api = held.api("jira")
    key = held.keys("jira")[0]
    assert api.post("/scan/project", key=key).status == 200
    times = []

    def wait():
        started = time.monotonic()
        assert api.scope(key, wait=5, size=1).status == 200
        times.append(time.monotonic() - started)
    threads = [threading.Thread(target=wait) for _ in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    assert api.get("/settings").status == 200, "others are answered while they wait"
    for thread in threads:
        thread.join()
    assert sum(t >= 5 for t in times) == 4, "half of the eight threads; the rest was told to come back"


def test_stopping_does_not_wait_for_those_who_wait(held):
    api = held.api("jira")
    key = held.keys("jira")[0]
    assert api.post("/scan/project", key=key).status == 200
    answers = []
    thread = threading.Thread(target=lambda: answers.append(api.scope(key, wait=60, size=1).status))
    thread.start()
    time.sleep(0.5)
    started = time.monotonic()
    held.server.stop()
    thread.join()
    assert time.monotonic() - started < 30
