"""The curl lines of the two documented pages, as they stand there, for every role, against the table of matrix.py.

Only placeholders are filled and the address is put in; the lines are taken from the pages by this test.
"""
import os
import re
import shlex
import subprocess
import tempfile

import pytest

from conftest import Stack
from matrix import DOCUMENTED, status_for

PAGES = {"jira": "security-for-jira-rest-api.txt", "confluence": "security-for-confluence-rest-api.txt"}
OPTIONS = ("--seed", 3, "--projects", 2, "--issues", 60, "--spaces", 2, "--pages", 12)
# The first scope of each site is the one that pat administers.
ROLES = (("admin", "product"), ("pat", "scope"), ("ed", "editor"), ("rita", "reader"))


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("curls"), OPTIONS, tls=True)
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


def curl_lines(shared, product):
    with open(os.path.join(shared, "seeds", PAGES[product]), encoding="utf-8") as f:
        for line in f:
            if line.startswith("curl ") and "-address}/rest/security/latest" in line:
                yield line.strip()


def parse(line):
    method = re.search(r"-X\s?(\w+)", line)
    path = re.search(r"/rest/security/latest(/[^?\"]*)", line).group(1)
    return (method.group(1) if method else "POST" if " -F " in line else "GET"), path


def run_curl(line, base, user, password, values, https_cert):
    """Runs one documented line in a folder of its own; gives status, body, and the name of a downloaded file."""
    if line.count('"') % 2:
        line += '"'  # one line of the Confluence page lacks its closing quote
    line = re.sub(r"https://\{(jira|confluence)-address\}", lambda _: base.replace("http://", "https://"), line)
    for name, value in values.items():
        line = line.replace("{%s}" % name, value).replace("$" + name, value)
    words = shlex.split(line)
    assert words[:3] == ["curl", "-u", "admin"], line
    words[2] = f"{user}:{password}" if user else ":"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*words, "-s", "-S", "--cacert", https_cert, "-w", "\n%{http_code}"], check=False, cwd=folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        assert done.returncode == 0, (line, done.stderr.decode())
        body, _, status = done.stdout.decode().rpartition("\n")
        files = os.listdir(folder)
        if files:
            with open(os.path.join(folder, files[0]), encoding="utf-8", newline="") as f:
                body = f.read()
    return int(status), body, files[0] if files else ""


def page_values(stack, product, folder):
    api = stack.api(product)
    scope = stack.keys(product)[0]
    finding = next(f for f in api.findings(scope) if f["location"] in ("BODY", "DESCRIPTION"))
    item = finding.get("issueKey") or str(finding["contentId"])
    upload = os.path.join(str(folder), "reviewed.csv")
    with open(upload, "w", encoding="utf-8") as f:
        f.write("matchText,ruleName\nnot in any page,AWS_CLIENT_ID\n")
    return {"key": scope, "id": item, "item": item, "createdWhen": finding["createdWhen"], "start": "0", "page": "0", "size": "10",
            "reviewed": "False", "force": "false", "name": "AWS_CLIENT_ID", "enabled": "true", "confirm": "true", "bool": "true",
            "int": "2", "level": "WARN", "text": "ask%20us", "filename": upload, "MATCH": "no such text", "RULENAME": "AWS_CLIENT_ID",
            "USER or GROUP": "GROUP", "user key or group name": "nobody-is-in-it"}


def custom_rule(api):
    """A rule of users to delete; made anew when the last call took it."""
    rules = api.get("/rules").json()
    mine = [r for r in rules if r["name"] == "TO_DELETE"]
    if not mine:
        made = api.send("POST", "/rules/custom", {"name": "TO_DELETE", "regexp": "to-delete-[0-9]{9}", "enabled": False})
        assert made.status == 200, made.text
        return str(made.json()["id"])
    return str(mine[0]["id"])


def without_rule(api):
    """The documented line makes a rule named so."""
    for rule in api.get("/rules").json():
        if rule["name"] == "rule name":
            assert api.send("DELETE", f"/rules/custom/{rule['id']}").status == 200


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_documented_lines_answer_by_role(stack, shared, tmp_path, product):
    admin = stack.api(product)
    values = page_values(stack, product, tmp_path)
    cert = os.path.join(stack.folder, "tls.pem")
    base = getattr(stack.server, product)
    seen = set()
    for line in curl_lines(shared, product):
        method, path = parse(line)
        need = DOCUMENTED[product][method, path]
        seen.add((method, path))
        mine = dict(values, key=values["item"]) if "/issue/" in path or path == "/scan/issue" else dict(values)

        def run(user, password, given=mine, line=line):
            if "{rule-ID}" in line:
                given = dict(given, **{"rule-ID": custom_rule(admin)})
            if "rule name" in line:
                without_rule(admin)
            return run_curl(line, base, user, password, given, cert)

        for user, role in ROLES:
            expected = status_for(product, need, role, has_any_scope=role in ("product", "scope"))
            status, body, name = run(user, user)
            assert status == expected, (user, line, status, body)
            if "/export/" in path and status == 200:
                assert name.startswith("spillguard-"), "the server names the file"
            if status == 403:
                assert "errorMessages" in body or "message" in body, body
        # A name of its own each time: who fails too often is cut off, and that is another test.
        status, body, _ = run(f"nobody{len(seen)}", "wrong")
        assert status == 401 and ("errorMessages" in body or "message" in body), (line, status, body)
        assert run("", "")[0] == 401, line
        if need in ("scope", "item", "review"):
            missing = dict(mine, key="NOPE-1" if need == "item" else "NOPE", id="99999999")
            assert run("admin", "admin", missing)[0] == 404, line
    assert seen == set(DOCUMENTED[product]), "every documented line was found, and no other"
