#!/usr/bin/python
# Copyright: the ktls-tuner authors
# Apache-2.0 (see LICENSE in the project's root)
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: ktls_profile_info
short_description: Tell how a host stands with kernel TLS
version_added: 1.0.0
description:
  - The active profile of C(ktls-tuner), what a rollback would restore, what the host is, and how it differs from a profile.
  - Never writes.
options:
  name:
    description:
      - The profile to compare with. Without it the active one is meant, or else the one that fits this host.
    type: str
  gather:
    description:
      - What to tell. C(status) is which profile is active and persisted; C(facts) is kernel, OpenSSL, CPUs and NICs;
        C(check) is every setting against the profile.
    type: list
    elements: str
    choices: [status, facts, check]
    default: [status, facts, check]
  program:
    description:
      - Where the program is.
    type: path
    default: /usr/sbin/ktls-tuner
attributes:
  check_mode:
    description: Never writes.
    support: full
  diff_mode:
    description: Nothing is changed.
    support: none
  platform:
    description: Linux.
    support: full
    platforms: linux
author:
  - The ktls-tuner authors (@ktls-tuner)
"""

EXAMPLES = r"""
- name: How does this host stand
  ktls_tuner.host.ktls_profile_info:
    gather: [status, check]
  register: ktls
"""

RETURN = r"""
installed:
  description: Whether the program is there.
  returned: success
  type: bool
status:
  description: What C(status) answered.
  returned: when asked for and installed
  type: dict
facts:
  description: What C(facts) answered.
  returned: when asked for and installed
  type: dict
check:
  description: What C(check) answered.
  returned: when asked for and installed
  type: dict
in_sync:
  description: Whether every setting is as the profile says.
  returned: when C(check) was asked for and installed
  type: bool
drifted:
  description: The settings that are not, by family and subject.
  returned: when C(check) was asked for and installed
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ktls_tuner.host.plugins.module_utils.tuner import (
    DRIFT,
    OK,
    UNSUPPORTED,
    Tuner,
    TunerError,
    summary_of,
)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            name=dict(type="str"),
            gather=dict(type="list", elements="str", choices=["status", "facts", "check"], default=["status", "facts", "check"]),
            program=dict(type="path", default="/usr/sbin/ktls-tuner"),
        ),
        supports_check_mode=True,
    )
    tuner = Tuner(module)
    result = dict(changed=False, installed=tuner.installed())
    if not tuner.installed():
        module.exit_json(**result)
    words = ["-p", module.params["name"]] if module.params["name"] else []
    try:
        for verb in module.params["gather"]:
            fine = (OK, DRIFT, UNSUPPORTED) if verb == "check" else (OK,)
            result[verb] = tuner.run(verb, fine=fine, *(words if verb == "check" else []))
    except TunerError as error:
        module.fail_json(msg=str(error))
    if "check" in result:
        result["drifted"] = summary_of(result["check"].get("steps", []))
        result["in_sync"] = result["check"]["exit_code"] == OK
    module.exit_json(**result)


if __name__ == "__main__":
    main()
