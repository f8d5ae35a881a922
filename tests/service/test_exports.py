"""Downloads and the audit log: complete, masked unless asked for, safe to open, and on record."""
import csv
import io
import json
import os
import re
import subprocess

import pytest

from conftest import Stack

SIM = ("--seed", 5, "--projects", 2, "--issues", 80, "--spaces", 2, "--pages", 14, "--blogs", 3, "--plants-per-kind", 2)
PRODUCTS = ("jira", "confluence")


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    # Temporary files of the server are looked into as well.
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    try:
        stack = Stack(bin_dir, folder, SIM)
    finally:
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def plaintext(stack):
    for product in PRODUCTS:
        stack.api(product).send("PUT", "/settings", includePlaintextInExports="true")
    yield
    for product in PRODUCTS:
        stack.api(product).send("PUT", "/settings", includePlaintextInExports="false")


def rows_of(answer):
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.text.endswith("\r\n") and "\n" not in answer.text.replace("\r\n", "").replace("\r", "") or '"' in answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def lines_of(answer):
    assert answer.status == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def paths(api, key):
    word = api.scope_word
    return [f"/export/{word}/{key}/findings", "/export/findings", f"/export/reviewed/{word}/{key}/findings", "/export/reviewed/findings",
            f"/export/attachments/{word}/{key}", "/export/attachments", "/export/overview"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_finding_is_a_row(stack, product):
    api = stack.api(product)
    for key in stack.keys(product):
        shown = {f["fingerprint"] + f["contentRef"]: f for f in api.findings(key)}
        rows = rows_of(api.get(f"/export/{api.scope_word}/{key}/findings"))
        assert len(rows) == api.scope(key, size=1).json()["total"]
        for row in rows:
            finding = shown[row["fingerprint"] + row["contentRef"]]
            for name in ("ruleName", "severity", "location", "link", "versions", "createdWhen"):
                assert row[name] == (finding[name] or ""), name
            assert row["historical"] == str(finding["historical"]).lower()
    everything = rows_of(api.get("/export/findings"))
    assert len(everything) == sum(api.scope(k, size=1).json()["total"] for k in stack.keys(product))
    # Jira's page calls this one the export of all findings.
    reviewed = rows_of(api.get("/export/reviewed/findings"))
    assert len(reviewed) == (len(everything) if product == "jira" else 0)


@pytest.mark.parametrize("product", PRODUCTS)
def test_downloads_have_names(stack, product):
    api = stack.api(product)
    key = stack.keys(product)[0]
    for path in paths(api, key):
        answer = api.get(path)
        name = answer.headers["Content-Disposition"]
        assert name.startswith('attachment; filename="spillguard-') and name.endswith('.csv"'), name
        assert (key in name) == (key in path)
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("product", PRODUCTS)
def test_no_secret_leaves_unless_plaintext_is_on(stack, product):
    api = stack.api(product)
    secrets = [p["secret"] for p in stack.sim.manifest() if p.get("product", product) == product]
    assert len(secrets) > 10
    for form in ("csv", "jsonl", "sarif"):
        text = api.get("/export/findings", format=form).text
        assert not [s for s in secrets if s in text or json.dumps(s)[1:-1] in text], form
    rows = rows_of(api.get("/export/findings"))
    assert "matchText" not in rows[0] and all(row["maskedText"] and len(row["fingerprint"]) == 64 for row in rows)


@pytest.mark.parametrize("product", PRODUCTS)
def test_with_plaintext_the_export_has_it_and_the_log_says_who(stack, plaintext, product):
    api = stack.api(product)
    shown = {f["matchText"] for key in stack.keys(product) for f in api.findings(key)}
    rows = rows_of(api.get("/export/findings"))

    def unguarded(text):
        return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r", "\n") else text
    assert {unguarded(row["matchText"]) for row in rows} == shown
    assert {line["matchText"] for line in lines_of(api.get("/export/findings", format="jsonl"))} == shown
    event = api.get("/audit", kind="ALL_FINDINGS_EXPORTED").json()["events"][0]
    assert event["actor"] == "admin" and event["address"] == "127.0.0.1" and event["entity"] == "all"
    assert event["details"]["plaintext"] is True and event["details"]["format"] == "jsonl"


@pytest.mark.parametrize("product", PRODUCTS)
def test_forms_agree(stack, product):
    api = stack.api(product)
    rows = rows_of(api.get("/export/findings"))
    lines = lines_of(api.get("/export/findings", format="jsonl"))
    sarif = api.get("/export/findings", format="sarif").json()
    assert [row["fingerprint"] for row in rows] == [line["fingerprint"] for line in lines]
    run = sarif["runs"][0]
    assert sarif["version"] == "2.1.0" and len(run["results"]) == len(rows) and run["properties"]["hiddenFindings"] == 0
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} <= known
    assert [r["partialFingerprints"]["spillguard/v1"] for r in run["results"]] == [row["fingerprint"] for row in rows]
    for path in paths(api, stack.keys(product)[0])[2:]:
        assert isinstance(lines_of(api.get(path, format="jsonl")), list)


def test_without_deduplication_each_version_is_a_row(stack):
    api = stack.api("confluence")
    once = rows_of(api.get("/export/findings", deduplicate="true"))
    each = rows_of(api.get("/export/findings", deduplicate="False"))
    assert len(once) == len(rows_of(api.get("/export/findings"))), "the setting's default"

    def versions(text):
        out = []
        for piece in text.split(","):
            first, _, last = piece.partition("-")
            out += range(int(first), int(last or first) + 1)
        return out
    assert len(each) == sum(len(versions(row["versions"])) for row in once) > len(once)
    assert all(row["firstVersion"] == row["lastVersion"] == row["versions"] for row in each)
    api.send("PUT", "/settings", deduplicateExports="false")
    assert len(rows_of(api.get("/export/findings"))) == len(each)
    api.send("PUT", "/settings", deduplicateExports="true")


@pytest.mark.parametrize("product", PRODUCTS)
def test_attachments_are_told(stack, product):
    api = stack.api(product)
    rows = rows_of(api.get("/export/attachments"))
    listed = sum(kind["listed"] for scope in api.get("/coverage").json()["scopes"] for kind in scope["kinds"] if kind["kind"] == "attachment")
    assert len(rows) == listed > 0
    assert {row["status"] for row in rows} <= {"scanned", "skipped", "failed", "not_visible"}
    assert all(row["attachmentName"] and bool(row["reason"]) == (row["status"] != "scanned") for row in rows)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_overview_has_a_row_for_each_scope(stack, product):
    api = stack.api(product)
    rows = {row["key"]: row for row in rows_of(api.get("/export/overview"))}
    assert set(rows) == set(stack.keys(product))
    for key, row in rows.items():
        scan = api.scope(key, size=1).json()
        assert row["scanState"] == "SCANNED" and int(row["findings"]) + int(row["reviewed"]) == scan["total"]


def test_formulas_are_guarded(stack, plaintext):
    """A rule whose matches begin with what a spreadsheet runs."""
    api = stack.api("jira")
    key = stack.keys("jira")[0]
    made = api.send("POST", "/rules/custom", {"name": "Bullets", "regexp": r"[-+=@]\w{3,}"}).json()
    from conftest import wait_scanned
    api.post("/scan/project", key=key)
    wait_scanned(api, keys=[key])
    rows = [row for row in rows_of(api.get(f"/export/project/{key}/findings")) if row["ruleName"] == "Bullets"]
    shown = api.scope(key, ruleIds=made["id"], size=500).json()["findings"]
    assert rows and all(row["matchText"][0] == "'" for row in rows)
    assert sorted(row["matchText"][1:] for row in rows) == sorted(f["matchText"] for f in shown)
    api.send("DELETE", f"/rules/custom/{made['id']}")
    api.post("/scan/project", key=key)
    wait_scanned(api, keys=[key])


@pytest.mark.parametrize("product", PRODUCTS)
def test_downloads_are_for_who_administers(stack, product):
    first = stack.keys(product)[0]
    for path in paths(stack.api(product), first):
        assert stack.api(product, "ed").get(path).status == 403, path
    pat = stack.api(product, "pat")
    own = [k for k in stack.keys(product) if pat.scope(k, size=1).status == 200]
    assert len(own) == 1
    column = "projectKey" if product == "jira" else "spaceKey"
    rows = rows_of(pat.get("/export/findings"))
    assert {row[column] for row in rows} == set(own)
    other = next(k for k in stack.keys(product) if k not in own)
    assert pat.get(f"/export/{pat.scope_word}/{other}/findings").status == 403
    assert stack.api(product, "nobody").get("/export/findings").status in (401, 403)


@pytest.mark.parametrize("product", PRODUCTS)
def test_bad_requests(stack, product):
    api = stack.api(product)
    assert api.get("/export/findings", format="pdf").status == 400
    assert api.get("/export/attachments", format="sarif").status == 400
    assert api.get("/export/findings", deduplicate="maybe").status == 400
    assert api.get(f"/export/{api.scope_word}/NOSUCH/findings").status == 404


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_audit_log_is_kept_and_found(stack, product):
    api = stack.api(product)
    api.send("PUT", "/settings", autoScan="false", customEmailText="a secret sentence")
    api.send("PUT", "/settings", autoScan="true", customEmailText="")
    api.send("PUT", "/settings/entity-permissions", [{"type": "USER", "idOrKey": "bob"}])
    api.send("PUT", "/settings/entity-permissions", [])
    api.send("PUT", "/rules/built-in/AWS_MWS_KEY", enabled="false")
    api.send("PUT", "/rules/built-in/AWS_MWS_KEY", enabled="true")
    made = api.send("POST", "/rules/custom", {"name": "Audited", "regexp": "secret-pattern"}).json()
    api.send("PUT", f"/rules/custom/{made['id']}", enabled="false")
    api.send("DELETE", f"/rules/custom/{made['id']}")
    log = api.get("/audit", size=11).json()
    kinds = [event["kind"] for event in log["events"]]
    assert kinds == ["CUSTOM_RULE_DELETED", "CUSTOM_RULE_UPDATED", "CUSTOM_RULE_CREATED", "RULE_TOGGLED", "RULE_TOGGLED",
                     "PERMISSIONS_CHANGED", "PERMISSIONS_CHANGED"] + ["SETTING_CHANGED"] * 4
    assert "secret" not in json.dumps(log), "neither texts nor patterns"
    assert log["events"][3]["entity"] == "rule/AWS_MWS_KEY" and log["events"][3]["details"] == {"enabled": True}
    assert log["events"][6]["details"] == {"added": ["USER:bob"], "removed": []}
    assert {"name": "autoScan", "from": True, "to": False} in [e["details"] for e in log["events"]]
    ids = [event["id"] for event in log["events"]]
    assert ids == sorted(ids, reverse=True) and log["isLast"] is False
    rest = api.get("/audit", before=log["nextBefore"], size=1000).json()
    assert rest["isLast"] is True and rest["total"] == log["total"] == len(rest["events"]) + 11
    # Filters hold together.
    found = api.get("/audit", kind="rule_toggled", actor="ADM", entity="aws_mws", details="false").json()
    assert found["total"] >= 1 and all(e["details"] == {"enabled": False} for e in found["events"])
    when = log["events"][-1]["at"]
    assert api.get("/audit", until=when).json()["total"] + api.get("/audit", **{"from": when}).json()["total"] == log["total"]
    assert api.get("/audit", kind="NOTHING").status == 400 and api.get("/audit", before="x").status == 400
    rows = rows_of(api.get("/audit", format="csv", kind="CUSTOM_RULE_CREATED"))
    assert rows and all(row["kind"] == "CUSTOM_RULE_CREATED" for row in rows)
    assert api.get("/audit").json()["events"][0]["kind"] == "AUDIT_EXPORTED"
    # Not for explicit access, let alone others.
    api.send("PUT", "/settings/entity-permissions", [{"type": "USER", "idOrKey": "ed"}])
    assert stack.api(product, "ed").get("/audit").status == 403
    api.send("PUT", "/settings/entity-permissions", [])


def test_no_file_of_ours_holds_a_planted_secret(stack):
    """Database, write-ahead log, logs, temporary files: everything under the folder but what the simulator wrote."""
    secrets = sorted({p["secret"] for p in stack.sim.manifest()})
    assert len(secrets) > 30
    needles = [s.encode() for s in secrets]
    looked = 0
    for root, _, files in os.walk(stack.folder):
        for name in files:
            path = os.path.join(root, name)
            if path in (stack.sim.manifest_file, stack.sim.counts_file, stack.sim.ready_file):
                continue
            with open(path, "rb") as f:
                data = f.read()
            looked += len(data)
            held = [n for n in needles if n in data]
            assert not held, f"{path} holds {len(held)} planted secrets"
    words = os.environ.get("SPILLGUARD_TEST_POSTGRES")
    if not words:
        assert looked > 100_000
        return
    # PostgreSQL's own files, and the rows as they come out of it: what it has packed shows only there.
    address = stack.server.store

    def ask(sql):
        return subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", address, "-c", sql], check=True, stdin=subprocess.DEVNULL,
                              capture_output=True).stdout

    ask("CHECKPOINT")
    data = os.path.join(re.search(r"host=(\S+)", words).group(1), "data")
    database = os.path.join(data, "base", ask("SELECT oid FROM pg_database WHERE datname = current_database()").decode().strip())
    assert os.path.isdir(database)
    grep = subprocess.run(["grep", "-rlaF", "-f", "-", database, os.path.join(data, "pg_wal")], input=b"\n".join(needles), capture_output=True)
    assert grep.returncode == 1, f"{grep.stdout.decode()} {grep.stderr.decode()}"
    tables = ask("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'").decode().split()
    assert len(tables) > 20
    for table in tables:
        rows = ask(f'COPY "{table}" TO STDOUT')
        looked += len(rows)
        held = [n for n in needles if n in rows or n.hex().encode() in rows]
        assert not held, f"{table} holds {len(held)} planted secrets"
    assert looked > 100_000
