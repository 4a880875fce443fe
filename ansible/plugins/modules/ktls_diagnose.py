#!/usr/bin/python
# Copyright: the ktls-tuner authors
# Apache-2.0 (see LICENSE in the project's root)
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: ktls_diagnose
short_description: Find out why TLS is not in the kernel on a host
version_added: 1.0.0
description:
  - Returns what keeps TLS out of the kernel or the NIC, what makes it unsafe there, and the next step of each finding.
  - Changes nothing.
options:
  service:
    description:
      - The unit, program or executable to ask about. Default is the whole host.
    type: str
  require:
    description:
      - Whether the task fails if a finding keeps TLS off its path or makes it unsafe, or if not all could be looked at.
    type: bool
    default: false
  timeout:
    description:
      - Time limit of all reads together in seconds.
    type: int
    default: 60
  program:
    description:
      - Path of the program.
    type: path
    default: /usr/sbin/ktls-tuner
attributes:
  check_mode:
    description: Changes nothing, so it also runs in check mode if the program is installed.
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
- name: Ask why TLS is not in the kernel
  ktls_tuner.host.ktls_diagnose:
  register: ktls_diagnosis

- name: Show each finding with its code
  ansible.builtin.debug:
    var: ktls_diagnosis.lines

- name: Stop if the kernel denies its TLS module
  ansible.builtin.assert:
    that: "'module-deny-listed' not in ktls_diagnosis.because"
"""

RETURN = r"""
answer:
  description: The result in one sentence.
  returned: success
  type: str
because:
  description: The codes of all findings that were not accepted, the worst first (docs/findings.md of ktls-tuner).
  returned: success
  type: list
  elements: str
  sample: [module-not-loaded]
findings:
  description: Each finding with code, severity, sentence, evidence, place, next step and command.
  returned: success
  type: list
  elements: dict
unknown:
  description: What could not be looked at, and the findings that it may hide.
  returned: success
  type: list
  elements: dict
lines:
  description: One line for each finding and each unknown part, for the log.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ktls_tuner.host.plugins.module_utils.tuner import (
    FAILED,
    OK,
    PATH_NOT_TAKEN,
    Tuner,
    TunerError,
)


def lines_of(document):
    lines = []
    for finding in document.get("findings", []):
        step = finding["command"] or finding["next"]
        lines.append("{0}: {1} [{2}]{3}".format(finding["severity"], finding["message"], finding["because"],
                                                "; next: {0}".format(step) if step else ""))
    return lines + ["unknown: {0}".format(doubt["message"]) for doubt in document.get("unknown", [])]


def main():
    module = AnsibleModule(
        argument_spec=dict(
            service=dict(type="str"),
            require=dict(type="bool", default=False),
            timeout=dict(type="int", default=60),
            program=dict(type="path", default="/usr/sbin/ktls-tuner"),
        ),
        supports_check_mode=True,
    )
    tuner = Tuner(module)
    if module.check_mode and not tuner.installed():
        module.exit_json(changed=False, skipped=True, msg="ktls-tuner is not installed yet")
    # One word, so that a name that begins with a dash stays a name.
    words = ["--service={0}".format(module.params["service"])] if module.params["service"] else []
    try:
        document = tuner.run("diagnose", "--timeout", str(module.params["timeout"]), fine=(OK, FAILED, PATH_NOT_TAKEN), *words)
    except TunerError as error:
        module.fail_json(msg=str(error))
    if "answer" not in document:
        module.fail_json(msg="ktls-tuner diagnose ended with {0} and no answer".format(document["exit_code"]))
    result = dict(changed=False, answer=document["answer"], findings=document["findings"], unknown=document["unknown"],
                  because=[finding["because"] for finding in document["findings"] if not finding["accepted"]],
                  lines=lines_of(document))
    if document["exit_code"] != OK and module.params["require"]:
        module.fail_json(msg=document["answer"], **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
