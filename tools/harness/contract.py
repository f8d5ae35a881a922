"""Holds answers of the API against the description that the server itself gives (openapi.json)."""
import json
import re
import threading
import urllib.parse
import urllib.request

import jsonschema

from harness.quick_schema import compile_schema

ROOT = re.compile(r"^(https?://[^/]+)(/.*)?/rest/security/(latest|1\.0)(/.*)$")


class Broken(AssertionError):
    """An answer that the description does not allow."""


class Contract:
    """The description of one site."""

    def __init__(self, document):
        self.document = document
        self.validators = {}
        self.quick = {}
        self.routes = []
        for path, item in document["paths"].items():
            pattern = re.compile("^" + re.sub(r"\\{[^/]+\\}", "[^/]+", re.escape(path)) + "$")
            # A literal path goes before one with a parameter.
            self.routes.append((path.count("{"), pattern, path, item))
        self.routes.sort(key=lambda route: (route[0], route[2]))

    def item_of(self, path):
        path = path.rstrip("/") or "/"
        for _, pattern, name, item in self.routes:
            if pattern.match(path):
                return name, item
        return None, None

    def resolve(self, value):
        while "$ref" in value:
            at = self.document
            for step in value["$ref"][2:].split("/"):
                at = at[step]
            value = at
        return value

    def validator(self, name, schema):
        if name not in self.validators:
            whole = {"components": self.document["components"], "allOf": [schema]}
            self.validators[name] = jsonschema.Draft202012Validator(whole)
        return self.validators[name]

    def surely_valid(self, name, schema, value):
        if name not in self.quick:
            self.quick[name] = compile_schema(self.resolve, schema)
        return self.quick[name] is not None and self.quick[name](value)

    def check(self, method, path, status, content_type, text):
        where = f"{method} {path} -> {status}"
        name, item = self.item_of(path)
        operation = (item or {}).get("get" if method == "HEAD" else method.lower())
        error = self.document["components"]["responses"]["Error"]
        if operation is None:
            if status not in (400, 404, 405, 408, 413, 414, 431, 503):
                raise Broken(f"{where}: nothing like it is described")
            described, name = error, "Error"
        else:
            described = operation["responses"].get(str(status)) or operation["responses"].get("default")
            if described is None:
                raise Broken(f"{where}: this status is not described")
            described = self.resolve(described)
        if method == "HEAD":
            return
        kind = (content_type or "").split(";")[0].strip()
        if kind not in described["content"]:
            raise Broken(f"{where}: {kind or 'no content type'} is not described, {sorted(described['content'])} are")
        schema = described["content"][kind].get("schema")
        if schema is None or kind != "application/json":
            return
        try:
            value = json.loads(text)
        except ValueError as problem:
            raise Broken(f"{where}: no JSON: {problem}: {text[:300]}") from problem
        if self.surely_valid((name, method, status), schema, value):
            return
        for problem in self.validator((name, method, status), schema).iter_errors(value):
            best = jsonschema.exceptions.best_match([problem])
            raise Broken(f"{where}: {'/'.join(map(str, best.absolute_path))}: {best.message[:500]}")


class Checker:
    """For harness.client: checks every answer that comes from an API."""

    def __init__(self):
        self.contracts = {}
        self.lock = threading.Lock()
        self.checked = 0

    def contract_of(self, base, context=None):
        with self.lock:
            if base not in self.contracts:
                with urllib.request.urlopen(base + "/rest/security/latest/openapi.json", timeout=60, context=context) as answer:
                    self.contracts[base] = Contract(json.loads(answer.read()))
            return self.contracts[base]

    def __call__(self, method, url, answer, context=None):
        parts = urllib.parse.urlsplit(url)
        found = ROOT.match(urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")))
        if not found:
            return
        path = "/" + "/".join(s for s in found.group(4).split("/") if s)
        contract = self.contract_of(found.group(1) + (found.group(2) or ""), context)
        contract.check(method, path, answer.status, answer.headers.get("Content-Type"), answer.text)
        self.checked += 1
