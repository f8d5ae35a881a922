"""The curl lines of the two documented pages, as they stand there, for every role.

Only placeholders are filled and the address is put in; the lines are taken from the pages by this test.
"""
import os
import re
import shlex
import subprocess

import pytest

PAGES = {"jira": "security-for-jira-rest-api.txt", "confluence": "security-for-confluence-rest-api.txt"}

# What the first version serves: (product, method, path with placeholders) -> who may. Product administrators may do all.
SERVED = {
    ("jira", "GET", "/project/{key}"): "scope",
    ("jira", "GET", "/issue/{key}"): "scope",
    ("jira", "POST", "/scan/all"): "product",
    ("jira", "POST", "/scan/project"): "scope",
    ("jira", "POST", "/scan/issue"): "scope",
    ("confluence", "GET", "/scan/space/{key}"): "scope",
    ("confluence", "GET", "/scan/content/{id}"): "scope",
    ("confluence", "POST", "/scan/all"): "product",
    ("confluence", "POST", "/scan/space"): "scope",
    ("confluence", "POST", "/scan/content"): "scope",
    ("confluence", "POST", "/scan/content/version"): "scope",
}


def curl_lines(shared, product):
    with open(os.path.join(shared, "seeds", PAGES[product]), encoding="utf-8") as f:
        for line in f:
            if line.startswith("curl ") and "-address}/rest/security/latest" in line:
                yield line.strip()


def parse(line):
    method = re.search(r"-X\s?(\w+)", line)
    path = re.search(r"/rest/security/latest(/[^?\"]*)", line).group(1)
    return (method.group(1) if method else "GET"), path


def run_curl(line, base, user, password, values, https_cert):
    """Runs one documented line; gives status and body."""
    if line.count('"') % 2:
        line += '"'  # one line of the Confluence page lacks its closing quote
    line = re.sub(r"https://\{(jira|confluence)-address\}", lambda _: base.replace("http://", "https://"), line)
    for name, value in values.items():
        line = line.replace("{%s}" % name, value)
    words = shlex.split(line)
    assert words[:3] == ["curl", "-u", "admin"], line
    words[2] = f"{user}:{password}" if user else ":"
    done = subprocess.run([*words, "-s", "-S", "--cacert", https_cert, "-w", "\n%{http_code}"], check=True,
                          stdout=subprocess.PIPE, timeout=60)
    body, _, status = done.stdout.decode().rpartition("\n")
    return int(status), body


def page_values(stack, product):
    api = stack.api(product)
    scope = stack.keys(product)[0]
    if product == "jira":
        issue = next(p["item"] for p in stack.sim.manifest() if p["product"] == "jira" and p["scope"] == scope)
        return scope, issue, ""
    finding = next(f for f in api.findings(scope) if f["location"] == "BODY")
    return scope, str(finding["contentId"]), finding["createdWhen"]


@pytest.mark.parametrize("product", ["jira", "confluence"])
def test_documented_lines_answer_by_role(scanned, shared, product):
    scope, item, created_when = page_values(scanned, product)
    cert = os.path.join(scanned.folder, "tls.pem")
    base = getattr(scanned.server, product)
    seen = set()
    for line in curl_lines(shared, product):
        method, path = parse(line)
        needs = SERVED.get((product, method, path))
        if needs is None:
            continue
        seen.add((product, method, path))
        is_item = "issue" in path or "content" in path
        values = {"key": item if is_item else scope, "id": item, "createdWhen": created_when, "start": "0", "page": "0",
                  "size": "10", "reviewed": "False", "force": "false"}
        # The first scope is the one that pat administers.
        for user, allowed in (("admin", True), ("pat", needs == "scope"), ("ed", False), ("rita", False)):
            status, body = run_curl(line, base, user, user, values, cert)
            assert status == (200 if allowed else 403), (user, line, status, body)
        status, body = run_curl(line, base, "admin", "wrong", values, cert)
        assert status == 401 and ("errorMessages" in body or "message" in body), (line, status, body)
        status, body = run_curl(line, base, "", "", values, cert)
        assert status == 401, (line, status, body)
        if needs == "scope":
            missing = {**values, "key": "NOPE-1" if is_item else "NOPE", "id": "99999999"}
            status, body = run_curl(line, base, "admin", "admin", missing, cert)
            assert status == 404, (line, status, body)
    assert seen == {row for row in SERVED if row[0] == product}
