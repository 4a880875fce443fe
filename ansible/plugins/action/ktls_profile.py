# Copyright: the ktls-tuner authors
# Apache-2.0 (see LICENSE in the project's root)
"""Copies the package to the host in check mode, so that the module can plan before the package is installed."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import os

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    TRANSFERS_FILES = True

    def run(self, tmp=None, task_vars=None):
        result = super(ActionModule, self).run(tmp, task_vars)
        args = dict(self._task.args)
        package = args.pop("package", None)
        try:
            if package and self._play_context.check_mode:
                args["package"] = self._copied(package)
            result.update(self._execute_module("ktls_tuner.host.ktls_profile", module_args=args, task_vars=task_vars))
        finally:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _copied(self, package):
        source = self._loader.get_real_file(self._find_needle("files", package))
        if not os.path.isfile(source):
            raise AnsibleActionFail("{0} is not a file".format(package))
        target = self._connection._shell.join_path(self._connection._shell.tmpdir, os.path.basename(source))
        return self._transfer_file(source, target)
