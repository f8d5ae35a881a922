"""Clients that others wrote read everything that the simulator has, and must come to the simulator's own numbers.

The Node clients are in tests/clients, with a script each; ./dev test installs them. python3-jira is Debian's.
"""
import collections
import json
import os
import shutil
import subprocess

import pytest

from conftest import ROOT, SLOW
from harness.processes import Simulator

CLIENTS = os.path.join(ROOT, "tests/clients")
PAGE_CAP = 70
SITE = ("--seed", 11, "--projects", 3, "--issues", 240, "--spaces", 3, "--pages", 30, "--blogs", 4, "--page-cap", PAGE_CAP)
# Kinds that a client can count without knowing how values of custom fields are cut.
JIRA_KINDS = {"summary", "description", "environment", "comment", "worklog", "attachment", "history"}
WIKI_KINDS = {"title", "page", "blogpost", "comment", "attachment"}


@pytest.fixture(scope="module")
def sim(bin_dir, tmp_path_factory):
    simulator = Simulator(bin_dir, str(tmp_path_factory.mktemp("clients")), SITE)
    try:
        yield simulator.wait_ready()
    finally:
        simulator.stop()


def expected_parts(sim, product, kinds):
    parts = collections.defaultdict(dict)
    for row in sim.counts()["parts"]:
        if row["product"] == product and row["kind"] in kinds and row["parts"]:
            parts[row["scope"]][row["kind"]] = row["parts"]
    assert parts and kinds == {kind for scope in parts.values() for kind in scope}, "the site is too small for this test"
    return dict(parts)


def expected_items(sim, product):
    return {row["scope"]: row["items"] for row in sim.counts()["items"] if row["product"] == product}


def run_node(script, base):
    if not shutil.which("node"):
        pytest.skip("SKIPPED: " + os.environ.get("SPILLGUARD_NO_CLIENTS", "node is not installed: ./dev test does it"))
    if not os.path.exists(os.path.join(CLIENTS, "node_modules/.installed-lock")):
        pytest.skip("SKIPPED: " + os.environ.get("SPILLGUARD_NO_CLIENTS", "the clients are not installed: ./dev test does it"))
    env = dict(os.environ, CLIENT_BASE_URL=base, CLIENT_USER="scanner", CLIENT_PASSWORD="scanner", CLIENT_TOKEN="sim-token-scanner")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        env.pop(name, None)
    done = subprocess.run(["node", script], cwd=CLIENTS, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=120 * SLOW, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-6000:]
    return json.loads(done.stdout)


def total(items):
    return sum(items.values())


def test_jira_js(sim):
    seen = run_node("jira_js.mjs", sim.jira_url)
    items = expected_items(sim, "jira")
    assert seen["parts"] == expected_parts(sim, "jira", JIRA_KINDS)
    assert seen["total"] == len(set(seen["ids"])) == len(seen["ids"]) == total(items)
    assert seen["pageSizes"] == [PAGE_CAP] and seen["sameByGet"]
    assert seen["longWorklogs"] > 0, "no issue has more worklogs than its field shows"
    single = seen["single"]
    assert single["names"] == single["schema"] == seen["fields"] > 30
    assert all(single[name] for name in ("issue", "comment", "worklog", "comments", "project", "remoteLinks")), single
    assert len(single["issueTypes"]) == len(set(single["issueTypes"])) > 1 and "Bug" in single["issueTypes"]
    assert "Major" in single["priorities"] and "Open" in single["statuses"]
    assert (seen["myself"], seen["browse"], seen["deployment"]) == ("scanner", True, "Server")
    assert seen["errors"]["badQuery"] == [400, 1] and seen["errors"]["refused"] == 401
    assert seen["errors"]["missing"][0] == 404 and seen["errors"]["missing"][1]


def test_jira_client(sim):
    seen = run_node("jira_client.mjs", sim.jira_url)
    items = expected_items(sim, "jira")
    assert seen["parts"] == expected_parts(sim, "jira", JIRA_KINDS)
    assert seen["total"] == len(set(seen["ids"])) == len(seen["ids"]) == total(items)
    assert seen["projects"] == list(items)
    single = seen["single"]
    assert all(single[name] for name in ("comment", "attachment", "project", "remoteLinks")), single
    assert "Bug" in single["issueTypes"] and "Major" in single["priorities"] and "Open" in single["statuses"]
    assert (seen["myself"], seen["deployment"]) == ("scanner", "Server") and seen["fields"] > 30
    # This client turns every answer of 400 and above into the text of its body.
    assert "errorMessages" in seen["errors"]["badQuery"] and "NOPE" in seen["errors"]["badQuery"]
    assert "errorMessages" in seen["errors"]["missing"] and seen["errors"]["refused"].startswith("Error:")


def test_confluence_js(sim):
    seen = run_node("confluence_js.mjs", sim.confluence_url)
    items = expected_items(sim, "confluence")
    parts = expected_parts(sim, "confluence", WIKI_KINDS)
    assert seen["parts"] == parts
    assert seen["items"] == items and seen["spaces"] == list(items)
    for kind, ids in seen["ids"].items():
        assert len(set(ids)) == len(ids) > 0, kind
        assert seen["searched"][kind] == {"same": True, "total": len(ids), "expanded": True}, kind
    assert len(seen["ids"]["page"]) + len(seen["ids"]["blogpost"]) == total(items)
    assert total(items) + seen["oldVersions"] == sum(scope["title"] for scope in parts.values())
    assert seen["oldVersions"] > 0 and seen["replies"] > 0
    single = seen["single"]
    assert all(value for name, value in single.items() if name != "labels"), single
    assert (single["groups"], seen["myself"], seen["stranger"]) == (2, "scanner", "anonymous")
    assert seen["errors"] == {"missing": 404, "badQuery": 400}


def changed_sides(issue):
    sides = 0
    for history in issue.changelog.histories:
        for item in history.items:
            sides += bool(item.fromString or getattr(item, "from")) + bool(item.toString or item.to)
    return sides


def test_jira_client_webhooks(bin_dir, tmp_path):
    simulator = Simulator(bin_dir, str(tmp_path), (*SITE, "--jira-version", 9)).wait_ready()
    try:
        seen = run_node("jira_webhooks.mjs", simulator.jira_url)
    finally:
        simulator.stop()
    made = seen["made"]
    assert made["name"] == "from a client" and made["enabled"] and made["lastUpdatedUser"] == "scanner"
    assert made["events"] == ["jira:issue_updated", "comment_created"]
    assert made["filters"]["issue-related-events-section"] == "project = OPS"
    assert seen["listed"] == 1 and seen["same"] and seen["left"] == 0
    assert "permission" in seen["reader"]


def test_python_jira_under_faults(bin_dir, tmp_path):
    """A client that follows what is echoed reads everything through caps, nodes and odd names."""
    jira = pytest.importorskip("jira", reason="SKIPPED: Debian's python3-jira is not installed")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"seed": 3, "nodes": {"count": 3}, "faults": [
        {"fault": "page_cap", "limit": 13, "times": 0}, {"fault": "touch", "chance": 40, "times": 0, "product": "jira"},
        {"fault": "slow", "ms": 16, "chance": 20}]}))
    simulator = Simulator(bin_dir, str(tmp_path), (*SITE, "--extras", 4, "--fault-plan", plan)).wait_ready()
    try:
        client = jira.JIRA(server=simulator.jira_url, basic_auth=("scanner", "scanner"), max_retries=0)
        issues = client.search_issues("ORDER BY created ASC, key ASC", maxResults=False)
        items = expected_items(simulator, "jira")
        assert len({issue.id for issue in issues}) == len(issues) == total(items)
        odd = [a for issue in issues for a in issue.fields.attachment if a.filename.startswith("50%+")]
        assert len(odd) == 4 and all(len(a.get()) == a.size for a in odd)
        linked = [issue for issue in issues if issue.fields.issuelinks]
        assert linked and all(hasattr(link, "inwardIssue") or hasattr(link, "outwardIssue") for i in linked for link in i.fields.issuelinks)
        assert any(client.remote_links(issue) for issue in issues)
        assert any(client.project_components(project) for project in client.projects())
    finally:
        simulator.stop()


def test_python_jira(sim):
    jira = pytest.importorskip("jira", reason="SKIPPED: Debian's python3-jira is not installed")
    client = jira.JIRA(server=sim.jira_url, basic_auth=("scanner", "scanner"), max_retries=0)
    # maxResults=False: all of them, by the page sizes that the host echoes.
    issues = client.search_issues("ORDER BY created ASC, key ASC", maxResults=False, expand="changelog")
    items = expected_items(sim, "jira")
    assert issues.total == len({issue.id for issue in issues}) == len(issues) == total(items)
    parts = collections.defaultdict(collections.Counter)
    for issue in issues:
        found = parts[issue.key.rpartition("-")[0]]
        fields = issue.fields
        for kind in ("summary", "description", "environment"):
            found[kind] += bool(getattr(fields, kind))
        found["attachment"] += len(fields.attachment)
        found["comment"] += sum(bool(comment.body) for comment in client.comments(issue))
        found["worklog"] += sum(bool(worklog.comment) for worklog in client.worklogs(issue.key))
        found["history"] += changed_sides(issue)
    assert {scope: {k: n for k, n in found.items() if n} for scope, found in parts.items()} == \
        expected_parts(sim, "jira", JIRA_KINDS)

    some = next(i for i in issues if i.fields.comment.comments and i.fields.worklog.worklogs)
    comment, worklog = some.fields.comment.comments[0], some.fields.worklog.worklogs[0]
    assert client.comment(some.key, comment.id).body == comment.body
    assert client.worklog(some.key, worklog.id).comment == worklog.comment
    assert client.issue(some.id, expand="changelog").key == some.key
    attachment = next(i for i in issues if i.fields.attachment).fields.attachment[0]
    assert len(client.attachment(attachment.id).get()) == attachment.size
    assert [project.key for project in client.projects()] == list(items)
    assert client.project(some.fields.project.key).id == some.fields.project.id
    assert client.user("ed").key == "ed"
    for field, known in (("issuetype", client.issue_types()), ("priority", client.priorities()),
                         ("status", client.statuses()), ("resolution", client.resolutions())):
        used = {getattr(i.fields, field).id for i in issues if getattr(i.fields, field)}
        assert used == {value.id for value in known}, field
    assert client.server_info()["deploymentType"] == "Server" and client.myself()["name"] == "scanner"
    assert client.my_permissions(projectKey=some.fields.project.key)["permissions"]["BROWSE_PROJECTS"]["havePermission"]
    assert len(client.fields()) > 30


def test_python_jira_ways_to_log_in(sim):
    jira = pytest.importorskip("jira", reason="SKIPPED: Debian's python3-jira is not installed")
    assert jira.JIRA(server=sim.jira_url, token_auth="sim-token-ed", max_retries=0).myself()["name"] == "ed"
    by_cookie = jira.JIRA(server=sim.jira_url, auth=("rita", "rita"), max_retries=0)
    assert by_cookie.session().name == "rita"
    # She reads the first two projects only, and no comment that is for administrators.
    items = expected_items(sim, "jira")
    readable = list(items)[:2]
    found = by_cookie.search_issues("ORDER BY key", maxResults=False, fields="comment")
    assert found.total == sum(items[key] for key in readable)
    comments = sum(len(issue.fields.comment.comments) for issue in found)
    of_all = expected_parts(sim, "jira", JIRA_KINDS)
    assert 0 < comments < sum(of_all[key]["comment"] for key in readable)
    for refused in ({"basic_auth": ("scanner", "no")}, {"token_auth": "sim-token-nobody-knows"}):
        with pytest.raises(jira.JIRAError) as error:
            jira.JIRA(server=sim.jira_url, max_retries=0, **refused).myself()
        assert error.value.status_code == 401
    for query, status in (("project = NOPE", 400), ("nosuchfield = 1", 400)):
        with pytest.raises(jira.JIRAError) as error:
            by_cookie.search_issues(query)
        assert error.value.status_code == status and error.value.text
