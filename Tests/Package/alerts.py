"""Prints the rules of a PrometheusRule as a file of Prometheus's own, once each metric in them is one that a page tells of.

    alerts.py RULE PAGE
"""

import re
import sys
from pathlib import Path

import yaml

rules = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))["spec"]
told = set(re.findall(r"`([a-z_]+)(?:\{[^`]*)?`", Path(sys.argv[2]).read_text(encoding="utf-8")))
used = set()
for group in rules["groups"]:
    for rule in group["rules"]:
        used.update(re.findall(r"verify_courier_([a-z_]+?)(?:_bucket)?\b", rule["expr"]))
unknown = sorted(name for name in used if name not in told)
if unknown or len(used) < 8:
    sys.exit(f"no metric of ours: {unknown}; {len(used)} are used")
yaml.safe_dump(rules, sys.stdout)
