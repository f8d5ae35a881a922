"""The part of JSON Schema that the API's description uses, compiled to closures: tens of times as fast as jsonschema.

compile_schema(resolve, schema) gives a function that is true for a value that is surely valid. A value that it refuses, and a
schema with a word that it does not know (None), are jsonschema's to judge: so a mistake here can make a check slow, and only one
that accepts too much could hide anything; test_openapi.py compares the two.
"""
import re

SILENT = {"description", "title", "default", "example", "examples", "format", "readOnly", "deprecated", "components"}


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


TYPES = {
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": number,
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
}


class Unknown(Exception):
    """A word that is jsonschema's to judge."""


def compile_schema(resolve, schema):
    try:
        return Compiler(resolve).of(schema)
    except Unknown:
        return None


class Compiler:
    def __init__(self, resolve):
        self.resolve = resolve
        self.named = {}

    def of(self, schema):
        if schema is True or schema == {}:
            return lambda v: True
        if not isinstance(schema, dict):
            raise Unknown("schema")
        known = set()
        checks = []
        for name in ("$ref", "type", "enum", "const", "allOf", "anyOf", "string", "range", "object", "unevaluatedProperties", "array"):
            made = getattr(self, "of_" + name.strip("$"))(schema, known)
            if made:
                checks.append(made)
        if any(word not in known and word not in SILENT and not word.startswith("x-") for word in schema):
            raise Unknown(str(sorted(schema)))
        if not checks:
            return lambda v: True
        if len(checks) == 1:
            return checks[0]
        return lambda v: all(check(v) for check in checks)

    @staticmethod
    def take(schema, known, *words):
        known.update(words)
        return [schema.get(word) for word in words]

    def of_ref(self, schema, known):
        name, = self.take(schema, known, "$ref")
        if name is None:
            return None
        if name not in self.named:
            self.named[name] = None  # it may hold itself
            self.named[name] = self.of(self.resolve({"$ref": name}))
        if self.named[name]:
            return self.named[name]
        return lambda v: self.named[name](v)

    def of_type(self, schema, known):
        types, = self.take(schema, known, "type")
        if types is None:
            return None
        checks = [TYPES[t] for t in ([types] if isinstance(types, str) else types)]
        return checks[0] if len(checks) == 1 else lambda v: any(check(v) for check in checks)

    def of_enum(self, schema, known):
        values, = self.take(schema, known, "enum")
        if values is None:
            return None
        if not all(isinstance(v, str) or number(v) for v in values):
            raise Unknown("enum")
        allowed = frozenset(values)
        return lambda v: (isinstance(v, str) or number(v)) and v in allowed

    def of_const(self, schema, known):
        if "const" not in schema:
            return None
        value, = self.take(schema, known, "const")
        return lambda v: type(v) is type(value) and v == value

    def of_allOf(self, schema, known):
        parts, = self.take(schema, known, "allOf")
        checks = [self.of(p) for p in parts or ()]
        return (lambda v: all(check(v) for check in checks)) if checks else None

    def of_anyOf(self, schema, known):
        parts, = self.take(schema, known, "anyOf")
        checks = [self.of(p) for p in parts or ()]
        return (lambda v: any(check(v) for check in checks)) if checks else None

    def of_string(self, schema, known):
        pattern, least, most = self.take(schema, known, "pattern", "minLength", "maxLength")
        if pattern is None and least is None and most is None:
            return None
        search = re.compile(pattern).search if pattern is not None else None
        least = least or 0

        def check(v):
            return not isinstance(v, str) or (
                len(v) >= least and (most is None or len(v) <= most) and (search is None or search(v) is not None))
        return check

    def of_range(self, schema, known):
        least, most = self.take(schema, known, "minimum", "maximum")
        if least is None and most is None:
            return None
        return lambda v: not number(v) or ((least is None or v >= least) and (most is None or v <= most))

    def of_object(self, schema, known):
        members, needed, more = self.take(schema, known, "properties", "required", "additionalProperties")
        if members is None and needed is None and more is None:
            return None
        needed = frozenset(needed or ())
        checks = {name: self.of(s) for name, s in (members or {}).items()}
        other = None if more is False else self.of(True if more is None else more)

        def check(v):
            if not isinstance(v, dict):
                return True
            if not needed <= v.keys():
                return False
            for name, value in v.items():
                one = checks.get(name, other)
                if one is None or not one(value):
                    return False
            return True
        return check

    def members(self, schema):
        """The names that a schema and what it is made of speak of."""
        if any(word in schema for word in ("anyOf", "oneOf", "additionalProperties", "patternProperties", "if", "unevaluatedProperties")):
            raise Unknown("members")
        names = set(schema.get("properties", ()))
        for part in schema.get("allOf", ()):
            names |= self.members(part)
        return names | self.members(self.resolve(schema)) if "$ref" in schema else names

    def of_unevaluatedProperties(self, schema, known):
        more, = self.take(schema, known, "unevaluatedProperties")
        if more is None:
            return None
        if more is not False:
            raise Unknown("unevaluatedProperties")
        names = self.members({word: value for word, value in schema.items() if word != "unevaluatedProperties"})
        return lambda v: not isinstance(v, dict) or v.keys() <= names

    def of_array(self, schema, known):
        items, least, most = self.take(schema, known, "items", "minItems", "maxItems")
        if items is None and least is None and most is None:
            return None
        one = self.of(True if items is None else items)
        least = least or 0
        return lambda v: not isinstance(v, list) or (
            len(v) >= least and (most is None or len(v) <= most) and all(one(value) for value in v))
