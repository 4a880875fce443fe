#!/usr/bin/python
# Copyright: the ktls-tuner authors
# Apache-2.0 (see LICENSE in the project's root)
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: ktls_profile
short_description: Apply a ktls-tuner profile to a host, or undo it
version_added: 1.0.0
description:
  - Applies a profile of C(ktls-tuner), which loads C(tls), sets TCP buffers, NIC features, interrupts and CPU governors,
    and persists it over reboots. With O(state=absent), restores the state before the first apply.
  - Check mode runs the program's own plan, so it names exactly the settings that a run would change, and writes nothing.
options:
  name:
    description:
      - The name of a profile. With O(content), the name under which it is stored in C(/etc/ktls-tuner/profiles.d). Without
        O(content), the absolute path of a C(.yaml) file is accepted too. The module refuses anything else.
      - Required unless O(state=absent).
    type: str
  content:
    description:
      - A local profile, as YAML text. It may extend the shipped one of its own name.
    type: str
  state:
    description:
      - C(applied) writes settings that differ. C(absent) restores the state before the first apply, and removes persisted files.
    type: str
    choices: [applied, absent]
    default: applied
  persist:
    description:
      - Whether the settings persist over reboots.
    type: bool
    default: true
  max_disruption:
    description:
      - The largest disruption of traffic that a write may cause.
    type: str
    choices: [none, new-connections, channel-reopen, link-flap]
    default: new-connections
  force:
    description:
      - With O(state=absent), also restore settings changed by others since then.
    type: bool
    default: false
  timeout:
    description:
      - How many seconds to wait if another run holds the lock.
    type: int
    default: 60
  program:
    description:
      - Path of the program.
    type: path
    default: /usr/sbin/ktls-tuner
  package:
    description:
      - A Debian package on the controller. Used only in check mode and only if the program is not installed yet. The module
        unpacks it into a temporary folder of the host, plans with the program in it, and removes it.
    type: path
attributes:
  check_mode:
    description: Plans without writing.
    support: full
  diff_mode:
    description: One entry for each family of settings.
    support: full
  platform:
    description: Linux.
    support: full
    platforms: linux
author:
  - The ktls-tuner authors (@ktls-tuner)
"""

EXAMPLES = r"""
- name: Apply the profile of a TLS edge server
  ktls_tuner.host.ktls_profile:
    name: edge-server

- name: Restore the host
  ktls_tuner.host.ktls_profile:
    state: absent
"""

RETURN = r"""
plan:
  description: The JSON document of C(plan), C(apply) or C(rollback); see its JSON schema.
  returned: success
  type: dict
changes:
  description: One line per change. A change that depends on another one is marked as deferred.
  returned: success
  type: list
  elements: str
"""

import os
import shutil

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ktls_tuner.host.plugins.module_utils.tuner import (
    DRIFT,
    OK,
    Tuner,
    TunerError,
    changes_of,
    check_profile,
    diff_of,
    summary_of,
)

PROFILES = "/etc/ktls-tuner/profiles.d"


def read(path):
    try:
        with open(path, "rb") as text:
            return text.read().decode("utf-8")
    except (IOError, OSError):
        return ""


class LocalProfile(object):
    """The profile of O(content): a file that must exist before it is applied."""

    def __init__(self, module):
        self.module, self.content = module, module.params["content"]
        self.path = "{0}/{1}.yaml".format(PROFILES, module.params["name"])
        self.before = read(self.path) if self.content else ""

    def differs(self):
        return bool(self.content) and self.content != self.before

    def draft(self):
        """The profile to plan with: the name, or the path of a temporary file with the new content."""
        if not self.differs():
            return self.module.params["name"]
        draft = os.path.join(self.module.tmpdir, os.path.basename(self.path))
        with open(draft, "wb") as text:
            text.write(self.content.encode("utf-8"))
        return draft

    def keep(self, draft):
        """Moves the draft to the folder of local profiles."""
        if not self.differs():
            return
        if not os.path.isdir(PROFILES):
            os.makedirs(PROFILES, 0o755)
        os.chmod(draft, 0o644)
        self.module.atomic_move(draft, self.path)
        os.chmod(self.path, 0o644)

    def diff(self):
        if not self.differs():
            return []
        return [{"before_header": self.path, "after_header": self.path, "before": self.before, "after": self.content}]


def unpacked(module):
    """The folder with the unpacked package; None outside check mode and if the program is installed."""
    package = module.params["package"]
    if not (module.check_mode and package and not os.path.exists(module.params["program"])):
        return None
    folder = os.path.join(module.tmpdir, "package")
    module.run_command(["dpkg-deb", "-x", os.path.abspath(package), folder], check_rc=True)
    return folder


def applied(module, tuner):
    check_profile(module.params["name"], module.params["content"])
    profile = LocalProfile(module)
    options = ["--max-disruption", module.params["max_disruption"]] + (["--persist"] if module.params["persist"] else [])
    draft = profile.draft()
    document = {}
    if module.check_mode or profile.differs():
        # Plan first: a profile that is invalid, or that this host cannot meet, must not replace the existing file.
        document = tuner.run("plan", "-p", draft, fine=(OK, DRIFT), *options)
    if not module.check_mode:
        profile.keep(draft)
        document = tuner.run("apply", "-p", module.params["name"], "--wait", "--timeout", str(module.params["timeout"]), *options)
    return document, profile.differs(), profile.diff()


def absent(module, tuner):
    if not tuner.installed():
        return {"steps": []}, False, []
    words = ["--force"] if module.params["force"] else []
    if not module.check_mode:
        return tuner.run("rollback", "--wait", "--timeout", str(module.params["timeout"]), *words), False, []
    document = tuner.run("rollback", "--dry-run", fine=(OK, DRIFT), *words)
    left = ["{0} {1}: {2}".format(step["knob"], step["subject"], step["because"]) for step in document["steps"]
            if step["status"] in ("blocked", "unreadable")]
    if left:
        raise TunerError("ktls-tuner rollback cannot restore these settings: {0}".format("; ".join(left)), document)
    return document, False, []


def main():
    module = AnsibleModule(
        argument_spec=dict(
            name=dict(type="str"),
            content=dict(type="str"),
            state=dict(type="str", choices=["applied", "absent"], default="applied"),
            persist=dict(type="bool", default=True),
            max_disruption=dict(type="str", choices=["none", "new-connections", "channel-reopen", "link-flap"],
                                default="new-connections"),
            force=dict(type="bool", default=False),
            timeout=dict(type="int", default=60),
            program=dict(type="path", default="/usr/sbin/ktls-tuner"),
            package=dict(type="path"),
        ),
        required_if=[("state", "applied", ("name",))],
        supports_check_mode=True,
    )
    program = module.params["program"]
    if module.check_mode and module.params["state"] == "applied" and not (module.params["package"] or os.path.exists(program)):
        module.exit_json(changed=False, skipped=True, msg="{0} does not exist, so the changes of a run are not known yet".format(program))
    try:
        folder = unpacked(module)
        try:
            tuner = Tuner(module, folder and folder + "/usr/sbin/ktls-tuner")
            does = applied if module.params["state"] == "applied" else absent
            document, file_differs, file_diff = does(module, tuner)
        finally:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
    except TunerError as error:
        module.fail_json(msg=str(error), plan=error.document)
    steps = document["steps"]
    host = document.get("host", {}).get("hostname", "host")
    result = dict(changed=file_differs or bool(changes_of(steps)), plan=document, changes=summary_of(steps))
    if module._diff:
        result["diff"] = file_diff + diff_of(steps, host)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
