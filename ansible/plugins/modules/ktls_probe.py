#!/usr/bin/python
# Copyright: the ktls-tuner authors
# Apache-2.0 (see LICENSE in the project's root)
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: ktls_probe
short_description: Prove where TLS runs on a host
version_added: 1.0.0
description:
  - Makes real TLS connections over loopback and reports, from the kernel's own counters, whether records are processed in the
    NIC, in the kernel or in user space, for each version and cipher.
  - Changes nothing.
options:
  name:
    description:
      - The profile whose expectations are checked. Default is the active profile, or if none is active, the one that fits this host.
    type: str
  require:
    description:
      - Whether the task fails if a path differs from the profile's expectation.
    type: bool
    default: true
  timeout:
    description:
      - Time limit of the probe in seconds.
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
- name: Prove that TLS is in the kernel
  ktls_tuner.host.ktls_probe:
    name: edge-server
"""

RETURN = r"""
verdict:
  description: The result compared with the profile's expectations.
  returned: success
  type: str
cells:
  description: Each version and cipher, with the path of each direction and the reason.
  returned: success
  type: list
  elements: dict
warnings_of_probe:
  description: Warnings about risks or missing preconditions, such as a library that cannot renew keys.
  returned: success
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ktls_tuner.host.plugins.module_utils.tuner import (
    OK,
    PATH_NOT_TAKEN,
    UNSUPPORTED,
    Tuner,
    TunerError,
    check_profile,
    told,
)


def main():
    module = AnsibleModule(
        argument_spec=dict(
            name=dict(type="str"),
            require=dict(type="bool", default=True),
            timeout=dict(type="int", default=60),
            program=dict(type="path", default="/usr/sbin/ktls-tuner"),
        ),
        supports_check_mode=True,
    )
    tuner = Tuner(module)
    words = ["-p", module.params["name"]] if module.params["name"] else []
    if module.check_mode and not tuner.installed():
        module.exit_json(changed=False, skipped=True, msg="ktls-tuner is not installed yet")
    try:
        if words:
            check_profile(module.params["name"])
        document = tuner.run("probe", "--timeout", str(module.params["timeout"]), fine=(OK, PATH_NOT_TAKEN, UNSUPPORTED), *words)
    except TunerError as error:
        module.fail_json(msg=str(error))
    result = dict(changed=False, verdict=document.get("verdict"), cells=document.get("cells", []),
                  warnings_of_probe=document.get("warnings", []))
    if document["exit_code"] != OK and module.params["require"]:
        wrong = ["{0} {1}: {2}".format(cell["version"], cell["cipher"], cell["because"])
                 for cell in result["cells"] if cell["result"] == "fail"]
        module.fail_json(msg="TLS does not take the path that the profile expects: {0}".format(
            "; ".join(wrong) or told(document)), **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
