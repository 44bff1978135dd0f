"""The published schemas, ready to validate with: offline, their references to each other resolved."""

import functools
import json
import pathlib

import regress
from jsonschema import Draft7Validator, Draft202012Validator, ValidationError, validators
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7, DRAFT202012

CONTRACT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "contract"
BASE = "file:///schemas/"
DRAFTS = {
    "2020-12": (Draft202012Validator, DRAFT202012, "https://json-schema.org/draft/2020-12/schema"),
    "draft-07": (Draft7Validator, DRAFT7, "http://json-schema.org/draft-07/schema#"),
}


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"duplicate key among {names}")
    return dict(pairs)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=no_duplicates)


def pattern(validator, expression, instance, schema):
    """Schemas speak ECMA-262: Python's own `$` would let a line end pass."""
    if validator.is_type(instance, "string") and regress.Regex(expression, "u").find(instance) is None:
        yield ValidationError(f"does not match {expression!r}")


class Schemas:
    def __init__(self):
        self.files = {path.name: read(path) for path in sorted((CONTRACT / "schemas").glob("*.json"))}
        self.registries = {}
        for draft, (_, specification, _) in DRAFTS.items():
            # Without its $schema: a file that names one would be read by the library's class, with Python's patterns.
            self.registries[draft] = Registry().with_resources(
                (BASE + name, Resource({word: schema[word] for word in schema if word != "$schema"}, specification))
                for name, schema in self.files.items())

    @functools.cache
    def validator(self, name, draft="2020-12"):
        kind = validators.extend(DRAFTS[draft][0], {"pattern": pattern})
        return kind({"$ref": BASE + name}, registry=self.registries[draft])

    def problem(self, name, body, draft="2020-12"):
        """What is wrong with a body, by the path of the field; None when nothing is. Never a value of it."""
        for error in self.validator(name, draft).iter_errors(body):
            return f"/{'/'.join(map(str, error.absolute_path))} violates {error.validator} of {name}"
        return None

    def properties(self, name):
        """The names of a body's fields, with those of everything under allOf."""
        return self._properties(self.files[name], name)

    def _properties(self, schema, file):
        names = set(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            if "$ref" in part:
                target, _, pointer = part["$ref"].partition("#")
                file_of_part = target or file
                part = self.files[file_of_part]
                for step in pointer.split("/")[1:]:
                    part = part[step]
                names |= self._properties(part, file_of_part)
            else:
                names |= self._properties(part, file)
        return names

    def jobs(self):
        """The routing keys."""
        return [name.removesuffix(".result.v1.json") for name in self.files if name.endswith(".result.v1.json")]
