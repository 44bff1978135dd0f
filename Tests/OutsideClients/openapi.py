"""Compares requests and answers with Twilio's own OpenAPI document.

The document calls nothing required and forbids nothing. It is read more strictly here, by what all of its examples do:
an object whose properties it names has exactly those. Where it names none, the object has the keys of an example.
"""

import datetime
import json
import os
import pathlib
import re
import urllib.parse

import jsonschema

VARIABLE = "VERIFY_COURIER_TEST_TWILIO_OPENAPI"
DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "../shared/twilio/twilio_verify_v2.json"

formats = jsonschema.FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def is_date_time(value):
    """The only form that Twilio's examples have and its SDK reads."""
    return value is None or datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")


@formats.checks("uri", raises=ValueError)
def is_uri(value):
    if value is None:
        return True
    parts = urllib.parse.urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@formats.checks("uri-map", raises=ValueError)
def is_uri_map(value):
    return value is None or all(is_uri(uri) for uri in value.values())


def path():
    """Where the document is; None when it is not there."""
    given = os.environ.get(VARIABLE)
    found = pathlib.Path(given) if given else DEFAULT
    return found if found.is_file() else None


class Document:
    def __init__(self, file):
        self.document = json.loads(pathlib.Path(file).read_text())
        self.operations = [
            Operation(self, template, method, item[method])
            for template, item in self.document["paths"].items()
            for method in ("get", "post", "delete")
            if method in item
        ]

    def operation(self, method, path):
        """The operation that a request is for. A template without a parameter in that place comes first."""
        fitting = [o for o in self.operations if o.method == method.lower() and o.pattern.fullmatch(path)]
        return min(fitting, key=lambda o: o.template.count("{"), default=None)

    def named(self, reference):
        return self.document["components"]["schemas"][reference.rsplit("/", 1)[1]]

    def schema(self, node):
        """The document's form of a schema (OpenAPI 3.0) as JSON Schema."""
        if "$ref" in node:
            return self.schema(self.named(node["$ref"]))
        out = {key: node[key] for key in ("minLength", "maxLength", "pattern", "format", "enum") if key in node}
        if "type" in node:
            out["type"] = [node["type"], "null"] if node.get("nullable") else node["type"]
        if "items" in node:
            out["items"] = self.schema(node["items"])
        if "properties" in node:
            out["properties"] = {name: self.schema(child) for name, child in node["properties"].items()}
            out["required"] = list(node["properties"])
            out["additionalProperties"] = False
        return out

    def words(self, name):
        return self.document["components"]["schemas"][name]["enum"]


class Operation:
    def __init__(self, document, template, method, item):
        self.document, self.template, self.method, self.item = document, template, method, item
        escaped = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
        self.pattern = re.compile(re.sub(r"{[^}]*}", "[^/]+", escaped))

    def __str__(self):
        return f"{self.method.upper()} {self.template}"

    @property
    def parameters(self):
        """The names of all query and form parameters."""
        query = {p["name"] for p in self.item.get("parameters", []) if p["in"] == "query"}
        content = self.item.get("requestBody", {}).get("content", {})
        form = content.get("application/x-www-form-urlencoded", {}).get("schema", {}).get("properties", {})
        return query | set(form)

    def problems(self, status, body):
        """What is wrong with an answer, as a list of sentences."""
        declared = self.item["responses"].get(str(status))
        if declared is None:
            return self.refusal_problems(status, body)
        if not declared.get("content"):
            return [f"a body with status {status}"] if body else []
        content = declared["content"]["application/json"]
        value, schema = json.loads(body), self.document.schema(content["schema"])
        errors = jsonschema.Draft202012Validator(schema, format_checker=formats).iter_errors(value)
        found = [f"{error.json_path}: {error.message}" for error in errors]
        examples = [example["value"] for example in content.get("examples", {}).values()]
        return found + list(self.untyped_problems("$", schema, value, examples))

    def refusal_problems(self, status, body):
        """An error that the document does not declare has the form of the one that it does declare."""
        if status < 400:
            return [f"status {status} is not declared"]
        template = "/v2/Services/{ServiceSid}/Verifications"
        declared = self.document.document["paths"][template]["post"]["responses"]["429"]
        schema = self.document.schema(declared["content"]["application/json"]["schema"])
        value = json.loads(body)
        found = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(value)]
        if value.get("status") != status:
            found.append(f"status {value.get('status')} in the body of a {status}")
        if value.get("more_info") != f"https://www.twilio.com/docs/errors/{value.get('code')}":
            found.append("more_info does not lead to the code's page")
        return found

    def untyped_problems(self, place, schema, value, examples):
        """Objects of which the document says nothing: compared with its examples."""
        if isinstance(value, list):
            inner = [item for example in examples if isinstance(example, list) for item in example]
            for index, item in enumerate(value):
                yield from self.untyped_problems(f"{place}[{index}]", schema.get("items", {}), item, inner)
        if not isinstance(value, dict):
            return
        fitting = [example for example in examples if isinstance(example, dict)]
        if "properties" not in schema and fitting:
            yield from self.key_problems(place, value, fitting)
        for name, child in value.items():
            inner = [example[name] for example in fitting if name in example]
            child_schema = schema.get("properties", {}).get(name, {})
            yield from self.untyped_problems(f"{place}.{name}", child_schema, child, inner)

    def key_problems(self, place, value, examples):
        keys = set(value)
        if place.endswith(".channel_data"):
            yield from self.channel_data_problems(place, value)
            if "call_status" in keys:
                # The document lists the words of a call's status, but shows no call.
                keys = keys - {"call_status"} | {"message_status", "error_code"}
        if keys not in [set(example) for example in examples]:
            yield f"{place}: the keys {sorted(value)} are in no example"

    def channel_data_problems(self, place, value):
        for name in ("message_status", "call_status", "status"):
            enum = "verification_attempt_enum_" + ("attempt_status" if name == "status" else name)
            if name in value and value[name] not in self.document.words(enum):
                yield f"{place}.{name}: {value[name]!r} is not one of its words"
