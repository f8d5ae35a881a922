"""How callers log in, and what is refused: cookies, forged requests, guessing, credentials in odd forms."""
import http.client
import json
import urllib.parse

import pytest

from conftest import Stack
from harness.client import API, basic, call

OPTIONS = ("--seed", 41, "--projects", 2, "--issues", 20, "--spaces", 2, "--pages", 6)
PRODUCTS = ("jira", "confluence")


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("logins"), OPTIONS)
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


def session(stack, user):
    answer = call(stack.sim.jira_url + "/rest/auth/1/session", method="POST", headers={"Content-Type": "application/json"},
                  body=json.dumps({"username": user, "password": user}).encode())
    assert answer.status == 200, answer.text
    return answer.json()["session"]["value"]


def send(stack, method, path, headers, body=None, product="jira"):
    """Exactly these headers and no other."""
    address = urllib.parse.urlsplit(getattr(stack.server, product))
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    try:
        connection.request(method, API + path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


def test_sessions_of_the_host(stack):
    key = stack.keys("jira")[0]
    admin = {"Cookie": "other=1; JSESSIONID=" + session(stack, "admin") + "; theme=dark"}
    assert send(stack, "GET", f"/project/{key}?size=1", admin)[0] == 200
    assert send(stack, "GET", f"/project/{key}", {"Cookie": "JSESSIONID=" + session(stack, "rita")})[0] == 403
    status, headers, _ = send(stack, "GET", f"/project/{key}", {"Cookie": "JSESSIONID=0123456789ABCDEF"})
    assert status == 401 and "Set-Cookie" not in headers
    assert send(stack, "GET", f"/project/{key}", {"Cookie": "other=1"})[0] == 401
    # A header wins over cookies.
    assert send(stack, "GET", f"/project/{key}", {**admin, "Authorization": basic("admin", "wrong")})[0] == 401


def test_forged_requests_are_refused(stack):
    key = stack.keys("jira")[0]
    own = stack.sim.jira_url.rsplit("/", 1)[0]
    here = stack.server.jira
    cookie = {"Cookie": "JSESSIONID=" + session(stack, "admin")}
    login = {"Authorization": basic("admin", "admin")}
    token = {"X-Atlassian-Token": "no-check"}
    as_json = {"Content-Type": "application/json"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for headers, expected in (
            # Cookies come along with whatever any page sends.
            ({**cookie}, 403), ({**cookie, **form}, 403), ({**cookie, "Content-Type": "text/plain"}, 403),
            ({**cookie, "Content-Type": "multipart/form-data; boundary=x"}, 403),
            ({**cookie, **token}, 200), ({**cookie, "X-Atlassian-Token": "nocheck"}, 200), ({**cookie, **as_json}, 200),
            ({**cookie, **token, "Origin": own}, 200), ({**cookie, **token, "Origin": here}, 200),
            ({**cookie, **token, "Referer": own + "/jira/browse/X-1"}, 200),
            ({**cookie, **token, "Origin": "https://evil.example"}, 403), ({**cookie, **as_json, "Origin": "null"}, 403),
            ({**cookie, **token, "Referer": "https://evil.example/" + own}, 403),
            ({**cookie, **token, "Origin": own + ".evil.example"}, 403),
            # So does a Basic login that a browser remembers; scripts name no origin.
            ({**login}, 200), ({**login, **form}, 200), ({**login, "Origin": own}, 200),
            ({**login, "Origin": "https://evil.example"}, 403), ({**login, "Referer": "https://evil.example/"}, 403),
            ({**login, **token, "Origin": "https://evil.example"}, 200),
            ({"Authorization": "Bearer sim-token-" + "admin", "Origin": "https://evil.example"}, 200)):
        status, _, body = send(stack, "POST", f"/scan/project?key={key}", headers, b"")
        assert status == expected, (headers, status, body)
        if expected == 403:
            assert "XSRF check failed" in body
    # Reading changes nothing and needs none of it.
    assert send(stack, "GET", f"/project/{key}?size=1", {**cookie, "Origin": "https://evil.example"})[0] == 200
    for method in ("PUT", "DELETE"):
        assert send(stack, method, "/settings" if method == "PUT" else "/scan-queue/clear", cookie)[0] == 403


def test_answers_are_for_one_caller_only(stack):
    _, headers, _ = send(stack, "GET", "/scan/all", {"Authorization": basic("admin", "admin")})
    assert headers["Cache-Control"] == "no-store" and "Authorization" in headers["Vary"] and "Cookie" in headers["Vary"]
    assert "Access-Control-Allow-Origin" not in headers and "Set-Cookie" not in headers


@pytest.mark.parametrize("product", PRODUCTS)
def test_odd_credentials_are_no_login(stack, product):
    for value in ("", "Basic", "Basic !!!", "Basic " + "YWRtaW4=", "Bearer", "Bearer  ", "Digest x", "admin:admin", "Negotiate x"):
        assert send(stack, "GET", "/scan/all", {"Authorization": value}, product=product)[0] == 401, value


@pytest.mark.parametrize("product", PRODUCTS)
def test_guessing_is_cut_off_before_the_host_locks_the_account(stack, product):
    """Last: the user is locked out for a minute."""
    answers = [send(stack, "GET", "/scan/all", {"Authorization": basic("ed", f"guess {i}")}, product=product) for i in range(8)]
    assert [status for status, _, _ in answers] == [401] * 5 + [429] * 3
    assert int(answers[-1][1]["Retry-After"]) > 0
    assert send(stack, "GET", "/scan/all", {"Authorization": basic("ED", "ed")}, product=product)[0] == 429, "names have no case"
    assert send(stack, "GET", "/scan/all", {"Authorization": basic("admin", "admin")}, product=product)[0] == 200
