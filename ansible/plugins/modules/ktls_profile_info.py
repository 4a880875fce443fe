#!/usr/bin/python
# Copyright: the ktls-tuner authors
# Apache-2.0 (see LICENSE in the project's root)
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: ktls_profile_info
short_description: Return the kernel TLS state of a host
version_added: 1.0.0
description:
  - Returns the active profile of C(ktls-tuner), the settings that a rollback would restore, the facts of the host, and its differences from a profile.
  - Never writes.
options:
  name:
    description:
      - The profile to compare with. Default is the active profile, or if none is active, the one that fits this host.
    type: str
  gather:
    description:
      - What to return. C(status) is the active and the persisted profile; C(facts) is kernel, CPUs and NICs;
        C(check) compares every setting with the profile.
      - C(host) is the state that the role needs before it starts, and C(installation) is the package's version and the
        state of the units. Both work without ktls-tuner.
    type: list
    elements: str
    choices: [status, facts, check, host, installation]
    default: [status, facts, check]
  program:
    description:
      - Path of the program.
    type: path
    default: /usr/sbin/ktls-tuner
attributes:
  check_mode:
    description: Never writes.
    support: full
  diff_mode:
    description: The module changes nothing.
    support: none
  platform:
    description: Linux.
    support: full
    platforms: linux
author:
  - The ktls-tuner authors (@ktls-tuner)
"""

EXAMPLES = r"""
- name: Get the state of this host
  ktls_tuner.host.ktls_profile_info:
    gather: [status, check]
  register: ktls
"""

RETURN = r"""
installed:
  description: Whether the program is installed.
  returned: success
  type: bool
status:
  description: The JSON document of C(status).
  returned: when requested and installed
  type: dict
facts:
  description: The JSON document of C(facts).
  returned: when requested and installed
  type: dict
host:
  description: The system, the user id of the task, whether apt and systemd exist, and the local fact of the role.
  returned: when requested
  type: dict
  sample:
    system: Linux
    uid: 0
    apt: true
    systemd: true
    fact: {profile: edge-server, in_sync: true}
installation:
  description: The versions of the installed package and of libssl (empty if not installed), and whether the units are enabled and active.
  returned: when requested
  type: dict
  sample:
    version: 1.0.0
    libssl: 3.0.22-1
    units:
      ktls-tuner-check.timer: {enabled: true, active: true}
check:
  description: The JSON document of C(check), also if it found drift, settings that this host does not support, or settings that it cannot read.
  returned: when requested and installed
  type: dict
in_sync:
  description: Whether every setting matches the profile.
  returned: when C(check) was requested and installed
  type: bool
drifted:
  description: The settings that do not match, by family and subject.
  returned: when C(check) was requested and installed
  type: list
  elements: str
"""

import json
import os

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ktls_tuner.host.plugins.module_utils.tuner import (
    DRIFT,
    FAILED,
    OK,
    UNSUPPORTED,
    Tuner,
    TunerError,
    check_profile,
    summary_of,
)

PACKAGES = ("ktls-tuner", "libssl3", "libssl3t64")
UNITS = ("ktls-tuner-apply.service", "ktls-tuner-check.timer")
FACT = "/etc/ansible/facts.d/ktls_tuner.fact"


def kept():
    """The local fact; empty if it is missing or damaged, so that the role writes it again."""
    try:
        with open(FACT) as text:
            fact = json.load(text)
    except (IOError, OSError, ValueError):
        return {}
    return fact if isinstance(fact, dict) else {}


def host(module):
    return dict(system=os.uname()[0], uid=os.geteuid(), apt=bool(module.get_bin_path("apt-get")),
                systemd=os.path.isdir("/run/systemd/system"),  # sd_booted(3)
                fact=kept())


def answer(module, program, *words):
    """The stdout of a program of the system; empty if it does not exist."""
    path = module.get_bin_path(program)
    return module.run_command([path] + list(words))[1] if path else ""


def installation(module):
    told = answer(module, "dpkg-query", "-W", "-f", "${Package} ${db:Status-Status} ${Version}\\n", *PACKAGES)
    versions = dict((words[0], words[2]) for words in map(str.split, told.splitlines()) if words[1:2] == ["installed"])
    enabled = answer(module, "systemctl", "is-enabled", *UNITS).split("\n")
    active = answer(module, "systemctl", "is-active", *UNITS).split("\n")
    units = {}
    for unit, is_enabled, is_active in zip(UNITS, enabled, active):
        units[unit] = dict(enabled=is_enabled == "enabled", active=is_active == "active")
    libssl = [versions[name] for name in PACKAGES[1:] if name in versions]
    return dict(version=versions.get(PACKAGES[0], ""), libssl=libssl[0] if libssl else "", units=units)


WITHOUT_PROGRAM = dict(host=host, installation=installation)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            name=dict(type="str"),
            gather=dict(type="list", elements="str", choices=["status", "facts", "check", "host", "installation"],
                        default=["status", "facts", "check"]),
            program=dict(type="path", default="/usr/sbin/ktls-tuner"),
        ),
        supports_check_mode=True,
    )
    tuner = Tuner(module)
    result = dict(changed=False, installed=tuner.installed())
    for name, tell in WITHOUT_PROGRAM.items():
        if name in module.params["gather"]:
            result[name] = tell(module)
    if not tuner.installed():
        module.exit_json(**result)
    words = ["-p", module.params["name"]] if module.params["name"] else []
    try:
        if words:
            check_profile(module.params["name"])
        for verb in module.params["gather"]:
            if verb in WITHOUT_PROGRAM:
                continue
            fine = (OK, FAILED, DRIFT, UNSUPPORTED) if verb == "check" else (OK,)
            result[verb] = tuner.run(verb, fine=fine, *(words if verb == "check" else []))
    except TunerError as error:
        module.fail_json(msg=str(error))
    if "check" in result:
        result["drifted"] = summary_of(result["check"].get("steps", []))
        result["in_sync"] = result["check"]["exit_code"] == OK
    module.exit_json(**result)


if __name__ == "__main__":
    main()
