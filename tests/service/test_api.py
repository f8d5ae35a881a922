"""Answers, parameters and refusals of the API, against a scanned site of each product."""
import concurrent.futures
import time
import urllib.parse

import pytest

from harness.client import API, call

from conftest import wait_scanned

JIRA_FORM = {"errorMessages", "errors"}
CONFLUENCE_FORM = {"statusCode", "message", "reason"}


def assert_refusal(answer, product, status, *words):
    assert answer.status == status, answer.text
    body = answer.json()
    assert set(body) == (JIRA_FORM if product == "jira" else CONFLUENCE_FORM), body
    message = body["errorMessages"][0] if product == "jira" else body["message"]
    assert len(message) > 15, "a refusal says what to do"
    for word in words:
        assert word in message, message


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_scan_object_has_the_documented_members(scanned, product):
    api = scanned.api(product)
    scan = api.scope(scanned.keys(product)[0], size=5).json()
    assert scan["scanState"] == "SCANNED"
    assert scan["upToDateContent"] is True and scan["upToDateSettings"] is True
    assert scan["progress"] == 100
    assert scan["start"] == 0 and scan["page"] == 0 and scan["size"] == 5
    assert len(scan["findings"]) == 5 and scan["total"] > 5 and scan["isLast"] is False
    assert scan["startedAt"] and scan["completedAt"] and scan["errorMessage"] is None
    assert sum(cell["parts"] for cell in scan["coverage"]) > 100
    finding = scan["findings"][0]
    for member in ("id", "ruleId", "ruleName", "matchText", "before", "after", "reviewed", "reviewedGlobally", "historical",
                   "location", "link", "contentType", "title", "firstVersion", "lastVersion", "createdWhen", "author",
                   "firstSeen", "lastSeen", "issueKey" if product == "jira" else "contentId"):
        assert member in finding, member


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_both_paging_styles_give_every_finding_once(scanned, product):
    api = scanned.api(product)
    key = scanned.keys(product)[0]
    total = api.scope(key, size=1).json()["total"]
    by_page, by_start = [], []
    for page in range(0, total // 7 + 1):
        by_page += [f["id"] for f in api.scope(key, page=page, size=7).json()["findings"]]
    start = 0
    while True:
        answer = api.scope(key, start=start, size=11).json()
        by_start += [f["id"] for f in answer["findings"]]
        start += 11
        if answer["isLast"]:
            break
    assert len(by_page) == total and len(set(by_page)) == total
    assert by_page == by_start
    beyond = api.scope(key, start=total + 5).json()
    assert beyond["findings"] == [] and beyond["isLast"] is True


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_bad_parameters_are_named(scanned, product):
    api = scanned.api(product)
    key = scanned.keys(product)[0]
    for query, word in (({"start": "-1"}, "start"), ({"size": "0"}, "size"), ({"size": "many"}, "size"),
                        ({"page": "1.5"}, "page"), ({"reviewed": "maybe"}, "reviewed"), ({"start": 1, "page": 1}, "start"),
                        ({"ruleIds": "1,x"}, "ruleIds")):
        assert_refusal(api.scope(key, **query), product, 400, word)
    assert_refusal(api.post(f"/scan/{api.scope_word}"), product, 400, "key")
    assert_refusal(api.post(f"/scan/{api.scope_word}", key=key, force="perhaps"), product, 400, "force")
    assert_refusal(api.post(f"/scan/{api.item_word}"), product, 400, "key" if product == "jira" else "id")


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_reviewed_filter_takes_any_spelling(scanned, product):
    api = scanned.api(product)
    key = scanned.keys(product)[0]
    total = api.scope(key).json()["total"]
    for spelling in ("False", "false", "FALSE"):
        assert api.scope(key, reviewed=spelling).json()["total"] == total
    assert api.scope(key, reviewed="True").json()["total"] == 0


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_refusals_by_role(scanned, product):
    keys = scanned.keys(product)
    mine = next(k for k in keys if scanned.api(product, "pat").scope(k).status == 200)
    other = next(k for k in keys if k != mine and scanned.api(product, "ed").scope(k).status == 403)
    assert_refusal(scanned.api(product, "pat").scope(other), product, 403)
    assert_refusal(scanned.api(product, "pat").scan_all(), product, 403)
    assert_refusal(scanned.api(product, "admin").scope("NOSUCHKEY"), product, 404, "NOSUCHKEY")
    assert_refusal(scanned.api(product, "admin", "wrong").scope(mine), product, 401)
    assert_refusal(scanned.api(product, "nobody").scope(mine), product, 401)
    anonymous = call(scanned.api(product).base + API + f"/scan/{scanned.api(product).scope_word}/{mine}")
    assert_refusal(anonymous, product, 401)
    unseen = [k for k in keys if scanned.api(product, "rita").scope(k).status == 404]
    assert unseen, "rita reads the first two scopes only: the others do not exist for her"


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_tokens_work_as_passwords_do(scanned, product):
    api = scanned.api(product)
    url = api.base + API + f"/scan/{api.scope_word}/{scanned.keys(product)[0]}"
    assert call(url, auth="Bearer sim-token-" + "admin").status == 200
    assert call(url, auth="Bearer sim-token-" + "ed").status == 403
    assert call(url, auth="Bearer nonsense").status == 401


def test_spellings_versions_and_unknown_paths(scanned):
    jira = scanned.api("jira")
    key = scanned.keys("jira")[0]
    for path in (f"/project/{key}", f"/scan/project/{key}", f"/project/{key.lower()}", f"/project/{key}/"):
        assert jira.get(path).status == 200, path
    assert call(jira.base + f"/rest/security/1.0/project/{key}", auth=jira.auth).status == 200
    assert_refusal(jira.get("/projects"), "jira", 404, "/rest/security/latest/")
    assert_refusal(jira.post(f"/project/{key}"), "jira", 405)
    space = scanned.keys("confluence")[0]
    assert_refusal(scanned.api("confluence").get(f"/project/{space}"), "confluence", 404)
    for trick in ("/rest/security/latest/../latest/project/" + key, "/rest/security/latest/project/%2e%2e/" + key,
                  "/rest/security/latest//project/" + key, "/rest/security/latest/project/" + key + ";x=1",
                  "/rest/security/latest/project/a%2fb"):
        assert raw_get(jira, trick) == 400, trick


def raw_get(api, target):
    """The path exactly as given; http clients tidy it up."""
    import http.client
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(api.base).netloc, timeout=10)
    connection.putrequest("GET", target)
    connection.putheader("Authorization", api.auth)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_an_issue_is_scanned_alone(scanned):
    jira = scanned.api("jira")
    plant = next(p for p in scanned.sim.manifest() if p["product"] == "jira" and p["part"] == "comment")
    answer = jira.post("/scan/issue", key=plant["item"], force="true")
    assert answer.status == 200
    scheduled = answer.json()
    assert scheduled["scanState"] == "SCHEDULED"
    assert scheduled["upToDateContent"] is True and scheduled["upToDateSettings"] is True
    scan = wait_item(jira, "/issue/" + plant["item"])
    assert [f for f in scan["findings"] if f["ruleName"] == plant["rule"] and f["issueKey"] == plant["item"]]
    assert scan["total"] == len(scan["findings"])


def wait_item(api, path, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = api.get(path)
        assert answer.status == 200, answer.text
        if answer.json()["scanState"] not in ("SCHEDULED", "SCANNING"):
            return answer.json()
        time.sleep(0.05)
    raise AssertionError("the scan of the item did not end")


def test_content_versions(scanned):
    wiki = scanned.api("confluence")
    plant = next(p for p in scanned.sim.manifest()
                 if p["product"] == "confluence" and p["part"] == "page" and not p["current"])
    path = f"/scan/content/{plant['itemId']}"
    whole = wiki.get(path, size=500).json()
    old = [f for f in whole["findings"] if f["ruleName"] == plant["rule"] and f["historical"] and f["location"] == "BODY"]
    assert old, "the old version's secret is a historical finding"
    version = wiki.get(path, createdWhen=old[0]["createdWhen"], size=500)
    assert version.status == 200
    assert old[0]["id"] in [f["id"] for f in version.json()["findings"]]
    assert version.json()["total"] <= whole["total"]
    assert_refusal(wiki.get(path, createdWhen="yesterday"), "confluence", 400, "createdWhen")
    assert_refusal(wiki.get(path, createdWhen="1999-01-01T00:00:00.000Z"), "confluence", 404)
    assert_refusal(wiki.post("/scan/content/version", id=plant["itemId"]), "confluence", 400, "createdWhen")
    answer = wiki.post("/scan/content/version", id=plant["itemId"], createdWhen=old[0]["createdWhen"])
    assert answer.status == 200 and answer.json()["scanState"] == "SCHEDULED"
    again = wait_item(wiki, path + "?size=500")
    assert again["total"] == whole["total"], "one version more adds nothing that was known"
    assert [f["versions"] for f in again["findings"]] == [f["versions"] for f in whole["findings"]]


def test_a_second_scan_reads_little_and_force_reads_all(scanned):
    def requests_of(force):
        before = scanned.server.metrics()
        scanned.scan_everything(force)
        after = scanned.server.metrics()
        return {name: after[name] - before.get(name, 0) for name in ("spillguard_host_received_bytes_total", "spillguard_parts_total")}

    def ledger(product):
        """Without when it was looked at: a look for changes may come in between."""
        whole = scanned.api(product).get("/coverage").json()
        for scope in whole["scopes"]:
            for name in [n for n in scope if n.endswith(("At", "UpTo"))]:
                del scope[name]
        return whole

    counts = {p: ledger(p) for p in ("jira", "confluence")}
    idle = requests_of(None)
    forced = requests_of("true")
    assert idle["spillguard_parts_total"] == 0, "nothing changed: nothing is scanned again"
    assert forced["spillguard_parts_total"] > 1000
    assert idle["spillguard_host_received_bytes_total"] < forced["spillguard_host_received_bytes_total"] / 3
    for product, before in counts.items():
        assert ledger(product) == before, "the ledger is the same after each"


def test_equal_requests_at_once_are_one_scan(scanned):
    jira = scanned.api("jira")
    key = scanned.keys("jira")[0]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: jira.post("/scan/project", key=key), range(16)))
    assert {a.status for a in answers} == {200}
    wait_scanned(jira)
    assert jira.scope(key).json()["scanState"] == "SCANNED"
