"""Looks for changes and listings again: what they cost when nothing changed."""
import json
import time
import urllib.request

import pytest

from conftest import SLOW, Stack, wait_scanned

SITE = ("--seed", 21, "--projects", 3, "--issues", 900, "--spaces", 3, "--pages", 120, "--blogs", 6)


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("keep-up"), SITE, scan="changes_seconds = 2\nnew_scopes_seconds = 86400\n")
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


def jobs_done(stack, kind):
    with urllib.request.urlopen(stack.server.health + "/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines
               if line.startswith("spillguard_jobs_total{") and f'kind="{kind}"' in line and 'outcome="done"' in line)


def test_nothing_changed_is_one_request_a_scope(stack):
    def requests():
        return stack.server.metrics()["spillguard_host_requests_total"]

    end = time.monotonic() + 60 * SLOW
    while jobs_done(stack, "scan_scopes") < 2:  # each site's scopes are listed at the start
        assert time.monotonic() < end, "no listing of scopes"
        time.sleep(0.1)
    before, looks = requests(), jobs_done(stack, "scan_changes")
    while jobs_done(stack, "scan_changes") < looks + 12:
        assert time.monotonic() < end, "no looks for changes"
        time.sleep(0.1)
    made = requests() - before
    looked = jobs_done(stack, "scan_changes") - looks
    # One that runs right now has asked and is not counted yet.
    assert made <= looked + 2, f"{made} requests for {looked} looks"
    assert stack.server.metrics()["spillguard_parts_total"] > 0


def test_listing_again_costs_pages_not_items(stack):
    def asked():
        stats = json.loads(stack.sim.control("stats"))["confluence"]
        return stats["requests"], stats["endpoints"].get("GET /rest/experimental/content/{content}/version", 0)

    before, lists_before = asked()
    assert stack.api("confluence").scan_all().status == 200
    wait_scanned(stack.api("confluence"))
    after, lists_after = asked()
    # Whether old versions were removed tells the list of versions alone, one for each page that has some.
    lists = lists_after - lists_before
    assert lists <= 126
    # Three spaces: itself, a count, pages, blog posts, comments and attachments by themselves; and callers' questions.
    made = after - before - lists
    assert made < 70, f"{made} requests for 126 unchanged pages"
