"""The simulator while things change: its own account at the end is what a plain client reads."""
import base64
import collections
import json
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest

from harness.processes import Simulator

AUTH = "Basic " + base64.b64encode(b"scanner:scanner").decode()
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(url, body=None, method=None, auth=AUTH):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": auth, "Content-Type": "application/json"}
    try:
        with OPENER.open(urllib.request.Request(url, data=data, headers=headers, method=method), timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def control(sim, name, body=None, method=None):
    status, _, text = call(sim.jira_url.rsplit("/", 1)[0] + "/_sim/" + name, body, method)
    assert status == 200, text
    return text


@pytest.fixture
def start(bin_dir, tmp_path):
    running = []

    def begin(*options):
        running.append(Simulator(bin_dir, str(tmp_path), ("--issues", 200, "--pages", 40, "--projects", 3, *options)).wait_ready())
        return running[-1]
    yield begin
    for sim in running:
        sim.stop()


def read_everything(sim):
    """Items and current texts by scope, as a client without any care reads them."""
    items = collections.Counter()
    texts = {}
    start = 0
    while True:
        page = json.loads(call(f"{sim.jira_url}/rest/api/2/search?jql=order+by+id&startAt={start}&maxResults=100&fields=*all&expand=changelog")[2])
        for issue in page["issues"]:
            items["jira", issue["fields"]["project"]["key"]] += 1
            texts[issue["id"]] = json.dumps(issue, ensure_ascii=False)
        start += len(page["issues"])
        if not page["issues"]:
            break
    spaces = json.loads(call(sim.confluence_url + "/rest/api/space?limit=200")[2])["results"]
    for space in spaces:
        for kind in ("page", "blogpost"):
            url = f"{sim.confluence_url}/rest/api/content/scan?spaceKey={urllib.parse.quote(space['key'])}&type={kind}&limit=50"
            cursor = ""
            while True:
                answer = json.loads(call(url + cursor)[2])
                items["confluence", space["key"]] += len(answer["results"])
                if "nextCursor" not in answer:
                    break
                cursor = "&cursor=" + answer["nextCursor"]
    return items, texts


def test_the_end_is_what_the_truth_says(start):
    sim = start("--faults", 12, "--churn", "150/s")
    paths = ["/rest/api/2/search?maxResults=50&fields=*all&expand=changelog", "/rest/api/2/project", "/rest/api/2/issue/OPS-1"]
    wiki_paths = ["/rest/api/content/scan?limit=50&expand=body.storage", "/rest/api/search?cql=type%3Dpage&limit=50", "/rest/api/space"]

    def read():
        for _ in range(25):
            for path in paths:
                try:
                    call(sim.jira_url + path)
                except OSError:
                    pass
            for path in wiki_paths:
                try:
                    call(sim.confluence_url + path)
                except OSError:
                    pass

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    control(sim, "churn", {"operations": 100})
    settled = json.loads(control(sim, "settle", {}))
    truth = json.loads(control(sim, "truth"))
    assert truth["changes"] == settled["changes"] >= 100
    assert json.loads(control(sim, "truth")) == truth, "something changes although it was settled"
    items, texts = read_everything(sim)
    told = {(row["product"], row["scope"]): row["items"] for row in truth["items"] if row["items"]}
    assert {scope: number for scope, number in items.items() if number} == told
    plants = [json.loads(line) for line in control(sim, "plants").splitlines()]
    assert len({plant["secret"] for plant in plants}) == len(plants)
    for plant in plants:
        if plant["product"] == "jira" and not plant["secret"].count("\n"):
            # A file's text is in its bytes; that the issue has the file is in its fields.
            mark = f'"id": "{plant["content"]}"' if plant["part"] == "attachment" else plant["secret"]
            there = plant["itemId"] in texts and mark in texts[plant["itemId"]]
            assert there == (plant["state"] in ("current", "history")), plant
    stats = json.loads(control(sim, "stats"))
    assert stats["jira"]["requests"] > 300 and stats["jira"]["endpoints"]["GET /rest/api/2/search"] > 50


def test_the_same_plan_does_the_same_again(start):
    plan = {"seed": 9, "faults": [{"fault": "status", "status": 503, "chance": 40, "times": 2}, {"fault": "page_cap", "limit": 9, "chance": 50}],
            "churn": {"per_100_requests": 50, "most": 40}}
    seen = []
    for _ in range(2):
        sim = start()
        answered = json.loads(control(sim, "plan", plan, "PUT"))
        assert answered["seed"] == 9 and [rule["fault"] for rule in answered["faults"]] == ["status", "page_cap"]
        statuses = []
        for number in range(60):
            statuses.append(call(f"{sim.jira_url}/rest/api/2/search?startAt={number * 3}&maxResults=20")[0])
        journal = [(c["kind"], c["item"], c["content"]) for c in json.loads(control(sim, "journal"))]
        seen.append((statuses, journal, json.loads(control(sim, "stats"))["jira"]["faults"]))
        sim.stop()
    assert seen[0] == seen[1]
    assert 503 in seen[0][0] and 200 in seen[0][0] and len(seen[0][1]) == 30


def test_the_rate_limit_is_counted(start):
    sim = start("--rate-limit", "5/1")
    statuses = [call(sim.jira_url + "/rest/api/2/myself") for _ in range(12)]
    refused = [s for s in statuses if s[0] == 429]
    assert refused and all(int(s[1]["retry-after"]) >= 1 for s in refused)
    assert statuses[0][1]["retry-after"] == "0" and statuses[0][1]["X-RateLimit-Limit"] == "5"
    assert json.loads(control(sim, "stats"))["jira"]["refused"] == len(refused)
    # The control is none of it, and serverInfo is exempt.
    assert call(sim.jira_url + "/rest/api/2/serverInfo")[0] == 200
