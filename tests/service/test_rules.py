"""Rules over the API: switches and rules of users, and what they do to results."""
import pytest

from conftest import Stack, wait_scanned

TINY = ("--seed", 5, "--projects", 2, "--issues", 60, "--spaces", 2, "--pages", 12, "--blogs", 2)
PRODUCTS = ("jira", "confluence")


@pytest.fixture(scope="module")
def stack(bin_dir, tmp_path_factory):
    stack = Stack(bin_dir, tmp_path_factory.mktemp("rules"), TINY)
    try:
        stack.scan_everything()
        yield stack
    finally:
        stack.stop()


def rules(api):
    answer = api.get("/rules")
    assert answer.status == 200, answer.text
    return {rule["name"]: rule for rule in answer.json()}


def count(api, key, rule):
    return {c["ruleName"]: c["findings"] for c in api.scope(key, size=1).json()["findingCounts"]}.get(rule, 0)


def message_of(answer):
    body = answer.json()
    return body["errorMessages"][0] if "errorMessages" in body else body["message"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_list_has_the_documented_names(stack, product):
    found = rules(stack.api(product))
    for name in ("AWS_CLIENT_ID", "AWS_MWS_KEY", "AWS_SECRET_ACCESS_KEY", "RSA_PRIVATE_KEY", "SSH_PRIVATE_KEY", "EMAIL_ADDRESS"):
        rule = found[name]
        assert rule["type"] == "BUILT_IN" and rule["builtIn"] is True and isinstance(rule["id"], int)
        assert rule["category"] and rule["severity"] in ("info", "low", "medium", "high", "critical")
        assert isinstance(rule["enabled"], bool) and "regexp" not in rule
    assert len({rule["id"] for rule in found.values()}) == len(found)


def test_a_switch_works_at_once_and_only_what_it_can_change_is_read_again(stack):
    api = stack.api("jira")
    key = stack.keys("jira")[0]
    name, before = max(((c["ruleName"], c["findings"]) for c in api.scope(key).json()["findingCounts"]), key=lambda c: c[1])
    total = api.scope(key).json()["total"]
    assert before > 0
    answer = api.send("PUT", f"/rules/built-in/{name}", enabled="False")
    assert answer.status == 200 and answer.json()["enabled"] is False
    off = api.scope(key).json()
    assert off["total"] == total - before and count(api, key, name) == 0
    assert off["upToDateSettings"] is False, "outdated"
    assert rules(stack.api("confluence"))[name]["enabled"] is False, "one set of rules for all sites"
    # A scan reads the items again that had such findings, and no others. (Parts that were read: requests may be of a look for changes.)
    parts = stack.server.metrics()["spillguard_parts_total"]
    api.post("/scan/project", key=key)
    wait_scanned(api, keys=[key])
    few = stack.server.metrics()["spillguard_parts_total"] - parts
    assert api.scope(key).json()["upToDateSettings"] is True
    # On again: its findings come back with a scan, and all is as it was.
    assert api.send("PUT", f"/rules/built-in/{name}", enabled="true").json()["enabled"] is True
    assert api.scope(key).json()["upToDateSettings"] is False
    parts = stack.server.metrics()["spillguard_parts_total"]
    api.post("/scan/project", key=key)
    wait_scanned(api, keys=[key])
    many = stack.server.metrics()["spillguard_parts_total"] - parts
    assert count(api, key, name) == before and api.scope(key).json()["total"] == total
    assert few <= many


def test_off_and_on_again_needs_no_scan(stack):
    api = stack.api("confluence")
    key = stack.keys("confluence")[0]
    before = api.scope(key).json()
    for enabled in ("false", "true"):
        assert api.send("PUT", "/rules/built-in/AWS_CLIENT_ID", enabled=enabled).status == 200
    after = api.scope(key).json()
    assert after["total"] == before["total"] and after["upToDateSettings"] is True


@pytest.mark.parametrize("product", PRODUCTS)
def test_rules_of_users_live_and_die(stack, product):
    api = stack.api(product)
    key = stack.keys(product)[0]
    # As the documented page sends it.
    answer = api.send("POST", "/rules/custom", {"name": "Any the " + product, "regexp": r"\b[Tt]he \w+", "enabled": True})
    assert answer.status == 200, answer.text
    made = answer.json()
    assert made["type"] == "CUSTOM" and made["enabled"] and made["regexp"] == r"\b[Tt]he \w+" and made["createdBy"] == "admin"
    assert rules(api)[made["name"]]["id"] == made["id"]
    assert api.send("POST", "/rules/custom", {"name": made["name"], "regexp": "x"}).status == 409
    assert api.scope(key).json()["upToDateSettings"] is False
    api.post(f"/scan/{api.scope_word}", key=key)
    wait_scanned(api, keys=[key])
    hits = count(api, key, made["name"])
    assert hits > 0
    shown = api.scope(key, ruleIds=made["id"], size=3).json()["findings"]
    assert shown and all(f["matchText"].lower().startswith("the ") for f in shown)
    # Off by the parameter, renamed by a body.
    assert api.send("PUT", f"/rules/custom/{made['id']}", enabled="false").json()["enabled"] is False
    assert count(api, key, made["name"]) == 0
    changed = api.send("PUT", f"/rules/custom/{made['id']}", {"name": "Renamed " + product, "enabled": True, "severity": "low"}).json()
    assert changed["name"] == "Renamed " + product and changed["severity"] == "low" and changed["regexp"] == made["regexp"]
    # What the list says can be sent back as it is.
    assert api.send("PUT", f"/rules/custom/{made['id']}", changed).status == 200
    gone = api.send("DELETE", f"/rules/custom/{made['id']}")
    assert gone.status == 200 and gone.json() == {"id": made["id"], "deleted": True}
    assert api.send("DELETE", f"/rules/custom/{made['id']}").status == 404
    assert api.send("PUT", f"/rules/custom/{made['id']}", enabled="true").status == 404
    after = api.scope(key, size=1).json()
    assert all(c["ruleId"] != made["id"] for c in after["findingCounts"]), "its findings went with it"


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("pattern,position", [("a(b", 1), ("ab*++", 4), ("é[z-a]", 2), (r"\p{Nope}", None)])
def test_a_bad_pattern_is_refused_with_its_place(stack, product, pattern, position):
    answer = stack.api(product).send("POST", "/rules/custom", {"name": "Bad", "regexp": pattern})
    assert answer.status == 400, answer.text
    assert isinstance(answer.json()["position"], int)
    if position is not None:
        assert answer.json()["position"] == position, answer.text
    assert f"at character {answer.json()['position']}" in message_of(answer)
    assert "Bad" not in rules(stack.api(product))


@pytest.mark.parametrize("body,word", [
    (b"", "JSON"), (b"{", "JSON"), (b"[]", "object"), (b'{"name":7,"regexp":"a"}', "name"), (b'{"regexp":"a"}', "name"),
    (b'{"name":"x"}', "regexp"), (b'{"name":"x","regexp":"a","enabeld":true}', "enabeld"), (b'{"name":"x","regexp":""}', "regexp"),
    (b'{"name":"x","regexp":"a","enabled":"perhaps"}', "enabled"), (b'{"name":"x","regexp":"a","severity":"huge"}', "severity"),
    (b'{"name":"x","regexp":"a","flags":"q"}', "flags"), (b'{"name":"AWS_CLIENT_ID","regexp":"a"}', "AWS_CLIENT_ID")])
def test_bad_rules_are_refused_by_name(stack, body, word):
    answer = stack.api("jira").send("POST", "/rules/custom", body)
    assert answer.status in (400, 409), answer.text
    assert word in message_of(answer)


def test_bad_switches_are_refused(stack):
    api = stack.api("jira")
    assert api.send("PUT", "/rules/built-in/NO_SUCH_RULE", enabled="true").status == 404
    assert api.send("PUT", "/rules/built-in/AWS_CLIENT_ID").status == 400
    assert api.send("PUT", "/rules/built-in/AWS_CLIENT_ID", enabled="perhaps").status == 400


@pytest.mark.parametrize("product", PRODUCTS)
def test_texts_are_tried_without_a_trace(stack, product):
    api = stack.api(product)
    token = "AKIA" + "QWERTYUIOPASDFGH"[::-1]
    found = api.send("POST", "/rules/test", {"text": "ключ " + token + " end"})
    assert found.status == 200, found.text
    match = next(m for m in found.json()["matches"] if m["ruleName"] == "AWS_CLIENT_ID")
    assert match["matchText"] == token and match["start"] == 5 and match["end"] == 25, "counted in characters"
    own = api.send("POST", "/rules/test", {"text": "one T-123\ntwo T-4", "regexp": r"^one (T-\d+)$"}).json()
    assert [m["matchText"] for m in own["matches"]] == ["one T-123"] and own["total"] == 1
    named = api.send("POST", "/rules/test", {"text": token, "ruleName": "AWS_CLIENT_ID"}).json()
    assert named["total"] == 1
    assert api.send("POST", "/rules/test", {"text": token, "ruleName": "NO_SUCH"}).status == 404
    assert api.send("POST", "/rules/test", {"text": "a", "regexp": "("}).json()["position"] == 0
    assert api.send("POST", "/rules/test", {"text": 7}).status == 400
    assert api.send("POST", "/rules/test", {"text": "a" * 2_000_000}).status == 413


def test_rules_are_for_those_who_may(stack):
    for method, path in (("GET", "/rules"), ("PUT", "/rules/built-in/AWS_CLIENT_ID?enabled=false"), ("POST", "/rules/custom"),
                         ("PUT", "/rules/custom/1000000?enabled=true"), ("DELETE", "/rules/custom/1000000"), ("POST", "/rules/test")):
        for user in ("ed", "pat"):
            assert stack.api("jira", user).send(method, path, b"{}" if method == "POST" else None).status == 403, path


def test_changes_survive_a_restart(stack):
    api = stack.api("jira")
    made = api.send("POST", "/rules/custom", {"name": "Stays", "regexp": "stay-[0-9]+", "description": "kept"}).json()
    api.send("PUT", "/rules/built-in/AWS_MWS_KEY", enabled="false")
    stack.server.stop()
    stack.server.start()
    stack.server.wait_ready()
    found = rules(api)
    assert found["Stays"]["id"] == made["id"] and found["Stays"]["title"] == "kept"
    assert found["AWS_MWS_KEY"]["enabled"] is False
    assert api.send("POST", "/rules/test", {"text": "stay-12"}).json()["matches"][0]["ruleName"] == "Stays"
    api.send("DELETE", f"/rules/custom/{made['id']}")
    api.send("PUT", "/rules/built-in/AWS_MWS_KEY", enabled="true")
