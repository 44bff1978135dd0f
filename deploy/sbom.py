#!/usr/bin/env python3
"""Prints what the program is made of, as CycloneDX 1.5: the Swift packages with version, source and licence, and the runtime.

    swift package show-dependencies --format json | sbom.py VERSION SECONDS SWIFT

VERSION is the program's, SECONDS its time since 1970, SWIFT the compiler's version.
"""

import json
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

MARKS = {
    "Apache-2.0": "apache license",
    "MIT": "permission is hereby granted, free of charge, to any person obtaining a copy",
}
RUNTIME = "Apache-2.0 WITH Swift-exception"


def licence(folder):
    """What the licence of a package is, by its text."""
    for file in sorted(Path(folder).glob("LICENSE*")):
        text = " ".join(file.read_text(encoding="utf-8").lower().split())
        found = [name for name, mark in MARKS.items() if mark in text]
        if len(found) == 1:
            return found[0]
    raise SystemExit(f"{folder}: what licence is that? Teach deploy/sbom.py")


def reference(package):
    """Its package URL: pkg:swift/github.com/apple/swift-log@1.6.0."""
    source = urlsplit(package["url"])
    return f"pkg:swift/{source.netloc}{source.path.removesuffix('.git')}@{package['version']}"


def every(package, found):
    """All packages below this one, each once."""
    for below in package["dependencies"]:
        if below["identity"] not in found:
            found[below["identity"]] = below
            every(below, found)
    return found


def component(package):
    return {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
        "licenses": [{"license": {"id": licence(package["path"])}}],
        "externalReferences": [{"type": "vcs", "url": package["url"]}],
    }


def main(version, seconds, swift):
    root = json.load(sys.stdin)
    packages = every(root, {})
    program = f"pkg:generic/verify-courier@{version}"
    runtime = {
        "type": "library",
        "bom-ref": f"pkg:generic/swift-runtime@{swift}",
        "name": "swift-runtime",
        "version": swift,
        "description": "Standard library, Dispatch and Foundation",
        "licenses": [{"expression": RUNTIME}],
    }
    components = [component(packages[name]) for name in sorted(packages)] + [runtime]
    dependencies = [
        {"ref": reference(package), "dependsOn": sorted(reference(below) for below in package["dependencies"])}
        for _, package in sorted(packages.items())
    ]
    direct = sorted(reference(below) for below in root["dependencies"])
    dependencies.insert(0, {"ref": program, "dependsOn": [*direct, runtime["bom-ref"]]})
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": program,
                "name": "verify-courier",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": components,
        "dependencies": dependencies,
    }
    json.dump(bill, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
