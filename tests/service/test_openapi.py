"""The API's description: served, whole, and of the routes that there are."""
import os
import re
import urllib.request

import jsonschema
import pytest

from conftest import ROOT
from harness.client import API, call

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
