"""Settings over the API: all or nothing, and at work from then on."""
import json
import os
import subprocess
import time

import pytest

from conftest import SLOW, Stack
from harness.client import API, basic, call

PRODUCTS = ("jira", "confluence")
NAMES = {"autoScan", "emailForNewFindings", "customEmailText", "scanAttachments", "parallelScans", "logLevelOverride",
         "includePlaintextInExports", "deduplicateExports", "scanningNodes", "node"}


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("settings"), ("--seed", 5, "--projects", 1, "--issues", 10, "--spaces", 1, "--pages", 3))
    try:
        yield stack
    finally:
        stack.stop()


@pytest.fixture(params=PRODUCTS)
def api(stack, request):
    """Settings are put back afterwards."""
    api = stack.api(request.param)
    before = api.get("/settings").json()
    yield api
    before.pop("node")
    before["parallelScans"] = 2
    assert api.send("PUT", "/settings", before).status == 200


def test_defaults(api):
    settings = api.get("/settings")
    assert settings.status == 200
    assert set(settings.json()) == NAMES
    assert settings.json() == {"autoScan": True, "emailForNewFindings": False, "customEmailText": "", "scanAttachments": True,
                               "parallelScans": 2, "logLevelOverride": "WARN", "includePlaintextInExports": False,
                               "deduplicateExports": True, "scanningNodes": [], "node": "demo"}


def test_by_query_as_documented(api):
    answer = api.send("PUT", "/settings", autoScan="False", emailForNewFindings="true", customEmailText="Call us:\n+1 & more",
                      scanAttachments="false", parallelScans="3", logLevelOverride="info", includePlaintextInExports="TRUE",
                      deduplicateExports="no")
    assert answer.status == 200, answer.text
    now = api.get("/settings").json()
    assert now == answer.json()
    assert now == {"autoScan": False, "emailForNewFindings": True, "customEmailText": "Call us:\n+1 & more", "scanAttachments": False,
                   "parallelScans": 3, "logLevelOverride": "INFO", "includePlaintextInExports": True, "deduplicateExports": False,
                   "scanningNodes": [], "node": "demo"}
    # Only what is named changes; the text can be emptied.
    assert api.send("PUT", "/settings", customEmailText="").json() == {**now, "customEmailText": ""}


def test_by_json_whatever_the_content_type(api):
    body = json.dumps({"autoScan": False, "parallelScans": 1, "scanningNodes": ["b", "demo", "b"]}).encode()
    for content_type in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        answer = api.send("PUT", "/settings", body, {"Content-Type": content_type})
        assert answer.status == 200 and answer.json()["scanningNodes"] == ["b", "demo"], answer.text
    assert api.send("PUT", "/settings", scanningNodes=["x", "demo"]).json()["scanningNodes"] == ["demo", "x"]
    assert api.send("PUT", "/settings", scanningNodes="").json()["scanningNodes"] == []


@pytest.mark.parametrize("query,body,word", [
    ({"autoScan": "perhaps"}, None, "autoScan"), ({"autoScan": ""}, None, "autoScan"), ({"parallelScans": "-1"}, None, "parallelScans"),
    ({"parallelScans": "many"}, None, "parallelScans"), ({"parallelScans": "100000"}, None, "parallelScans"),
    ({"logLevelOverride": "LOUD"}, None, "logLevelOverride"), ({"autoscan": "true"}, None, "autoscan"), ({}, None, "Name"),
    ({}, {"autoScan": 1}, "autoScan"), ({}, {"parallelScans": 1.5}, "parallelScans"), ({}, {"customEmailText": None}, "customEmailText"),
    ({}, {"scanningNodes": [7]}, "scanningNodes"), ({}, [], "object"), ({"autoScan": "true"}, {"autoScan": True}, "twice"),
    ({"autoScan": ["true", "false"]}, None, "twice"), ({}, b"{", "JSON")])
def test_what_is_wrong_changes_nothing(api, query, body, word):
    before = api.get("/settings").json()
    # A good one beside the bad one is not applied either.
    answer = api.send("PUT", "/settings", body, **({"deduplicateExports": "false", **query} if query else query))
    assert answer.status == 400, answer.text
    assert word in answer.text
    assert api.get("/settings").json() == before


def test_zero_scans_means_all_processors(stack, api):
    assert api.send("PUT", "/settings", parallelScans=0).json()["parallelScans"] == len(os.sched_getaffinity(0))
    api.send("PUT", "/settings", parallelScans=5)
    tasks = f"/proc/{stack.server.child.pid}/task"

    def names():
        return [open(f"{tasks}/{t}/comm", encoding="ascii").read().strip() for t in os.listdir(tasks)]
    end = time.monotonic() + 10 * SLOW
    while "scan-4" not in names() and time.monotonic() < end:
        time.sleep(0.05)
    assert "scan-4" in names(), "five threads scan, at once"


def test_the_log_says_more_when_asked(stack, api):
    api.send("PUT", "/settings", logLevelOverride="DEBUG")
    size = os.path.getsize(stack.server.log_path)
    api.get("/settings")
    end = time.monotonic() + 10 * SLOW
    while os.path.getsize(stack.server.log_path) == size and time.monotonic() < end:
        time.sleep(0.05)
    with open(stack.server.log_path, encoding="utf-8") as log:
        log.seek(size)
        lines = log.readlines()
    assert lines and all(" WARN " in line or " ERROR " in line for line in lines), lines


def test_a_node_that_may_not_scan_takes_nothing(stack):
    api = stack.api("jira")
    api.send("PUT", "/settings", scanningNodes="elsewhere")
    time.sleep(0.2)
    api.scan_all()
    time.sleep(0.5)
    assert not any(s["scanState"] in ("SCANNED", "SCANNING") for s in api.get("/coverage").json()["scopes"])
    api.send("PUT", "/settings", scanningNodes="")
    end = time.monotonic() + 60 * SLOW
    while time.monotonic() < end:
        states = [s["scanState"] for s in api.get("/coverage").json()["scopes"]]
        if states and all(s == "SCANNED" for s in states):
            return
        time.sleep(0.05)
    raise AssertionError(states)


def test_explicit_access_is_replaced_as_a_whole(api):
    path = "/settings/entity-permissions"
    assert api.get(path).json() == []
    # As the documented page sends it: no content type of JSON.
    first = b'[{ "type": "USER", "idOrKey": "bob" }, {"type":"GROUP","idOrKey":"security team"}]'
    answer = api.send("PUT", path, first, {"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 200, answer.text
    assert api.get(path).json() == [{"type": "USER", "idOrKey": "bob"}, {"type": "GROUP", "idOrKey": "security team"}]
    for bad in (b"", b"{}", b"[1]", b'[{"type":"ROLE","idOrKey":"x"}]', b'[{"type":"USER"}]', b'[{"type":"USER","idOrKey":" "}]',
                b'[{"type":"USER","idOrKey":"a"},{"type":"USER","idOrKey":7}]', b'[{"type":"USER","idOrKey":"a","admin":true}]'):
        assert api.send("PUT", path, bad).status == 400, bad
    assert len(api.get(path).json()) == 2
    assert api.send("PUT", path, [{"type": "user", "idOrKey": "eve"}]).json() == [{"type": "USER", "idOrKey": "eve"}]
    assert api.send("PUT", path, []).json() == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_settings_are_for_those_who_may(stack, product):
    for method, path in (("GET", "/settings"), ("PUT", "/settings?autoScan=false"), ("GET", "/settings/entity-permissions"),
                         ("PUT", "/settings/entity-permissions")):
        assert stack.api(product, "ed").send(method, path, b"[]" if method == "PUT" else None).status == 403
        assert call(getattr(stack.server, product) + API + path, method=method).status == 401


def test_settings_survive_a_restart(stack):
    api = stack.api("confluence")
    api.send("PUT", "/settings", autoScan="false", parallelScans="1", scanningNodes="demo")
    other = stack.api("jira").get("/settings").json()
    assert other["autoScan"] is True, "of the other site"
    assert other["parallelScans"] == 1, "of the installation"
    stack.server.stop()
    stack.server.start()
    stack.server.wait_ready()
    now = api.get("/settings").json()
    assert now["autoScan"] is False and now["parallelScans"] == 1 and now["scanningNodes"] == ["demo"]
    api.send("PUT", "/settings", autoScan="true", parallelScans="2", scanningNodes="")
