"""Our own login: a cookie that stands for an account of the host, and nothing more."""
import os
import re
import ssl

import pytest

from conftest import Stack
from harness.client import API, call

PRODUCTS = ("jira", "confluence")
SIM = ("--seed", 5, "--projects", 1, "--issues", 20, "--spaces", 1, "--pages", 5)


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("session"), SIM, tls=True)
    try:
        yield stack
    finally:
        stack.stop()


def ask(stack, product, method, path="/session", body=None, **headers):
    """Without any login but what the headers have; names of headers with _ for -."""
    url = getattr(stack.server, product) + API + path
    return call(url, method=method, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def log_in(stack, product, user="pat", password=None, **headers):
    headers.setdefault("Content_Type", "application/json")
    body = '{"username":"%s","password":"%s"}' % (user, password or user)
    return ask(stack, product, "POST", body=body.encode(), **headers)


def cookie_of(answer):
    return answer.headers["Set-Cookie"].split(";")[0]


@pytest.mark.parametrize("product", PRODUCTS)
def test_from_login_to_logout(stack, product):
    entered = log_in(stack, product)
    assert entered.status == 200, entered.text
    cookie, token = cookie_of(entered), entered.json()["xsrfToken"]
    assert re.fullmatch(r"spillguard\.session=[0-9a-f]{64}", cookie) and re.fullmatch("[0-9a-f]{64}", token)
    words = [w.strip() for w in entered.headers["Set-Cookie"].split(";")[1:]]
    assert {"HttpOnly", "SameSite=Strict", "Path=/rest/security", "Max-Age=43200"} <= {w.split("/jira")[0] for w in words} | set(words)
    assert "Secure" not in words, "came by plain HTTP"
    assert entered.headers["Cache-Control"] == "no-store"
    again = ask(stack, product, "GET", Cookie=cookie)
    assert again.status == 200 and again.json() == entered.json() and again.json()["user"]["name"] == "pat"
    # It reads by itself, and changes with its token only: not with what the host's own sessions take.
    assert ask(stack, product, "GET", "/scan/all", Cookie=cookie).status == 200
    for headers in ({}, {"X_Spillguard_Token": "0" * 64}, {"X_Spillguard_Token": token, "Origin": "https://elsewhere.test"}):
        assert ask(stack, product, "DELETE", Cookie=cookie, **headers).status == 403
    events = {e["kind"]: e for e in stack.api(product).get("/audit").json()["events"]}
    assert events["LOGGED_IN"]["actor"] == "pat" and events["LOGGED_IN"]["entity"] == "session"
    left = ask(stack, product, "DELETE", Cookie=cookie, X_Spillguard_Token=token)
    assert left.status == 200 and left.json() == {"ended": True} and "Max-Age=0" in left.headers["Set-Cookie"]
    assert ask(stack, product, "GET", Cookie=cookie).status == 401
    assert ask(stack, product, "DELETE", Cookie=cookie, X_Spillguard_Token=token).json() == {"ended": False}
    assert stack.api(product).get("/audit").json()["events"][0]["kind"] == "LOGGED_OUT"


def test_the_cookie_stays_on_tls_where_it_came_by_tls(stack):
    proxied = log_in(stack, "jira", X_Forwarded_Proto="https")
    assert "Secure" in proxied.headers["Set-Cookie"]
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    url = stack.server.jira.replace("http://", "https://") + API + "/session"
    direct = call(url, method="POST", body=b'{"username":"pat","password":"pat"}', headers={"Content-Type": "application/json"}, context=context)
    assert direct.status == 200 and "Secure" in direct.headers["Set-Cookie"]


def test_bad_logins(stack):
    assert log_in(stack, "jira", password="wrong").status == 401
    for body in (b"", b"{}", b"[]", b"7", b'{"username":"pat"}', b'{"username":"a:b","password":"c"}', b'{"username":1,"password":"c"}',
                 b'{"token":"x","username":"pat","password":"pat"}', b'{"token":"a b"}'):
        answer = ask(stack, "jira", "POST", body=body, Content_Type="application/json")
        assert answer.status == 400 and "Set-Cookie" not in answer.headers, body
    # A form of another page can not log somebody in.
    assert log_in(stack, "jira", Origin="https://elsewhere.test").status == 403
    for cookie in ("spillguard.session=", "spillguard.session=" + "0" * 64, "spillguard.session=zz"):
        assert ask(stack, "jira", "GET", Cookie=cookie).status == 401
    # One of another site is none here.
    assert ask(stack, "confluence", "GET", Cookie=cookie_of(log_in(stack, "jira"))).status == 401


def test_sessions_outlive_a_restart_and_hold_no_password_in_clear(stack):
    password = "rita"
    entered = log_in(stack, "jira", "rita", password)
    login = b"cml0YTpyaXRh"  # base64 of rita:rita, as the host is asked with
    cookie = cookie_of(entered)
    stack.server.stop()
    for base, _, files in os.walk(os.path.join(stack.folder, "data")):
        for name in files:
            with open(os.path.join(base, name), "rb") as f:
                data = f.read()
            assert login not in data and cookie.split("=")[1].encode() not in data, name
    stack.server.start()
    stack.server.wait_ready()
    assert ask(stack, "jira", "GET", Cookie=cookie).json()["user"]["name"] == "rita"
