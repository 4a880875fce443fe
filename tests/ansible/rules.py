#!/usr/bin/env python3
"""The collection against the rules of its field: ansible-lint's production profile without waivers, and those sanity checks of
ansible-test that need no network (the others fetch their tools)."""
import glob
import os

import yaml

from collection import Collection, check, equal, finish

OFFLINE = ("action-plugin-docs", "changelog", "empty-init", "future-import-boilerplate", "ignores", "line-endings",
           "metaclass-boilerplate", "no-assert", "no-basestring", "no-dict-iteritems", "no-dict-iterkeys", "no-dict-itervalues",
           "no-get-exception", "no-illegal-filenames", "no-main-display", "no-smart-quotes", "no-unicode-literals",
           "replace-urlopen", "shebang", "symlinks", "use-argspec-type-path", "use-compat-six")


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


def role_arguments(collection):
    """Every variable of the role has a default and a meaning, and they agree."""
    role = f"{collection.path}/roles/ktls_tuner"
    with open(f"{role}/defaults/main.yml", encoding="utf-8") as text:
        defaults = yaml.safe_load(text)
    with open(f"{role}/meta/argument_specs.yml", encoding="utf-8") as text:
        specified = yaml.safe_load(text)["argument_specs"]["main"]["options"]
    equal("the role's defaults are those that its arguments document", {name: how["default"] for name, how in specified.items()},
          defaults)


def main():
    with Collection() as collection:
        lint = collection.run("ansible-lint", "--nocolor", "--offline", "--strict", "--profile", "production", "-p")
        equal("ansible-lint, profile production", lint.returncode, 0)
        print(lint.stdout[-3000:] + lint.stderr[-2000:] if lint.returncode else "", end="")
        waivers = [path for path in glob.glob(f"{collection.path}/**/*", recursive=True) if os.path.isfile(path)
                   and "noqa" in open(path, encoding="utf-8", errors="replace").read()]
        check("without waivers", not waivers and not glob.glob(f"{collection.path}/.ansible-lint*"), waivers)
        # Of a work tree: else it takes that of whatever is around it.
        collection.run("git", "init", "-q", ".")
        words = [word for test in OFFLINE for word in ("--test", test)]
        sanity = collection.run("ansible-test", "sanity", *words)
        equal("ansible-test sanity, all that need no network", sanity.returncode, 0)
        print(sanity.stdout[-2000:] + sanity.stderr[-2000:] if sanity.returncode else "", end="")
        same_options(collection)
        role_arguments(collection)
    finish()


main()
