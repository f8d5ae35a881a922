"""The table of matrix.py for every call, also those that the documented pages leave out, and with explicit access."""
import pytest

from conftest import Stack
from harness.client import API, WORDS, basic, call
from matrix import DOCUMENTED, MORE, status_for
from test_seed_curls import custom_rule, page_values, without_rule

OPTIONS = ("--seed", 3, "--projects", 3, "--issues", 90, "--spaces", 3, "--pages", 18)
PRODUCTS = ("jira", "confluence")
KEYS = {"jira": {"rita": "JIRAUSER10004", "ed": "ed"},
        "confluence": {"rita": "2c9280839e460b0f019e460ba6440004", "ed": "2c9280839e460b0f019e460ba6440003"}}
GROUPS = {"jira": "jira-software-users", "confluence": "confluence-users"}
# Bodies that make a call right in all but permission.
JSON_BODY = {"/rules/test": b'{"text":"x"}', "/rules/custom": b'{"name":"rule name","regexp":"abc","enabled":false}'}


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("matrix"), OPTIONS)
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


def visible(stack, product, user):
    """The keys of the scopes that the host shows to somebody."""
    if product == "jira":
        listed = call(stack.sim.jira_url + "/rest/api/2/project", auth=basic(user, user)).json()
    else:
        listed = call(stack.sim.confluence_url + "/rest/api/space?limit=100", auth=basic(user, user)).json()["results"]
    return {scope["key"] for scope in listed}


def unseen_by_rita(stack, product):
    """A scope that she can not see, and an item in it."""
    key = next(k for k in stack.keys(product) if k not in visible(stack, product, "rita"))
    finding = stack.api(product).findings(key)[0]
    return key, finding.get("issueKey") or str(finding["contentId"])


def calls(stack, product, folder):
    """(method, address under the API, body, need) of every row; in the first scope."""
    values = page_values(stack, product, folder)
    values["scope-word"], values["item-word"] = WORDS[product]
    queries = {"/scan/all": "force=false", "/scan/project": "key={key}", "/scan/space": "key={key}", "/scan/issue": "key={item}",
               "/scan/content": "id={id}", "/scan/content/version": "id={id}&createdWhen={createdWhen}",
               "/scan/issue/version": "key={item}&createdWhen={createdWhen}", "/rules/built-in/{name}": "enabled=true",
               "/global-reviewed": "confirm=true", "/settings": "autoScan=true"}
    for (method, path), need in {**MORE, **DOCUMENTED[product]}.items():
        filled = path.replace("{item-word}", values["item-word"])
        query = queries.get(filled, "confirm=true" if method == "DELETE" else "")
        if "/issue/{key}" in filled:
            filled = filled.replace("{key}", "{item}")
        body = b"" if method in ("POST", "PUT", "DELETE") else None
        if "/review/" in path and method == "POST":
            body = b'{"matchText":"no such text","ruleName":"X"}'
        elif "/global-reviewed/" in path:
            body = b"not in any page,AWS_CLIENT_ID\n"
        elif path in JSON_BODY:
            body = JSON_BODY[path]
        elif path == "/settings/entity-permissions" and method == "PUT":
            continue  # it would change who may
        address = filled + ("?" + query if query and method != "GET" else "")
        yield method, address, body, need, values


def fill(address, values, scope=None, item=None):
    values = dict(values, key=scope or values["key"], id=item or values["id"], item=item or values["item"])
    for name, value in values.items():
        address = address.replace("{%s}" % name, value)
    return address.replace("+", "%2B")


def run(stack, product, user, method, address, body, headers=None):
    """`headers`: of a session, in place of the user's own login."""
    if "rule name" in (body or b"").decode():
        without_rule(stack.api(product))
    auth = basic(user, user) if user and not headers else None
    return call(getattr(stack.server, product) + API + address, method=method, auth=auth, body=body, headers=headers)


def log_in(stack, product, user):
    """(cookie, token) of a session of our own."""
    answer = stack.api(product).send("POST", "/session", {"username": user, "password": user})
    assert answer.status == 200, answer.text
    return answer.headers["Set-Cookie"].split(";")[0], answer.json()["xsrfToken"]


def give_access(stack, product, entries):
    answer = stack.api(product).send("PUT", "/settings/entity-permissions", entries)
    assert answer.status == 200, answer.text


def check(stack, product, folder, roles, scope=None, item=None):
    """roles: user -> (role, whether they have any scope)."""
    wrong = []
    for method, address, body, need, values in calls(stack, product, folder):
        if scope and need not in ("scope", "item", "review"):
            continue
        for user, (role, has_any) in roles.items():
            if "{rule-ID}" in address:
                values["rule-ID"] = custom_rule(stack.api(product))
            answer = run(stack, product, user, method, fill(address, values, scope, item), body)
            expected = status_for(product, need, role, has_any)
            if answer.status != expected:
                wrong.append((user, role, method, address, answer.status, expected, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("product", PRODUCTS)
def test_by_what_the_host_grants(stack, product, tmp_path):
    give_access(stack, product, [])
    check(stack, product, tmp_path, {"admin": ("product", True), "pat": ("scope", True), "ed": ("editor", False),
                                     "rita": ("reader", False)})


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_session_of_our_own_gives_what_the_login_gives(stack, product, tmp_path):
    give_access(stack, product, [])
    wrong = []
    for user, role, has_any in (("pat", "scope", True), ("ed", "editor", False)):
        cookie, token = log_in(stack, product, user)
        for method, address, body, need, values in calls(stack, product, tmp_path):
            if "{rule-ID}" in address:
                values["rule-ID"] = custom_rule(stack.api(product))
            filled = fill(address, values)
            if method != "GET":  # the session alone changes nothing, whatever else the request has
                answer = run(stack, product, user, method, filled, body, {"Cookie": cookie})
                if answer.status != 403 or "xsrfToken" not in answer.text:
                    wrong.append((user, method, filled, answer.status, answer.text[:200]))
            answer = run(stack, product, user, method, filled, body, {"Cookie": cookie, "X-Spillguard-Token": token})
            if answer.status != status_for(product, need, role, has_any):
                wrong.append((user, method, filled, answer.status, answer.text[:200]))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("product", PRODUCTS)
def test_nobody_without_login(stack, product, tmp_path):
    for method, address, body, _, values in calls(stack, product, tmp_path):
        values["rule-ID"] = "1"
        for user in ("", "nobody"):
            answer = run(stack, product, user, method, fill(address, values), body)
            assert answer.status == 401, (method, address, answer.status)
            assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize("product", PRODUCTS)
def test_explicit_access_of_a_user(stack, product, tmp_path):
    give_access(stack, product, [{"type": "USER", "idOrKey": KEYS[product]["rita"]}])
    try:
        check(stack, product, tmp_path, {"rita": ("explicit", True), "ed": ("editor", False)})
        # What is not visible to her does not exist, listed or not.
        key, item = unseen_by_rita(stack, product)
        check(stack, product, tmp_path, {"rita": ("unseen explicit", True)}, scope=key, item=item)
    finally:
        give_access(stack, product, [])
    check(stack, product, tmp_path, {"rita": ("reader", False)})


@pytest.mark.parametrize("product", PRODUCTS)
def test_explicit_access_of_a_group(stack, product, tmp_path):
    give_access(stack, product, [{"type": "GROUP", "idOrKey": GROUPS[product]}, {"type": "GROUP", "idOrKey": "others"}])
    try:
        check(stack, product, tmp_path, {"ed": ("explicit", True), "rita": ("explicit", True)})
    finally:
        give_access(stack, product, [])


@pytest.mark.parametrize("product", PRODUCTS)
def test_strangers_are_told_that_nothing_is_there(stack, product, tmp_path):
    key, item = unseen_by_rita(stack, product)
    check(stack, product, tmp_path, {"rita": ("stranger", False)}, scope=key, item=item)


@pytest.mark.parametrize("product", PRODUCTS)
def test_lists_hold_only_what_the_caller_may(stack, product):
    keys = stack.keys(product)
    for user, expected in (("admin", keys), ("pat", keys[:1]), ("ed", []), ("rita", [])):
        api = stack.api(product, user)
        assert [s["key"] for s in api.get("/scan/all").json()["scopes"]] == expected
        assert [s["key"] for s in api.get("/coverage").json()["scopes"]] == expected
    give_access(stack, product, [{"type": "USER", "idOrKey": KEYS[product]["rita"]}])
    try:
        assert [s["key"] for s in stack.api(product, "rita").get("/scan/all").json()["scopes"]] == [k for k in keys if k in visible(stack, product, "rita")]
    finally:
        give_access(stack, product, [])
