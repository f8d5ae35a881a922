"""Attachments of both products, from the simulator's bytes to findings, ledger and exports."""
import csv
import io
import json
import os
import signal
import subprocess
import threading
import time

import pytest

from conftest import SMALL, Stack, wait_scanned
from harness import check

PRODUCTS = ("jira", "confluence")
KEPT_UP = "changes_seconds = 1\nretry_milliseconds = 50\n"


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    made = Stack(bin_dir, tmp_path_factory.mktemp("attachments"), (*SMALL, "--extras", 1), scan=KEPT_UP)
    try:
        made.scan_everything()
        yield made
    finally:
        made.stop()


def plants(stack, product):
    """Planted files that the account may see."""
    lines = [json.loads(line) for line in stack.sim.control("plants").splitlines() if line.strip()]
    return [p for p in lines if p["product"] == product and p["part"] == "attachment" and p["state"] == "current"]


def findings(stack, product):
    api = stack.api(product, "scanner")
    return [f for key in stack.keys(product) for f in api.findings(key) if f["location"] == "ATTACHMENT" and f["place"]]


def cells(stack, product):
    """The ledger of attachments: parts by status and reason."""
    sums = {}
    for scope in stack.api(product).get("/coverage").json()["scopes"]:
        for cell in scope["coverage"]:
            if cell["kind"] == "attachment":
                key = (cell["status"], cell["reason"])
                sums[key] = sums.get(key, 0) + cell["parts"]
    return sums


def missing(stack, product):
    found = findings(stack, product)
    return [p for p in plants(stack, product)
            if sum(check.stands_for(f, p) and check.same_place(f, p) and not f["historical"] for f in found) != 1]


def until(ready, what, seconds=60):
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, what()
        time.sleep(0.1)


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_is_planted_is_found_once_where_it_stands(stack, product):
    planted = plants(stack, product)
    assert len(planted) >= 14 and len({p["place"].split(" › ")[0].rpartition(".")[2] for p in planted}) >= 7
    assert not missing(stack, product)
    waiting = [reason for _, reason in cells(stack, product) if reason in ("not_opened", "switched_off", "host_failed", "helper_died")]
    assert not waiting and sum(n for (status, _), n in cells(stack, product).items() if status == "scanned") > 14


@pytest.mark.parametrize("product", PRODUCTS)
def test_exports_name_every_attachment_and_its_outcome(stack, product):
    rows = rows_of(stack.api(product).get("/export/attachments"))
    counted = {}
    for row in rows:
        key = (row["status"], row["reason"] or None)
        counted[key] = counted.get(key, 0) + 1
    assert counted == cells(stack, product)
    zips = [row for row in rows if row["attachmentName"].startswith("file ") and row["attachmentName"].endswith(".zip")]
    assert zips and all(row["status"] == "scanned" and int(row["files"]) >= 1 and int(row["parts"]) >= 1 and int(row["bytes"]) > 100 for row in zips)
    places = {row["place"] for row in rows_of(stack.api(product).get("/export/findings")) if row["location"] == "ATTACHMENT" and row["place"]}
    assert any(" › " in place for place in places)


def test_nothing_planted_stands_in_the_store_or_the_log(stack):
    secrets = [p["secret"].encode() for product in PRODUCTS for p in plants(stack, product)]
    for folder, _, names in os.walk(stack.folder):
        for name in names:
            path = os.path.join(folder, name)
            if name.startswith(("sim", "manifest", "counts")) or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read()
            assert not [secret for secret in secrets if secret in data], path


@pytest.mark.parametrize("product", PRODUCTS)
def test_new_and_deleted_attachments_are_kept_up_with(stack, product):
    word = "add_attachment" if product == "jira" else "add_page_attachment"
    before = len(plants(stack, product))
    body = {"operations": 12, "product": product, "kind": word}
    stack.sim.control("churn", "POST", json.dumps(body).encode())
    assert len(plants(stack, product)) > before
    until(lambda: not missing(stack, product), lambda: f"not found: {missing(stack, product)}")
    deleted = dict(body, kind="delete_attachment" if product == "jira" else "delete_page_attachment", operations=8)
    stack.sim.control("churn", "POST", json.dumps(deleted).encode())
    assert stack.api(product).scan_all().status == 200
    there = {p["content"] for p in plants(stack, product)}

    def left():
        return [f for f in findings(stack, product) if f["contentRef"] not in there and f["place"].startswith("change ") and not f["historical"]]
    until(lambda: not left(), lambda: f"still shown: {left()}")
    wait_scanned(stack.api(product))


def test_the_switch_holds_at_once_and_scopes_are_outdated(stack):
    api = stack.api("jira")
    key = stack.keys("jira")[0]
    before = cells(stack, "jira")
    listed = sum(before.values())
    asked = stack.server.metrics("jira")["spillguard_host_requests_total"]
    assert api.send("PUT", "/settings", scanAttachments="false").status == 200
    assert api.scope(key).json()["upToDateSettings"] is False
    api.scan_all()
    until(lambda: cells(stack, "jira") == {("skipped", "switched_off"): listed}, lambda: str(cells(stack, "jira")))
    wait_scanned(api)
    assert api.scope(key).json()["upToDateSettings"] is True
    assert findings(stack, "jira"), "what was found stays until somebody looks again"
    assert api.send("PUT", "/settings", scanAttachments="true").status == 200
    assert api.scope(key).json()["upToDateSettings"] is False
    api.scan_all()
    until(lambda: cells(stack, "jira") == before, lambda: f"{cells(stack, 'jira')} is not {before}")
    wait_scanned(api)
    assert not missing(stack, "jira")
    assert stack.server.metrics("jira")["spillguard_host_requests_total"] > asked


def helpers_of(pid):
    children = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid=,comm="], capture_output=True, text=True, check=False).stdout
    return [int(line.split()[0]) for line in children.splitlines() if "spillguard-ex" in line]


def test_helpers_that_are_killed_lose_nothing(stack):
    over = threading.Event()

    def kill():
        while not over.is_set():
            for pid in helpers_of(stack.server.child.pid)[:1]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.05)
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        stack.scan_everything(force=True)
    finally:
        over.set()
        killer.join()
    stack.scan_everything()
    for product in PRODUCTS:
        until(lambda: not missing(stack, product) and not any(r == "helper_died" for _, r in cells(stack, product)),  # noqa: B023
              lambda: f"{missing(stack, product)} {cells(stack, product)}")  # noqa: B023


def test_a_server_that_is_killed_goes_on(stack):
    for product in PRODUCTS:
        stack.api(product).scan_all(force=True)
    time.sleep(0.3)
    stack.server.kill()
    stack.server.start()
    stack.server.wait_ready()
    for product in PRODUCTS:
        wait_scanned(stack.api(product))
        assert not missing(stack, product)
    log = open(stack.server.log_path, encoding="utf-8").read()
    assert "attachments are opened by helpers under: " in log
