"""What a caller can not see on the host is counted and not shown, in lists of any paging style and in downloads."""
import json
import urllib.error
import urllib.request

import pytest

from conftest import Stack
from harness.client import basic

PRODUCTS = ("jira", "confluence")
OPTIONS = ("--seed", 21, "--projects", 1, "--issues", 60, "--spaces", 1, "--pages", 40)


def churn(sim, product, kind, operations):
    body = json.dumps({"operations": operations, "product": product, "kind": kind}).encode()
    request = urllib.request.Request(sim.jira_url.rsplit("/", 1)[0] + "/_sim/churn", data=body, method="POST",
                                     headers={"Authorization": basic("scanner", "scanner"), "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    """Scanned, then some items restricted to the administrator: nobody has read a list in between."""
    stack = Stack(bin_dir, tmp_path_factory.mktemp("visible"), OPTIONS)
    try:
        stack.scan_everything()
        churn(stack.sim, "jira", "restrict_issue", 25)
        churn(stack.sim, "confluence", "restrict_page", 15)
        yield stack
    finally:
        stack.stop()


def host_sees(stack, product, user, finding):
    """What the host says when asked for the one item."""
    if product == "jira":
        url = f"{stack.sim.jira_url}/rest/api/2/issue/{finding['issueKey']}?fields=project"
    else:
        url = f"{stack.sim.confluence_url}/rest/api/content/{finding['contentId']}?status=any"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": basic(user, user)}), timeout=30) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return False


def walk(api, key, style, size=7, **more):
    found, hidden, number = [], 0, 0
    after = None
    while True:
        query = {"page": {"page": number}, "start": {"start": number * size}, "after": {"after": after}}[style]
        answer = api.scope(key, size=size, **query, **more)
        assert answer.status == 200, answer.text
        page = answer.json()
        found += page["findings"]
        hidden += page["hidden"]
        number += 1
        after = page["next"]
        if page["isLast"]:
            assert after is None
            return found, hidden, page["total"]
        assert len(page["findings"]) == size, "pages are filled from behind"


@pytest.mark.parametrize("product", PRODUCTS)
def test_hidden_items_are_counted_not_shown(stack, product):
    key = stack.keys(product)[0]
    every, none_hidden, total = walk(stack.api(product), key, "after")
    assert none_hidden == 0 and len(every) == total > 20
    expected = [f["id"] for f in every if f.get("contentType") and host_sees(stack, product, "pat", f)]
    assert 0 < len(expected) < total, "some are restricted, some are not"
    for style in ("page", "start", "after"):
        found, hidden, sum_of_all = walk(stack.api(product, "pat"), key, style)
        assert [f["id"] for f in found] == expected, style
        assert sum_of_all == total and hidden == total - len(expected), style
    counts = stack.api(product, "pat").scope(key).json()["findingCounts"]
    assert sum(c["findings"] for c in counts) == total, "counts are those of the scope"


@pytest.mark.parametrize("product", PRODUCTS)
def test_hidden_items_themselves_do_not_exist(stack, product):
    key = stack.keys(product)[0]
    api, pat = stack.api(product), stack.api(product, "pat")
    every, _, _ = walk(api, key, "after")
    hidden = next(f for f in every if not host_sees(stack, product, "pat", f))
    item = hidden.get("issueKey") or str(hidden["contentId"])
    path = f"/scan/{api.item_word}/{item}"
    assert api.get(path).status == 200
    assert pat.get(path).status == 404
    trigger = {"key": item} if product == "jira" else {"id": item}
    assert pat.post(f"/scan/{api.item_word}", **trigger).status == 404


@pytest.mark.parametrize("product", PRODUCTS)
def test_downloads_leave_them_out(stack, product):
    key = stack.keys(product)[0]
    every, _, _ = walk(stack.api(product), key, "after")
    gone = {f.get("issueKey") or str(f["contentId"]) for f in every if not host_sees(stack, product, "pat", f)}
    export = stack.api(product, "pat").get(f"/export/{stack.api(product).scope_word}/{key}/findings", format="jsonl")
    assert export.status == 200
    items = {str(row.get("issueKey") or row.get("contentId")) for row in map(json.loads, export.text.splitlines()) if row}
    assert items and not items & gone


def test_authors_look_at_what_they_wrote_when_they_are_told_of_findings(stack):
    admin, ed = stack.api("confluence"), stack.api("confluence", "ed")
    key = stack.keys("confluence")[0]
    every, _, _ = walk(admin, key, "after")
    by_item = {}
    for finding in every:
        by_item.setdefault(str(finding["contentId"]), []).append(finding)
    seen = {item: found for item, found in by_item.items() if host_sees(stack, "confluence", "ed", found[0])}
    mine = {item: [f["id"] for f in found if f["author"] == "ed"] for item, found in seen.items()}
    assert any(mine.values()) and not all(mine.values()), "some pages have a finding of his, some have not"
    assert {ed.get(f"/scan/content/{item}").status for item in seen} == {403}
    try:
        assert admin.send("PUT", "/settings", emailForNewFindings="true", autoScan="true").status == 200
        for item, own in mine.items():
            answer = ed.get(f"/scan/content/{item}", size=1000)
            assert answer.status == (200 if own else 403), (item, answer.text)
            if own:
                assert [f["id"] for f in answer.json()["findings"]] == own and answer.json()["total"] == len(own)
                assert sum(c["findings"] for c in answer.json()["findingCounts"]) == len(own)
        # That is all: not the space, and not for who only reads.
        assert ed.scope(key).status == 403
        assert stack.api("confluence", "rita").get(f"/scan/content/{next(i for i in mine if mine[i])}").status in (403, 404)
        assert admin.send("PUT", "/settings", autoScan="false").status == 200
        assert {ed.get(f"/scan/content/{item}").status for item in seen} == {403}
    finally:
        admin.send("PUT", "/settings", emailForNewFindings="false", autoScan="true")
