"""The API's description: served, whole, and of the routes that there are."""
import copy
import os
import random
import re
import urllib.request

import jsonschema
import pytest

from conftest import ROOT
from harness.client import API, call
from harness.contract import Contract
from harness.quick_schema import compile_schema

PRODUCTS = ("jira", "confluence")


def routes(product):
    """Method and path of every route of a product, from the table in the source."""
    with open(os.path.join(ROOT, "src/api/routes.cc"), encoding="utf-8") as f:
        table = re.findall(r'\{"(GET|POST|PUT|DELETE)",\s*"([^"]+)",\s*Serves::k(Both|Jira|Confluence)', f.read())
    assert len(table) > 40
    return {(method, path) for method, path, serves in table if serves in ("Both", product.capitalize())}


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_route_is_described_and_nothing_else(scanned, product):
    document = scanned.api(product).get("/openapi.json").json()
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item
                 if method in ("get", "post", "put", "delete")}
    described -= {("GET", "/openapi.json"), ("GET", "/docs"), ("GET", "/docs.js")}
    assert described == routes(product)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_description_is_sound(scanned, product):
    document = scanned.api(product).get("/openapi.json").json()
    assert document["openapi"] == "3.1.0" and document["servers"] == [{"url": "/rest/security/latest"}]
    tags = {tag["name"] for tag in document["tags"]}
    for path, item in document["paths"].items():
        names = set(re.findall(r"\{(\w+)\}", path))
        for method, operation in item.items():
            if method == "parameters":
                continue
            assert set(operation["tags"]) <= tags and operation["summary"], path
            parameters = item.get("parameters", []) + operation.get("parameters", [])
            shown = [document["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p for p in parameters]
            assert {p["name"] for p in shown if p["in"] == "path"} == names, path
            assert "200" in operation["responses"], path
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert name in str(document["paths"]) + str(document["components"]), name


def test_without_a_login_and_under_both_versions(scanned):
    for product in PRODUCTS:
        base = getattr(scanned.server, product)
        for version in ("latest", "1.0"):
            for path, kind in (("openapi.json", "application/json"), ("docs", "text/html"), ("docs.js", "text/javascript")):
                with urllib.request.urlopen(f"{base}/rest/security/{version}/{path}", timeout=30) as answer:
                    assert answer.headers["Content-Type"].startswith(kind)
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"
        page = call(base + API + "/docs")
        assert "script-src 'self'" in page.headers["Content-Security-Policy"] and 'src="docs.js"' in page.text


ODD = (None, True, 0, -1, 3, 1.5, 10 ** 12, "", "x", "HIGH", "x" * 5000, [], ["x"], {}, {"x": 1})


def sample(contract, schema, chance):
    """Some value that mostly fits."""
    schema = contract.resolve(schema)
    if "enum" in schema or "const" in schema:
        return chance.choice(schema.get("enum") or [schema["const"]])
    for word in ("anyOf", "allOf"):
        if word in schema:
            parts = [sample(contract, s, chance) for s in schema[word]]
            if word == "anyOf" or not all(isinstance(part, dict) for part in parts):
                return chance.choice(parts)
            return {k: v for part in parts for k, v in part.items()}
    kind = schema.get("type", "string")
    kind = kind if isinstance(kind, str) else chance.choice(kind)
    if kind == "object":
        return {name: sample(contract, s, chance) for name, s in schema.get("properties", {}).items()
                if name in schema.get("required", ()) or chance.random() < 0.7}
    if kind == "array":
        return [sample(contract, schema.get("items", {}), chance) for _ in range(chance.randint(0, 2))]
    least, most = schema.get("minimum", 0), schema.get("maximum", 10 ** 9)
    return {"string": "some text", "boolean": True, "null": None, "number": least, "integer": chance.randint(least, most)}[kind]


def spoil(value, chance):
    """Changes one place of it."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        name = chance.choice(sorted(value))
        what = chance.randrange(4)
        if what == 0:
            del value[name]
        elif what == 1:
            value["another"] = chance.choice(ODD)
        else:
            value[name] = spoil(value[name], chance)
        return value
    if isinstance(value, list) and value and chance.random() < 0.8:
        value[0] = spoil(value[0], chance)
        return value
    return chance.choice(ODD)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_quick_check_accepts_nothing_that_the_description_refuses(scanned, product):
    contract = Contract(scanned.api(product).get("/openapi.json").json())
    chance = random.Random(7)
    accepted = refused = 0
    for name, schema in sorted(contract.document["components"]["schemas"].items()):
        quick = compile_schema(contract.resolve, schema)
        assert quick is not None, f"{name} has a word that the quick check does not know"
        slow = contract.validator(name, schema)
        for _ in range(25):
            value = sample(contract, schema, chance)
            for tried in (value, spoil(copy.deepcopy(value), chance)):
                valid = slow.is_valid(tried)
                assert not quick(tried) or valid, (name, tried)
                accepted += quick(tried)
                refused += not valid
    assert accepted > 300 and refused > 300, (accepted, refused)
