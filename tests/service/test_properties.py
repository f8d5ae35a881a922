"""Random calls made from the API's own description: never a 500, never an answer outside its schema, never a secret for a
role that may not see it. The answers are held against the description by the client (conftest).

SPILLGUARD_CALLS says how many calls; ./dev properties makes 20,000 of them.
"""
import json
import os
import urllib.parse

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from conftest import Stack
from harness.client import basic, call

CALLS = int(os.environ.get("SPILLGUARD_CALLS", "700"))
SIM = ("--seed", 9, "--projects", 3, "--issues", 60, "--spaces", 3, "--pages", 10, "--blogs", 2, "--plants-per-kind", 2)
PRODUCTS = ("jira", "confluence")
# Who reads what clear text: None = everything, else the scopes at this place of the list. Others nothing.
READERS = {"admin": None, "pat": 1}
ROLES = ("admin", "pat", "ed", "rita", "nobody", "anonymous", "wrong")


class World:
    """What the calls are made of."""

    def __init__(self, stack):
        self.stack = stack
        self.documents, self.keys, self.items, self.operations = {}, {}, {}, []
        plants = stack.sim.manifest()
        for product in PRODUCTS:
            api = stack.api(product)
            self.documents[product] = api.get("/openapi.json").json()
            self.keys[product] = stack.keys(product)
            found = [f for key in self.keys[product] for f in api.findings(key)]
            self.items[product] = sorted({str(f.get("issueKey") or f.get("contentId")) for f in found})[:12]
            for path, item in self.documents[product]["paths"].items():
                for method in ("get", "post", "put", "delete"):
                    if method in item:
                        self.operations.append((product, path, method, item))
        self.texts = [p["secret"] for p in plants[:6]]
        # What the calls themselves bring in as reviews may be shown again where they bring it in.
        self.plants = [(p["product"], p["scope"], p["secret"]) for p in plants if p["secret"] not in self.texts]
        self.pat_scopes = {product: {k for k in self.keys[product] if stack.api(product, "pat").scope(k, size=1).status == 200}
                           for product in PRODUCTS}
        assert all(len(scopes) == 1 for scopes in self.pat_scopes.values())

    def forbidden(self, role, product):
        """Planted secrets that no answer may show to this role at this site."""
        if role == "admin":
            return []
        allowed = self.pat_scopes[product] if role == "pat" else set()
        seen = {secret for p, scope, secret in self.plants if p == product and scope in allowed}
        return [secret for _, _, secret in self.plants if secret not in seen]

    def resolve(self, product, value):
        while "$ref" in value:
            at = self.documents[product]
            for step in value["$ref"][2:].split("/"):
                at = at[step]
            value = at
        return value


@pytest.fixture(scope="module")
def world(bin_dir, tmp_path_factory):
    # Failed logins are throttled; that is tested elsewhere.
    stack = Stack(bin_dir, tmp_path_factory.mktemp("properties"), SIM)
    try:
        stack.scan_everything()
        yield World(stack)
    finally:
        stack.stop()


JUNK = st.one_of(st.text(max_size=12), st.sampled_from(["", " ", "0", "-1", "true", "null", "99999999999999999999", "'", "\"", "%", "\x00", "é",
                                                         "../..", "a" * 300, "1,2,x", "2024-01-01T00:00:00.000Z"]))
FLAGS = st.sampled_from(["true", "false", "True", "0", "no", "perhaps"])


def value_of(world, product, parameter):
    """Mostly something that fits, sometimes anything."""
    name, schema = parameter["name"], parameter["schema"]
    if name in ("key", "id") and parameter["in"] == "path" or name in ("key", "id"):
        fitting = st.sampled_from(world.keys[product] + world.items[product] + ["1", "2", "1000000", "1000001", "NOSUCH"])
    elif name == "name":
        fitting = st.sampled_from(["AWS_CLIENT_ID", "SLACK_BOT_TOKEN", "NOSUCH"])
    elif name == "wait":
        return st.just("0")  # nothing is learnt from waiting
    elif name == "parallelScans":
        fitting = st.sampled_from(["0", "1", "2", "3", "-1", "257"])
    elif "enum" in schema:
        fitting = st.sampled_from(schema["enum"])
    elif schema.get("type") == "boolean":
        fitting = FLAGS
    elif schema.get("type") == "integer":
        fitting = st.integers(-1, 2000).map(str)
    else:
        fitting = st.sampled_from(["1,2", "2024-01-01T00:00:00.000Z", "RULE_TOGGLED", "admin", "x"])
    return st.one_of(*[fitting] * 12, JUNK)


def body_of(world, product, operation):
    body = operation.get("requestBody")
    if body is None:
        return st.none()
    name = operation["operationId"]
    flag = st.sampled_from([True, False, "true", None, 1])
    text = st.one_of(st.sampled_from(world.texts), st.text(max_size=30))
    if name.startswith("putEntityPermissions"):
        # Never a user or group that there is: the roles stay what they are.
        entry = st.fixed_dictionaries({"type": st.sampled_from(["USER", "GROUP", "ROLE"]), "idOrKey": st.text(max_size=8).map(lambda t: "x-" + t)})
        fitting = st.lists(entry, max_size=4)
    elif name.startswith("putSettings"):
        fitting = st.fixed_dictionaries({}, optional={"autoScan": flag, "includePlaintextInExports": flag, "customEmailText": st.text(max_size=20),
                                                      "parallelScans": st.integers(-1, 3), "scanningNodes": st.lists(st.text(max_size=5), max_size=2),
                                                      "unknown": flag})
    elif name in ("createRule", "updateRule"):
        fitting = st.fixed_dictionaries({"name": st.sampled_from(["one", "two", "three", "AWS_CLIENT_ID", ""]),
                                         "regexp": st.sampled_from(["a{3}b", "(", "x[0-9]{4}", "(?<=a)b", "", "\\p{Lu}{9}"])},
                                        optional={"enabled": flag, "severity": st.sampled_from(["low", "huge"]), "flags": st.sampled_from(["", "im", "q"])})
    elif name == "testRules":
        fitting = st.fixed_dictionaries({"text": st.text(max_size=200)}, optional={"regexp": st.sampled_from(["a+", "("]), "ruleName": text})
    else:
        fitting = st.fixed_dictionaries({}, optional={"matchText": text, "ruleName": st.sampled_from(["AWS_CLIENT_ID", "x"]), "reason": st.text(max_size=9),
                                                      "expiresAt": st.sampled_from(["2030-01-01T00:00:00Z", "x"]), "fingerprint": st.sampled_from(["0" * 64, "x"])})
    whole = fitting.map(lambda value: json.dumps(value).encode())
    return st.one_of(*[whole] * 6, st.binary(max_size=20), st.sampled_from([b"", b"{", b"[]", b"null", b"7", b'{"a":{"a":1}}']))


def calls(world):
    @st.composite
    def one(draw):
        product, path, method, item = draw(st.sampled_from(world.operations))
        operation = item[method]
        query = []
        for parameter in item.get("parameters", []) + operation.get("parameters", []):
            parameter = world.resolve(product, parameter)
            # Required ones are there as a rule.
            if parameter["in"] != "path" and draw(st.integers(0, 9)) >= (9 if parameter.get("required") else 4):
                continue
            value = draw(value_of(world, product, parameter))
            if parameter["in"] == "path":
                path = path.replace("{%s}" % parameter["name"], urllib.parse.quote(value, safe=""))
            else:
                query.append((parameter["name"], value))
        return (product, draw(st.sampled_from(ROLES + ("admin", "admin", "admin", "admin", "pat", "pat"))), method.upper(), path, query, draw(body_of(world, product, operation)),
                draw(st.sampled_from([None, "application/json", "text/plain", "multipart/form-data; boundary=x"])))
    return one()


def test_random_calls(world):
    statuses = {}

    @settings(max_examples=CALLS, deadline=None, database=None, derandomize="SPILLGUARD_CALLS" not in os.environ, print_blob=True,
              suppress_health_check=list(HealthCheck))
    @given(calls(world))
    def run(one):
        product, role, method, path, query, body, content_type = one
        base = getattr(world.stack.server, product)
        url = base + "/rest/security/latest" + path + ("?" + urllib.parse.urlencode(query) if query else "")
        auth = None if role == "anonymous" else basic(role, role + "-no" if role == "wrong" else role)
        answer = call(url, method=method, auth=auth, body=body, headers={"Content-Type": content_type} if content_type else {})
        assert answer.status < 500, (one, answer.status, answer.text[:500])
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        sent = url + (body or b"").decode("utf-8", "replace")
        shown = answer.text
        for secret in world.forbidden(role, product):
            assert secret not in shown or secret in urllib.parse.unquote_plus(sent), (one, "shows a secret")

    run()
    # Else it proves nothing.
    assert statuses.get(200, 0) > CALLS // 20 and statuses.get(403, 0) > CALLS // 20 and statuses.get(400, 0) > CALLS // 50, statuses
    print("answers by status:", dict(sorted(statuses.items())))
