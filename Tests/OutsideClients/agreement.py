"""Holds a running worker's decoder against the schemas: bodies near their examples, valid or not, with a deadline that is
past. A valid one is answered `late` and does nothing; one that its schema refuses is `invalid`; nothing else may happen.

    agreement.py [SEED [BODIES_PER_JOB]]
"""

import random
import sys

from checks import Checks
from frontend import FrontEnd, deadline
from schemas import CONTRACT, Schemas
from variations import single_changes, variation

# What only a look at the number can tell; a schema cannot.
NUMBERS = {"not_a_number", "not_valid", "unknown_region", "short_number", "premium_number", "too_short", "too_long"}


def listed_reasons():
    """The first column of the table of errors in the contract's page."""
    section = (CONTRACT / "README.md").read_text(encoding="utf-8").split("## Errors of an invalid job")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {word for row in rows for word in row.split("`")[1::2]}


def decodable(job, body):
    """The body as its decoder sees it: which site options there are is looked at later, when the deadline is past."""
    options = body.get("options")
    if job == "admin.options.set" and isinstance(options, dict) and options and all(
            value is None or isinstance(value, str) for value in options.values()):
        return {**body, "options": {"2FA_VER_SMS": None}}
    return body


def agrees(isValid, reply):
    if isValid:
        about_number = reply.errors and all(
            field in ("phone", "region") and reason in NUMBERS for field, reason in reply.errors)
        return reply.outcome == "late" or (reply.outcome == "invalid" and about_number)
    return reply.outcome == "invalid" and reply.reason == "malformed"


def compare(job, body, reply, schemas, checks, listed):
    """Whether the schema refuses the body, after the worker's reply is held against it."""
    if not checks.that(f"{job}: no reply", reply is not None, body):
        return False
    problem = schemas.problem(f"{job}.v1.json", decodable(job, body))
    checks.that(f"{job}: schema and worker disagree", agrees(problem is None, reply),
                f"{body}: {problem or 'valid'}, but {reply.outcome}/{reply.reason} {sorted(reply.errors)}")
    checks.equal(f"{job}: reply", schemas.problem(f"{job}.result.v1.json", reply.body), None)
    checks.that(f"{job}: an error that the page does not list", {reason for _, reason in reply.errors} <= listed)
    return problem is not None


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(10**6)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    print(f"seed {seed}")
    checks, schemas, front, listed = Checks(), Schemas(), FrontEnd(), listed_reasons()
    seeded = random.Random(seed)
    for job in schemas.jobs():
        name = f"{job}.v1.json"
        examples, fields = schemas.files[name]["examples"], schemas.properties(name)
        batches = [examples + [variation(examples, fields, seeded) for _ in range(count)]]
        batches += [single_changes(examples[0], field) for field in sorted(fields)]
        refused = 0
        for bodies in batches:
            asked = [(body, front.publish(job, body, headers={"deadline": deadline(-5)})) for body in bodies]
            refused += sum(compare(job, body, front.wait(correlation), schemas, checks, listed) for body, correlation in asked)
        checks.that(f"{job}: nothing was refused", refused > 0)
    checks.finish()


if __name__ == "__main__":
    main()
