"""Webhooks: registered on the host, taken at once, looked at soon; and what is no webhook of ours."""
import hashlib
import hmac
import json
import os
import subprocess
import time

import pytest

from conftest import SLOW, Stack
from harness.client import call
from harness.processes import free_port

SITE = ("--seed", 31, "--projects", 2, "--issues", 120, "--spaces", 2, "--pages", 30, "--blogs", 2)


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("webhooks")
    ports = {k: free_port() for k in ("jira", "confluence", "health")}
    stack = Stack(bin_dir, folder, SITE, ports=ports, scan="changes_seconds = 86400\n",
                  site='webhook_url = "http://127.0.0.1:{port}/rest/security/hooks"\n')
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def hooks(stack, bin_dir):
    """Address and secret by site, as an administrator gets them."""
    env = dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner")
    out = subprocess.run([os.path.join(bin_dir, "spillguard"), "webhooks", "--config", stack.server.config], env=env,
                         capture_output=True, text=True, check=True).stdout.split()
    return {out[0]: (out[2], out[4]), out[5]: (out[7], out[9])}


def control(stack, path, body):
    base = "/".join(stack.sim.jira_url.split("/")[:3])
    answer = call(base + "/_sim/" + path, method="POST", body=json.dumps(body).encode())
    assert answer.status == 200, answer.text
    return answer.json()


def post(address, body, secret=None):
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["X-Hub-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return call(address, method="POST", body=body, headers=headers)


def test_what_is_no_webhook_of_ours_is_refused(hooks):
    address, secret = hooks["jira"]
    body = b'{"webhookEvent":"jira:issue_updated","issue":{"id":"1","key":"X-1"}}'
    assert post(address, body, secret).status == 204
    assert post(address, body).status == 204, "Jira up to 9 signs nothing"
    assert post(address, body, secret + "x").status == 403
    assert post(address[:-1] + ("0" if address[-1] != "0" else "1"), body, secret).status == 404
    assert post(address, b"{", secret).status == 400
    assert call(address).status in (404, 405)


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_changes_are_found_by_webhooks_alone(stack, hooks, product):
    registered = "webhook registered"
    end = time.monotonic() + 30 * SLOW
    while sum(registered in line for line in open(stack.server.log_path, encoding="utf-8")) < 2:
        assert time.monotonic() < end, stack.server.tail()
        time.sleep(0.1)
    before = stack.server.metrics()["spillguard_parts_total"]
    control(stack, "churn", {"operations": 6, "product": product, "kind": "edit_comment" if product == "jira" else "edit_page"})
    end = time.monotonic() + 30 * SLOW
    while stack.server.metrics()["spillguard_parts_total"] == before:
        assert time.monotonic() < end, "no webhook led to a scan: " + stack.server.tail()
        time.sleep(0.1)


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_edits_that_bring_something_in_are_in_the_audit_log(stack, hooks, product):
    api = stack.api(product)
    end = time.monotonic() + 60 * SLOW
    while True:
        # Some of the changes put a secret somewhere.
        control(stack, "churn", {"operations": 10, "product": product, "kind": "edit_comment" if product == "jira" else "edit_page"})
        log = api.get("/audit", kind="SENSITIVE_CONTENT_INTRODUCED").json()
        if log["events"]:
            break
        assert time.monotonic() < end, "no edit was told: " + stack.server.tail()
        time.sleep(0.3)
    event = log["events"][0]
    assert event["entity"].startswith("issue/" if product == "jira" else "content/")
    assert event["details"]["findings"] > 0 and all(event["details"]["rules"]) and event["actor"] != "System"


def test_addresses_and_secrets_are_in_no_log(stack, hooks):
    text = open(stack.server.log_path, encoding="utf-8").read()
    for address, secret in hooks.values():
        assert address.rsplit("/", 1)[1] not in text and secret not in text


def test_coverage_on_the_command_line_and_by_scope(stack, bin_dir):
    env = dict(os.environ, SPILLGUARD_DEMO_PASSWORD="scanner")
    command = [os.path.join(bin_dir, "spillguard"), "coverage", "--config", stack.server.config]
    text = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert "attachment" in text and "not_opened" not in text and "SCANNED" in text

    def views():
        """The same ledger by three ways, when nothing was read meanwhile: hints of the tests before may still be at work."""
        for _ in range(100):
            before = {p: stack.api(p).get("/coverage").json() for p in ("jira", "confluence")}
            lines = subprocess.run(command + ["--format", "jsonl"], env=env, capture_output=True, text=True, check=True).stdout.splitlines()
            one = {(p, s["key"]): stack.api(p).get(f"/coverage/{stack.api(p).scope_word}/{s['key']}").json()
                   for p, site in before.items() for s in site["scopes"]}
            if before == {p: stack.api(p).get("/coverage").json() for p in ("jira", "confluence")}:
                return before, {(s["site"], s["key"]): s for s in map(json.loads, lines)}, one
            time.sleep(0.2)
        raise AssertionError("the ledger does not come to rest")

    sites, by_key, scopes = views()
    for product, site in sites.items():
        assert site["total"]["listed"] == sum(k["listed"] for k in site["kinds"])
        for scope in site["scopes"]:
            one = scopes[product, scope["key"]]
            assert one["kinds"] == scope["kinds"] == by_key[product, scope["key"]]["kinds"]
            assert one["completedAt"] == scope["completedAt"] and one["completedAt"] and one["changesReadUpTo"]
            skipped = sum(n for k in one["kinds"] if k["kind"] == "attachment" for n in k["skipped"].values())
            listed = [p for p in one["problems"] if p["kind"] == "attachment" and p["status"] == "skipped"]
            assert len(listed) == skipped and all(p["detail"] for p in listed), "each with its type"
    assert subprocess.run(command + ["--key", "NOSUCH"], env=env, capture_output=True, check=False).returncode == 2
