# Copyright: the ktls-tuner authors
# Apache-2.0 (see LICENSE in the project's root)
"""Runs ktls-tuner and understands its answers: one JSON document and an exit code of a closed list."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import re

PROGRAM = "/usr/sbin/ktls-tuner"

# CONTRACT: what the program's exit codes mean.
OK, FAILED, DRIFT, PATH_NOT_TAKEN, UNSUPPORTED = 0, 1, 2, 3, 4
BUSY, NOT_PERMITTED = 75, 77

# What a real run writes; a deferred step depends on one that is still to be changed.
TO_CHANGE = ("change", "deferred", "done")


class TunerError(Exception):
    """What the program refused, in its own words."""

    def __init__(self, message, document=None):
        super(TunerError, self).__init__(message)
        self.document = document or {}


# As the program's own is_profile_name(): it becomes the name of a file, and an argument.
PROFILE_NAME = re.compile(r"\A[a-z0-9][a-z0-9._-]{0,63}\Z")
PROFILE_PATH = re.compile(r"\A(/[^/\x00-\x1f\x7f]+)+\.yaml\Z")


def is_profile_name(name):
    return bool(PROFILE_NAME.match(name)) and not name.endswith((".yaml", ".yml"))


def check_profile(name, content=None):
    """Looked at on the host, whatever the playbook's variables became: nothing but a name becomes a file here."""
    if is_profile_name(name):
        return
    plain = PROFILE_PATH.match(name) and not set(name.split("/")) & set((".", ".."))
    if content is None and plain:
        return
    raise TunerError("{0!r} cannot be the name of a profile: lower-case letters, digits, '.', '_' and '-'{1}".format(
        name, "" if content else ", or the absolute path of a .yaml file"))


def told(document):
    """The errors of a document as one text: what, and what next."""
    lines = []
    for error in document.get("errors", []):
        where = ""
        if error.get("file"):
            where = "{0}:{1}:{2}: ".format(error["file"], error.get("line", 0), error.get("column", 0))
        hint = " ({0})".format(error["hint"]) if error.get("hint") else ""
        lines.append(where + error["message"] + hint)
    return "; ".join(lines)


class Tuner(object):
    """The program at the other end of a module."""

    def __init__(self, module, program=None):
        self.module = module
        self.program = program or module.params.get("program") or PROGRAM

    def installed(self):
        return os.path.exists(self.program)

    def run(self, *words, **options):
        """The document; TunerError unless it ended with one of `fine`."""
        fine = options.get("fine", (OK,))
        if not self.installed():
            raise TunerError("{0} is not there: install the ktls-tuner package first".format(self.program))
        command = [self.program] + list(words) + ["--json"]
        code, out, err = self.module.run_command(command, environ_update={"LC_ALL": "C.UTF-8"})
        try:
            document = json.loads(out)
        except ValueError:
            raise TunerError("{0} ended with {1} and no JSON document: {2}".format(" ".join(command), code, (err or out).strip()[-500:]))
        if code not in fine:
            reason = told(document) or "no reason was given"
            raise TunerError("ktls-tuner {0} ended with {1}: {2}".format(words[0], code, reason), document)
        return document


def changes_of(steps):
    """Not what a change of queues threw away and the same run put back: that is as it was before."""
    return [step for step in steps if step["status"] in TO_CHANGE and not step.get("puts_back")]


def becomes(step):
    """What a step writes: of a deferred one, the goal that is foreseen."""
    return step["target"] if "target" in step else step["goal"]["value"]


def diff_of(steps, host):
    """One entry a family: what is there, and what will be."""
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
    """For people who read the log: each change as a line."""
    return ["{0} {1}: {2} -> {3}{4}".format(step["knob"], step["subject"], json.dumps(step["observed"]), json.dumps(becomes(step)),
                                            " (deferred)" if step["status"] == "deferred" else "")
            for step in changes_of(steps)]
