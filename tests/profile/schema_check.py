#!/usr/bin/env python3
"""Checks the JSON Schema with profiles. All shipped profiles must be valid. Each bad one must have
the result in its first line ("# schema: refuses"). "accepts" means that only the reader rejects it,
because it checks more than a schema can express.

usage: schema_check.py SCHEMA SHIPPED-DIRECTORY BAD-DIRECTORY
"""
import json
import pathlib
import sys

import jsonschema
import yaml


def verdict(validator, path):
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return "accepts" if validator.is_valid(document) else "refuses"
    except (yaml.YAMLError, TypeError):  # TypeError: keys that are not text
        return "cannot read"


def expected(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    prefix = "# schema: "
    if not first.startswith(prefix):
        raise SystemExit(f"{path}: the first line must start with '{prefix}'")
    return first.removeprefix(prefix)


def main(schema_file, shipped, bad):
    schema = json.loads(pathlib.Path(schema_file).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    cases = [(path, "accepts") for path in sorted(pathlib.Path(shipped).glob("*.yaml"))]
    cases += [(path, expected(path)) for path in sorted(pathlib.Path(bad).glob("*.yaml"))]
    if len(cases) < 10:
        raise SystemExit(f"only {len(cases)} profiles found below {shipped} and {bad}")
    failures = 0
    for path, wanted in cases:
        found = verdict(validator, path)
        if found != wanted:
            failures += 1
            print(f"{path}: expected '{wanted}' from the schema, got '{found}'")
    print(f"{len(cases)} profiles, {failures} not as expected")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
