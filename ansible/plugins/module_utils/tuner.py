# Copyright: the ktls-tuner authors
# Apache-2.0 (see LICENSE in the project's root)
"""Runs ktls-tuner and parses its result: one JSON document and an exit code of a closed list."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import re

PROGRAM = "/usr/sbin/ktls-tuner"

# The program's exit codes (docs/exit-codes.md of ktls-tuner).
OK, FAILED, DRIFT, PATH_NOT_TAKEN, UNSUPPORTED = 0, 1, 2, 3, 4
BUSY, NOT_PERMITTED = 75, 77

# Statuses of steps that a run writes. A deferred step depends on one that is not changed yet.
TO_CHANGE = ("change", "deferred", "done")


class TunerError(Exception):
    """An error of the program, with its message; `document` is its JSON document, if there was one."""

    def __init__(self, message, document=None):
        super(TunerError, self).__init__(message)
        self.document = document or {}


# The same rule as is_profile_name() of the program: the name becomes a file name and an argument.
PROFILE_NAME = re.compile(r"\A[a-z0-9][a-z0-9._-]{0,63}\Z")
PROFILE_PATH = re.compile(r"\A(/[^/\x00-\x1f\x7f]+)+\.yaml\Z")


def is_profile_name(name):
    return bool(PROFILE_NAME.match(name)) and not name.endswith((".yaml", ".yml"))


def check_profile(name, content=None):
    """Raises TunerError unless `name` is a profile name or, without content, the path of a .yaml file. Checked on the host,
    where the playbook's variables are expanded."""
    if is_profile_name(name):
        return
    plain = PROFILE_PATH.match(name) and not set(name.split("/")) & set((".", ".."))
    if content is None and plain:
        return
    raise TunerError("{0!r} cannot be the name of a profile: use lower-case letters, digits, '.', '_' and '-'{1}".format(
        name, "" if content else ", or the absolute path of a .yaml file"))


def told(document):
    """The errors of a document as one text: place, message and hint of each."""
    lines = []
    for error in document.get("errors", []):
        where = ""
        if error.get("file"):
            where = "{0}:{1}:{2}: ".format(error["file"], error.get("line", 0), error.get("column", 0))
        hint = " ({0})".format(error["hint"]) if error.get("hint") else ""
        lines.append(where + error["message"] + hint)
    return "; ".join(lines)


class Tuner(object):
    """Runs the program for a module."""

    def __init__(self, module, program=None):
        self.module = module
        self.program = program or module.params.get("program") or PROGRAM

    def installed(self):
        return os.path.exists(self.program)

    def run(self, *words, **options):
        """Returns the document. Raises TunerError unless the exit code is one of `fine` (default: only 0)."""
        fine = options.get("fine", (OK,))
        if not self.installed():
            raise TunerError("{0} does not exist: install the ktls-tuner package first".format(self.program))
        command = [self.program] + list(words) + ["--json"]
        code, out, err = self.module.run_command(command, environ_update={"LC_ALL": "C.UTF-8"})
        try:
            document = json.loads(out)
        except ValueError:
            raise TunerError("{0} ended with {1} and no JSON document: {2}".format(" ".join(command), code, (err or out).strip()[-500:]))
        if code not in fine:
            reason = told(document) or "no error message"
            raise TunerError("ktls-tuner {0} ended with {1}: {2}".format(words[0], code, reason), document)
        return document


def changes_of(steps):
    """The steps that change the host. A setting that a change of queues reset and the same run restored is not a change."""
    return [step for step in steps if step["status"] in TO_CHANGE and not step.get("puts_back")]


def becomes(step):
    """The value that a step writes; for a deferred step, the expected goal."""
    return step["target"] if "target" in step else step["goal"]["value"]


def diff_of(steps, host):
    """One diff entry per family: observed values, and values after the run."""
    families = []
    for step in changes_of(steps):
        if step["knob"] not in families:
            families.append(step["knob"])
    entries = []
    for family in families:
        mine = [step for step in changes_of(steps) if step["knob"] == family]
        entries.append({
            "before_header": "{0}: {1}".format(host, family),
            "after_header": "{0}: {1}".format(host, family),
            "before": dict((step["subject"], step["observed"]) for step in mine),
            "after": dict((step["subject"], becomes(step)) for step in mine),
        })
    return entries


def summary_of(steps):
    """One line per change, for the log."""
    return ["{0} {1}: {2} -> {3}{4}".format(step["knob"], step["subject"], json.dumps(step["observed"]), json.dumps(becomes(step)),
                                            " (deferred)" if step["status"] == "deferred" else "")
            for step in changes_of(steps)]
