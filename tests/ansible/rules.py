#!/usr/bin/env python3
"""The collection against the rules of its field: ansible-lint's production profile without waivers, and ansible-test sanity.

ansible-test fetches what a check needs with pip, into an environment of that check's own. Here that environment sees the
distribution's packages instead (scripts/setup ansible), so nearly all checks run, and no network is needed.
"""
import glob
import json
import os
import re
import sys
import tarfile

import yaml

from collection import Collection, check, equal, finish

SOURCE = os.path.realpath(f"{os.path.dirname(os.path.abspath(__file__))}/../..")

# Debian has no antsibull-changelog; pslint is for PowerShell.
NOT_HERE = ("changelog", "pslint")

SANITY = """
from ansible_test._internal.commands import sanity
create = sanity.create_virtual_environment
sanity.create_virtual_environment = lambda args, python, path: create(args, python, path, system_site_packages=True)
sanity.run_pip = lambda *_: None
from ansible_test._internal import main
main()
"""


def documentation(path):
    with open(path, encoding="utf-8") as source:
        text = source.read()
    return yaml.safe_load(text.split('DOCUMENTATION = r"""')[1].split('"""')[0])


SPECIFICATION = """
import importlib, json, sys
from unittest import mock
from ansible.module_utils import basic
seen = {}
class Stop(Exception): pass
def take(self, **words):
    seen.update(words)
    raise Stop
name = sys.argv[1]
module = importlib.import_module("ansible_collections.ktls_tuner.host.plugins.modules." + name)
with mock.patch.object(module.AnsibleModule, "__init__", take):
    try: module.main()
    except Stop: pass
print(json.dumps(seen))
"""


def sanity(collection, *checks):
    """Those that failed, all or of these."""
    # Of a work tree: else it takes that of whatever is around it.
    collection.run("git", "init", "-q", ".")
    words = ["--python", "{}.{}".format(*sys.version_info)]
    words += [word for check in checks for word in ("--test", check)]
    words += [word for check in NOT_HERE if not checks for word in ("--skip-test", check)]
    # ansible-test sometimes crashes while it words what ansible-doc said beside its answer: a finding is there the next time, too.
    for _attempt in range(2):
        # Without other Pythons that may be on this machine's PATH.
        ran = collection.run("/usr/bin/python3", "-c", SANITY, "sanity", *words, PATH="/usr/bin:/bin")
        if ran.returncode == 0:
            return []
        print(ran.stdout[-3000:] + ran.stderr[-3000:])
        if found := re.findall(r"^ERROR: (\S+: .*)", ran.stdout + ran.stderr, re.M):
            return found
    return ["it did not run"]


def broken(collection):
    """The control: a default that the documentation does not know is found."""
    path = f"{collection.path}/plugins/modules/ktls_probe.py"
    with open(path, encoding="utf-8") as source:
        text = source.read()
    with open(path, "w", encoding="utf-8") as source:
        source.write(text.replace('timeout=dict(type="int", default=60)', 'timeout=dict(type="int", default=61)'))
    found = sanity(collection, "validate-modules")
    seen = any("doc-default-does-not-match-spec" in line for line in found)
    check("control: it sees a default that is documented as another", seen, found)
    with open(path, "w", encoding="utf-8") as source:
        source.write(text)


def same_options(collection):
    """Each module's documentation says what its arguments are."""
    for path in sorted(glob.glob(f"{collection.path}/plugins/modules/*.py")):
        name = os.path.basename(path)[:-3]
        ran = collection.run("/usr/bin/python3", "-c", SPECIFICATION, name, PYTHONPATH=collection.folder)
        spec = yaml.safe_load(ran.stdout or "{}")
        documented = documentation(path)
        equal(f"{name} is documented under its name", documented["module"], name)
        keys = ("type", "default", "choices", "elements")
        takes = {option: {key: how[key] for key in keys if key in how} for option, how in spec.get("argument_spec", {}).items()}
        says = {option: {key: how[key] for key in keys if key in how} for option, how in documented["options"].items()}
        equal(f"{name} documents the arguments that it takes", says, takes)
        equal(f"{name} says that it knows check mode", documented["attributes"]["check_mode"]["support"] == "full",
              spec.get("supports_check_mode"))


def program_words(key):
    """The words that the program's documents have for this key, from their schema: it is made from the program's own tables."""
    def enums(node):
        if isinstance(node, dict):
            if isinstance(node.get(key), dict) and "enum" in node[key]:
                yield node[key]["enum"]
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                yield from enums(child)
    with open(f"{SOURCE}/schema/document.schema.json", encoding="utf-8") as text:
        return next(enums(json.load(text)), None)


def same_words(collection):
    """An option that the program has, too, takes the program's words; ansible-test compares a module's documentation with its code."""
    words = program_words("disruption")
    module = documentation(f"{collection.path}/plugins/modules/ktls_profile.py")["options"]["max_disruption"]["choices"]
    with open(f"{collection.path}/roles/ktls_tuner/meta/argument_specs.yml", encoding="utf-8") as text:
        role = yaml.safe_load(text)["argument_specs"]["main"]["options"]["ktls_tuner_max_disruption"]["choices"]
    equal("the module takes the program's words for a disruption", module, words)
    equal("the role takes the program's words for a disruption", role, words)


def role_arguments(collection):
    """Every variable of the role has a default and a meaning, and they agree."""
    role = f"{collection.path}/roles/ktls_tuner"
    with open(f"{role}/defaults/main.yml", encoding="utf-8") as text:
        defaults = yaml.safe_load(text)
    with open(f"{role}/meta/argument_specs.yml", encoding="utf-8") as text:
        specified = yaml.safe_load(text)["argument_specs"]["main"]["options"]
    equal("the role's defaults are those that its arguments document", {name: how["default"] for name, how in specified.items()},
          defaults)


def about(collection):
    """What a built collection says of itself: no address, since the project has none."""
    built = collection.run("ansible-galaxy", "collection", "build", "--output-path", f"{collection.folder}/built")
    equal("ansible-galaxy builds the collection", built.returncode, 0)
    print(built.stderr[-2000:] if built.returncode else "", end="")
    with tarfile.open(glob.glob(f"{collection.folder}/built/ktls_tuner-host-*.tar.gz")[0]) as archive:
        says = json.load(archive.extractfile("MANIFEST.json"))["collection_info"]
    missing = [key for key in ("namespace", "name", "version", "readme", "authors", "description", "license", "repository") if not says[key]]
    equal("what Galaxy and ansible-lint require is there", missing, [])
    equal("no address that leads elsewhere", {key: value for key, value in says.items() if "://" in str(value)}, {})


def main():
    with Collection() as collection:
        lint = collection.run("ansible-lint", "--nocolor", "--offline", "--strict", "--profile", "production", "-p")
        equal("ansible-lint, profile production", lint.returncode, 0)
        print(lint.stdout[-3000:] + lint.stderr[-2000:] if lint.returncode else "", end="")
        waivers = [path for path in glob.glob(f"{collection.path}/**/*", recursive=True) if os.path.isfile(path)
                   and "noqa" in open(path, encoding="utf-8", errors="replace").read()]
        check("without waivers", not waivers and not glob.glob(f"{collection.path}/.ansible-lint*"), waivers)
        equal("ansible-test sanity", sanity(collection), [])
        broken(collection)
        about(collection)
        same_options(collection)
        same_words(collection)
        role_arguments(collection)
    finish()


main()
