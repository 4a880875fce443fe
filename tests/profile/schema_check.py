#!/usr/bin/env python3
"""The JSON Schema against profiles: all shipped ones are valid; of the bad ones, those are refused
that say so in their first line ("# schema: refuses"). "accepts" is checked too, so that the line
stays true: there the reader knows more than a schema can say.

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
    except (yaml.YAMLError, TypeError):  # TypeError: keys that are no text
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
            print(f"{path}: the schema should have said '{wanted}', but '{found}'")
    print(f"{len(cases)} profiles, {failures} not as expected")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
