"""The simulator's answers against the hosts' own OpenAPI documents and against recorded answers of real hosts.

Defects of the documents are listed here one by one: what is not in the list must hold. Of a recorded answer every member that the
simulator has too must have the same type; members that it must have are named.
"""
import base64
import copy
import json
import os
import urllib.error
import urllib.request

import pytest

from harness.processes import Simulator

jsonschema = pytest.importorskip("jsonschema", reason="SKIPPED: python3-jsonschema is not installed")
AUTH = "Basic " + base64.b64encode(b"scanner:scanner").decode()


@pytest.fixture(scope="module")
def sim(bin_dir, tmp_path_factory):
    simulator = Simulator(bin_dir, str(tmp_path_factory.mktemp("judges")),
                          ("--seed", 5, "--projects", 3, "--issues", 200, "--spaces", 3, "--pages", 40, "--blogs", 6, "--extras", 3))
    try:
        yield simulator.wait_ready()
    finally:
        simulator.stop()


def ask(url, body=None, user=AUTH):
    headers = {"Authorization": user, "Accept": "application/json"} if user else {}
    data = None
    if body is not None:
        data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, data=data, headers=headers), timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


# ---------------------------------------------------------------- the documents

def relaxed(schema):
    """JSON schema out of OpenAPI's, without what the documents are known to have wrong everywhere."""
    if isinstance(schema, list):
        return [relaxed(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    out = {name: relaxed(value) for name, value in schema.items() if name not in ("example", "format", "writeOnly", "xml")}
    kind = out.get("type")
    if isinstance(kind, str):
        # Nothing says which members may be null; the hosts write null for what is empty.
        out["type"] = [kind, "null"]
        if kind == "integer":
            out["type"] = ["integer", "number", "null"]
    out.pop("additionalProperties", None)
    return out


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            raw = json.load(f)
        self.paths = raw["paths"]
        self.components = relaxed(raw["components"])

    def problems(self, template, method, status, answer, skip=(), patch=None):
        operation = self.paths[template][method]
        responses = operation["responses"]
        # Some declare no success, /child/attachment the wrong one.
        declared = responses.get(str(status)) or responses.get("201") or responses.get("default") or {}
        content = declared.get("content", {})
        schema = next((c["schema"] for c in content.values() if "schema" in c), None)
        if schema is None:
            return ["the document says nothing about the answer"]
        schema = relaxed(copy.deepcopy(schema))
        schema["components"] = self.components
        if patch:
            schema = patch(schema)
        validator = jsonschema.Draft7Validator(schema)
        found = []
        for error in validator.iter_errors(answer):
            place = "/".join(str(p) for p in error.absolute_path)
            generic = "/".join("*" if isinstance(p, int) else str(p) for p in error.absolute_path)
            if not any(generic.endswith(known) for known in skip):
                found.append(f"{place}: {error.message[:160]}")
        return found


def array_of(schema):
    """The document names the item where the host answers with a list of them."""
    components = schema.pop("components")
    return {"type": "array", "items": schema, "components": components}


def anything(schema):
    return {}


# IssueBean.fields is declared as objects only.
def free_fields(schema):
    schema = copy.deepcopy(schema)
    for name in ("IssueBean",):
        schema["components"]["schemas"][name]["properties"]["fields"] = {"type": "object"}
    return schema


JIRA = [
    # template, path, body, patch of a known defect, members with known defects
    ("/api/2/search", "/rest/api/2/search?maxResults=20&fields=*all&expand=changelog,names,schema", None, free_fields, ()),
    ("/api/2/issue/{issueIdOrKey}", "/rest/api/2/issue/{issue}?expand=changelog", None, free_fields, ()),
    ("/api/2/issue/{issueIdOrKey}/comment", "/rest/api/2/issue/{issue}/comment", None, None, ()),
    ("/api/2/issue/{issueIdOrKey}/worklog", "/rest/api/2/issue/{issue}/worklog", None, None, ()),
    ("/api/2/issue/{issueIdOrKey}/remotelink", "/rest/api/2/issue/{issue}/remotelink", None, "array", ()),
    ("/api/2/issue/{issueIdOrKey}/properties", "/rest/api/2/issue/{issue}/properties", None, None, ()),
    ("/api/2/attachment/{id}", "/rest/api/2/attachment/{attachment}", None, None, ()),
    ("/api/2/attachment/meta", "/rest/api/2/attachment/meta", None, None, ()),
    ("/api/2/field", "/rest/api/2/field", None, "array", ()),
    ("/api/2/project", "/rest/api/2/project?expand=description,lead,url,projectKeys", None, "array", ()),
    ("/api/2/project/{projectIdOrKey}", "/rest/api/2/project/OPS", None, None, ()),
    ("/api/2/project/{projectIdOrKey}/versions", "/rest/api/2/project/OPS/versions", None, "array", ()),
    ("/api/2/project/{projectIdOrKey}/components", "/rest/api/2/project/OPS/components", None, "array", ()),
    ("/api/2/issuetype", "/rest/api/2/issuetype", None, "array", ()),
    ("/api/2/status", "/rest/api/2/status", None, "array", ()),
    ("/api/2/priority", "/rest/api/2/priority", None, "array", ()),
    ("/api/2/resolution", "/rest/api/2/resolution", None, "array", ()),
    ("/api/2/serverInfo", "/rest/api/2/serverInfo", None, None, ()),
    ("/api/2/myself", "/rest/api/2/myself?expand=groups", None, None, ()),
    ("/api/2/mypermissions", "/rest/api/2/mypermissions?projectKey=OPS", None, None, ()),
    ("/api/2/index/summary", "/rest/api/2/index/summary", None, None, ()),
    ("/api/2/worklog/updated", "/rest/api/2/worklog/updated?since=0", None, None, ()),
    ("/api/2/customFields", "/rest/api/2/customFields", None, "any", ()),
]

WIKI = [
    ("/rest/api/space", "/rest/api/space?expand=description.plain,homepage", None, ()),
    ("/rest/api/space/{spaceKey}", "/rest/api/space/ENG?expand=description.plain,homepage", None, ()),
    ("/rest/api/content", "/rest/api/content?spaceKey=ENG&expand=body.storage,version,space,history,ancestors", None, ("position",)),
    ("/rest/api/content/scan", "/rest/api/content/scan?limit=20&expand=body.storage,version", None, ("position",)),
    ("/rest/api/content/search", "/rest/api/content/search?cql=type%3Dpage", None, ("position",)),
    ("/rest/api/search", "/rest/api/search?cql=type%3Dpage", None, ("position",)),
    ("/rest/api/content/{id}", "/rest/api/content/{page}?expand=body.storage,version,space,history,metadata.labels,container", None, ("position",)),
    ("/rest/api/content/{id}/history", "/rest/api/content/{page}/history", None, ()),
    ("/rest/api/content/{id}/child/comment",
     "/rest/api/content/{commented}/child/comment?depth=all&location=inline&location=footer&expand=body.storage,version,extensions.inlineProperties",
     None, ("position",)),
    ("/rest/api/content/{id}/child/attachment", "/rest/api/content/{attached}/child/attachment?expand=version,container", None, ("position",)),
    ("/rest/api/content/{id}/label", "/rest/api/content/{page}/label", None, ()),
    ("/rest/api/content/{id}/property", "/rest/api/content/{page}/property", None, ()),
    ("/rest/api/content/{id}/restriction/byOperation", "/rest/api/content/{page}/restriction/byOperation", None, ()),
    ("/rest/api/user/current", "/rest/api/user/current", None, ()),
    ("/rest/api/user/memberof", "/rest/api/user/memberof?username=scanner", None, ()),
    ("/rest/api/webhooks", "/rest/api/webhooks", None, ()),
    ("/rest/api/server-information", "/rest/api/server-information", None, ()),
]


def examples(sim):
    """Ids for the paths: an issue with everything, a page with comments, one with attachments."""
    found = ask(sim.jira_url + "/rest/api/2/search?maxResults=1000&fields=*all")[1]["issues"]
    # One recording has names of versions where hosts have objects: an issue without any.
    attached = next(i for i in found if i["fields"]["attachment"] and not i["fields"].get("fixVersions"))
    pages = ask(sim.confluence_url + "/rest/api/search?limit=200&cql=type%20in%20(comment,attachment)&expand=content.container")[1]["results"]
    first = {kind: next(r["content"] for r in pages if r["content"]["type"] == kind) for kind in ("comment", "attachment")}
    return {"issue": attached["key"], "attachment": attached["fields"]["attachment"][0]["id"],
            "page": first["comment"]["container"]["id"], "commented": first["comment"]["container"]["id"],
            "attached": first["attachment"]["container"]["id"]}


def patched(kind):
    return {"array": array_of, "any": anything}.get(kind, kind)


def check_document(document, cases, base, ids):
    problems = []
    for template, path, *_, patch, skip in cases:
        status, answer = ask(base + path.format(**ids))
        assert 200 <= status < 300, (path, status, answer)
        for problem in document.problems(template, "get", status, answer, skip, patched(patch)):
            problems.append(f"{template} {problem}")
    assert not problems, "\n".join(problems)


def test_the_documents_can_refuse(sim, shared):
    """A judge that says yes to everything is none."""
    jira = Document(shared + "/specs/jira-software-dc-10.3-openapi.json")
    answer = ask(sim.jira_url + "/rest/api/2/search?maxResults=2")[1]
    assert not jira.problems("/api/2/search", "get", 200, answer, patch=free_fields)
    assert jira.problems("/api/2/search", "get", 200, dict(answer, total="many"), patch=free_fields)
    assert jira.problems("/api/2/search", "get", 200, dict(answer, issues=[dict(answer["issues"][0], id=7)]), patch=free_fields)
    confluence = Document(shared + "/specs/confluence-dc-10.0.3-openapi.json")
    answer = ask(sim.confluence_url + "/rest/api/space")[1]
    assert confluence.problems("/rest/api/space", "get", 200, dict(answer, size="two"))
    assert confluence.problems("/rest/api/space", "get", 200, dict(answer, results=[dict(answer["results"][0], key=1)]))


def test_jira_against_its_document(sim, shared):
    check_document(Document(shared + "/specs/jira-software-dc-10.3-openapi.json"), JIRA, sim.jira_url, examples(sim))


def test_confluence_against_its_document(sim, shared):
    check_document(Document(shared + "/specs/confluence-dc-10.0.3-openapi.json"), WIKI, sim.confluence_url, examples(sim))


# ---------------------------------------------------------------- recorded answers

def kind_of(value):
    if isinstance(value, bool):
        return "flag"
    return {int: "number", float: "number", str: "text", list: "list", dict: "object", type(None): "null"}[type(value)]


def differences(recorded, ours, place=""):
    """Where a member of both has another type. null and empty lists fit everything."""
    if recorded is None or ours is None:
        return []
    if kind_of(recorded) != kind_of(ours):
        return [f"{place}: {kind_of(ours)}, recorded {kind_of(recorded)}"]
    found = []
    if isinstance(recorded, dict):
        for name in sorted(set(recorded) & set(ours)):
            found += differences(recorded[name], ours[name], f"{place}/{name}")
    elif isinstance(recorded, list) and recorded and ours:
        found += differences(recorded[0], ours[0], place + "/*")
    return found


# file, site, path, members that must be there
RECORDED = [
    ("jira-rest-java-client/issue/valid-5.0-with-changelog.json", "jira", "/rest/api/2/issue/{issue}?expand=changelog,names,schema",
     {"expand", "id", "self", "key", "fields", "changelog"}),
    ("jira-rest-php/issue.json", "jira", "/rest/api/2/issue/{issue}?expand=changelog", {"expand", "id", "self", "key", "fields", "changelog"}),
    ("jira-rest-java-client/search/issues1.json", "jira", "/rest/api/2/search?maxResults=3", {"startAt", "maxResults", "total", "issues"}),
    ("jira-rest-java-client/serverInfo/valid.json", "jira", "/rest/api/2/serverInfo", {"baseUrl", "version", "buildNumber", "serverTime"}),
    ("confluence-doc-examples/jira-serverinfo-10.3.19.json", "jira", "/rest/api/2/serverInfo", {"deploymentType", "versionNumbers"}),
    ("jira-rest-java-client/mypermission/valid.json", "jira", "/rest/api/2/mypermissions", {"permissions"}),
    ("jira-rest-java-client/project/project-jira-5-0.json", "jira", "/rest/api/2/project/OPS", {"id", "key", "name", "lead", "components", "versions"}),
    ("jira-rest-atlassian-python-api-json/rest_api_2_issue_FOO-123_properties_GET.json", "jira", "/rest/api/2/issue/{issue}/properties", {"keys"}),
    ("jira-rest-go/all_fields.json", "jira", "/rest/api/2/field", set()),
    ("jira-rest-go/all_priorities.json", "jira", "/rest/api/2/priority", set()),
    ("jira-rest-go/remote_links.json", "jira", "/rest/api/2/issue/{issue}/remotelink", set()),
    ("confluence-zulip/page_api_response.json", "confluence", "/rest/api/content/{page}",
     {"id", "type", "status", "title", "space", "history", "version", "_links", "_expandable"}),
    ("confluence-zulip/comment_api_response.json", "confluence", "/rest/api/content/{comment}?expand=container,version,space",
     {"id", "type", "status", "title", "container", "_links", "_expandable"}),
    ("confluence-zulip/user_api_response.json", "confluence", "/rest/api/user/current", {"type", "username", "userKey", "displayName"}),
    ("confluence-doc-examples/scan-first.json", "confluence", "/rest/api/content/scan?limit=2",
     {"results", "cursor", "nextCursor", "limit", "size", "_links"}),
    ("confluence-nomagic/attachment_content.json", "confluence", "/rest/api/content/{file}?expand=version,container,metadata",
     {"id", "type", "title", "version", "_links"}),
]
# A number where a page has a place among its siblings, "none" where it has not.
ALLOWED = {"/results/*/extensions/position"}


def test_recorded_answers(sim, shared):
    ids = examples(sim)
    results = ask(sim.confluence_url + "/rest/api/search?limit=200&cql=type%20in%20(comment,attachment)")[1]["results"]
    ids["comment"] = next(r["content"]["id"] for r in results if r["content"]["type"] == "comment")
    ids["file"] = next(r["content"]["id"] for r in results if r["content"]["type"] == "attachment")
    problems = []
    for name, site, path, needed in RECORDED:
        with open(os.path.join(shared, "fixtures", name), encoding="utf-8") as f:
            recorded = json.load(f)
        base = sim.jira_url if site == "jira" else sim.confluence_url
        status, ours = ask(base + path.format(**ids))
        assert status == 200, (path, status)
        problems += [f"{name}: {d}" for d in differences(recorded, ours) if d.split(":")[0] not in ALLOWED]
        if needed:
            problems += [f"{name}: no member {member}" for member in sorted(needed - set(ours))]
    assert not problems, "\n".join(problems)


def test_recorded_errors(sim, shared):
    for name, url, user in (("jira-401", sim.jira_url + "/rest/api/2/myself", None),
                            ("error-bad-cql", sim.confluence_url + "/rest/api/search?cql=bogusfield%3D1", AUTH)):
        with open(f"{shared}/fixtures/confluence-doc-examples/{name}.json", encoding="utf-8") as f:
            recorded = json.load(f)
        _, ours = ask(url, user=user)
        assert set(ours) == set(recorded) and not differences(recorded, ours), (name, ours)
        assert ours["message"].split(".")[0] == recorded["message"].split(".")[0]


# ---------------------------------------------------------------- recorded webhooks

def test_webhook_bodies(sim, shared):
    """What the simulator would send has the members of what real hosts sent."""
    import http.server
    import threading
    got = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        events = ["jira:issue_updated", "jira:issue_created", "jira:issue_deleted", "comment_created", "comment_updated", "comment_deleted"]
        hooks = [(sim.jira_url + "/rest/jira-webhook/1.0/webhooks", events),
                 (sim.confluence_url + "/rest/api/webhooks", ["page_updated", "page_moved", "comment_created", "blog_created"])]
        for address, wanted in hooks:
            status, made = ask(address, {"name": "judge", "url": url, "events": wanted, "active": True})
            assert status == 201, made
        control = sim.jira_url.rsplit("/", 1)[0] + "/_sim/"
        for kind in ("edit_description", "create_issue", "delete_issue", "add_comment", "edit_comment", "delete_comment", "edit_page",
                     "move_page", "add_page_comment", "create_blog"):
            assert ask(control + "churn", {"operations": 3, "kind": kind})[1], kind
        ask(control + "settle", {})
        sent = {}
        for body in got:
            sent.setdefault((body.get("webhookEvent") or body["event"], body.get("issue_event_type_name")), body)
        cases = [("jira-webhooks-mattermost/webhook-server-comment-created.json", ("comment_created", None)),
                 ("jira-webhooks-mattermost/webhook-server-comment-updated.json", ("comment_updated", None)),
                 ("jira-webhooks-mattermost/webhook-server-comment-deleted.json", ("comment_deleted", None)),
                 ("jira-webhooks-mattermost/webhook-server-issue-updated-commented-1.json", ("jira:issue_updated", "issue_commented")),
                 ("jira-webhooks-mattermost/webhook-server-issue-updated-comment-edited.json", ("jira:issue_updated", "issue_comment_edited")),
                 ("jira-webhooks-mattermost/webhook-issue-updated-edited.json", ("jira:issue_updated", "issue_updated")),
                 ("jira-webhooks-mattermost/webhook-issue-deleted.json", ("jira:issue_deleted", None)),
                 ("confluence-zulip/page_updated.json", ("page_updated", None)), ("confluence-zulip/page_moved.json", ("page_moved", None)),
                 ("confluence-zulip/blog_created.json", ("blog_created", None))]
        problems = []
        for name, key in cases:
            with open(os.path.join(shared, "fixtures", name), encoding="utf-8") as f:
                recorded = json.load(f)
            ours = sent[key]
            problems += [f"{name}: {d}" for d in differences(recorded, ours) if "/fields/" not in d]
            missing = set(recorded) - set(ours) - {"issue_event_type_name", "changelog"}
            problems += [f"{name}: no member {member}" for member in sorted(missing)]
        assert not problems, "\n".join(problems)
    finally:
        server.shutdown()
