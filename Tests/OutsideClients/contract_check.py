"""Checks docs/contract by itself, and messages that tests saw against it. Needs no broker and no network.

    contract_check.py [FOLDER]    FOLDER: what tests wrote with VERIFY_COURIER_TEST_CAPTURE; by default that variable's value

The AsyncAPI description is validated where its JSON Schema is at hand (VERIFY_COURIER_TEST_ASYNCAPI_SCHEMA).
"""

import json
import os
import pathlib
import random
import subprocess
import sys

import yaml

from checks import Checks
from schemas import BASE, CONTRACT, DRAFTS, Schemas, read
from variations import variation

ASYNCAPI = CONTRACT / "asyncapi.yaml"
# Words that 2020-12 and draft-07 do not share, or mean differently.
FOREIGN = {
    "$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "prefixItems", "additionalItems", "unevaluatedItems",
    "unevaluatedProperties", "dependentSchemas", "dependentRequired", "dependencies", "minContains", "maxContains",
    "definitions", "contentSchema",
}


def walk(node, path=""):
    """Every object in a document with its path; examples are data, not schema."""
    if isinstance(node, dict):
        yield path, node
        for name, member in node.items():
            if name not in ("examples", "const", "enum"):
                yield from walk(member, f"{path}/{name}")
    elif isinstance(node, list):
        for index, member in enumerate(node):
            yield from walk(member, f"{path}/{index}")


def tool(*arguments):
    done = subprocess.run([sys.executable, "-m", "check_jsonschema", *arguments], capture_output=True, text=True)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


def check_schemas(checks, schemas):
    paths = [str(path) for path in sorted((CONTRACT / "schemas").glob("*.json"))]
    checks.that("the schemas are schemas", *tool("--check-metaschema", *paths))
    for name, schema in schemas.files.items():
        checks.equal(f"{name}: $schema", schema["$schema"], DRAFTS["2020-12"][2])
        for draft, (validator, _, uri) in DRAFTS.items():
            checks.equal(f"{name} as {draft}", list(validator(validator.META_SCHEMA).iter_errors({**schema, "$schema": uri})), [])
        for path, node in walk(schema):
            isPropertyList = path.endswith(("/properties", "/$defs"))
            if not isPropertyList:
                checks.equal(f"{name}#{path}: foreign words", FOREIGN & set(node), set())
                checks.that(f"{name}#{path}: closed", node.get("additionalProperties") is not False)
            if "$ref" in node and not isPropertyList:
                checks.equal(f"{name}#{path}: beside $ref", set(node), {"$ref"})
                checks.that(f"{name}#{path}: $ref leads nowhere", resolves(schemas, name, node["$ref"]), node["$ref"])


def resolves(schemas, name, reference):
    try:
        schemas.registries["2020-12"].resolver(BASE + name).lookup(reference)
        return True
    except Exception:
        return False


def check_examples(checks, schemas):
    for name, schema in schemas.files.items():
        if name == "common.v1.json":
            continue
        examples = schema.get("examples", [])
        checks.that(f"{name}: has no example", examples)
        for index, example in enumerate(examples):
            for body in (example, {**example, "field_of_tomorrow": {"any": [1]}}):
                for draft in DRAFTS:
                    checks.equal(f"{name}: example {index} as {draft}", schemas.problem(name, body, draft), None)


def check_catalogue(checks, schemas):
    """The file that front ends take their words from, and that it is whole."""
    catalogue = read(CONTRACT / "outcomes.json")
    for draft in DRAFTS:
        checks.equal(f"outcomes.json as {draft}", schemas.problem("outcomes.v1.json", catalogue, draft), None)
    shared = schemas.files["common.v1.json"]["$defs"]
    rows = catalogue["outcomes"]
    checks.equal("outcomes.json: outcomes", {row["outcome"] for row in rows}, set(shared["outcome"]["enum"]))
    checks.equal("outcomes.json: reasons", {row["reason"] for row in rows if "reason" in row}, set(shared["reason"]["enum"]))
    pairs = [(row["outcome"], row.get("reason")) for row in rows]
    checks.equal("outcomes.json: each once", len(pairs), len(set(pairs)))


def check_drafts_agree(checks, schemas):
    """Both drafts must say the same of bodies that are nearly right."""
    seeded = random.Random(20261)
    for name, schema in schemas.files.items():
        if name == "common.v1.json":
            continue
        fields = schemas.properties(name) | {"outcome", "user"}
        bodies = [variation(schema["examples"], fields, seeded) for _ in range(60)]
        verdicts = [[schemas.problem(name, body, draft) is None for body in bodies] for draft in DRAFTS]
        checks.that(f"{name}: the drafts disagree", verdicts[0] == verdicts[1])


def follow(document, reference):
    node = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def check_asyncapi(checks, schemas):
    document = yaml.safe_load(ASYNCAPI.read_text(encoding="utf-8"))
    for path, node in walk(document):
        reference = node.get("$ref")
        if reference is None:
            continue
        try:
            found = follow(document, reference) if reference.startswith("#") else schemas.files[reference.removeprefix("schemas/")]
        except (KeyError, TypeError):
            found = None
        checks.that(f"asyncapi.yaml{path}: $ref leads nowhere", found is not None, reference)
    for name, operation in document["operations"].items():
        for part in filter(None, (operation, operation.get("reply"))):
            prefix = part["channel"]["$ref"] + "/messages/"
            for message in part["messages"]:
                checks.that(f"{name}: a message of another channel", message["$ref"].startswith(prefix), message["$ref"])
    for name, message in document["components"]["messages"].items():
        file = message["payload"]["schema"]["$ref"].removeprefix("schemas/")
        for example in message["examples"]:
            checks.equal(f"{name}: its example", schemas.problem(file, example["payload"]), None)
    default = CONTRACT.parents[2] / "shared" / "reference" / "ops-samples" / "schemas" / "asyncapi-3.0.0.json"
    schema = pathlib.Path(os.environ.get("VERIFY_COURIER_TEST_ASYNCAPI_SCHEMA") or default)
    if schema.is_file():
        checks.that("asyncapi.yaml is no AsyncAPI 3.0", *tool("--schemafile", str(schema), str(ASYNCAPI)))
    else:
        print("skipped: asyncapi.yaml against AsyncAPI's own schema; name that file in VERIFY_COURIER_TEST_ASYNCAPI_SCHEMA")


HEARD = {"verify.events": "event.v1.json", "verify.status": "status.v1.json", "health": "health.v1.json"}


def check_capture(checks, schemas, folder):
    """A reply is always what its schema says, and so is what listeners hear and what health says; a job is, unless it was told it is malformed."""
    lines = [line for path in sorted(folder.glob("*.ndjson")) for line in path.read_text(encoding="utf-8").splitlines()]
    checks.that("no message was captured", lines, folder.name)
    for number, line in enumerate(lines, 1):
        message = json.loads(line)
        if "exchange" in message:
            exchange = message["exchange"]
            checks.equal(f"captured message {number} of {exchange}", schemas.problem(HEARD[exchange], message["body"]), None)
            continue
        key, job, reply = message["key"], message["job"], message["reply"]
        checks.equal(f"captured reply {number} to {key}", schemas.problem(f"{key}.result.v1.json", reply), None)
        # What could not be read as JSON was written as null; of a front end that may not ask, the body is not looked at.
        if reply["outcome"] not in ("invalid", "not_allowed") and job is not None:
            checks.equal(f"captured job {number}, {key}", schemas.problem(f"{key}.v1.json", job), None)
    print(f"{len(lines)} captured jobs with their replies, and announcements")


def main():
    checks, schemas = Checks(), Schemas()
    check_schemas(checks, schemas)
    if checks.failed:
        # Nothing can be validated with schemas that are none.
        checks.finish()
    check_examples(checks, schemas)
    check_catalogue(checks, schemas)
    check_drafts_agree(checks, schemas)
    check_asyncapi(checks, schemas)
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("VERIFY_COURIER_TEST_CAPTURE")
    if folder:
        check_capture(checks, schemas, pathlib.Path(folder))
    checks.finish()


if __name__ == "__main__":
    main()
