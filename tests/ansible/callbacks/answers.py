"""What each task answered, as JSON in the file $KTLS_ANSWERS: ansible-core has no such output of its own."""
import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: answers
type: notification
short_description: What each task answered, as JSON in a file
description: For the tests of this project.
requirements: []
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "answers"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self.tasks = []

    def _keep(self, result, **marks):
        self.tasks.append({"task": result._task.get_name().split(" : ")[-1], "host": result._host.get_name(),
                           "result": {**result._result, **marks}})

    def v2_runner_on_ok(self, result):
        self._keep(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._keep(result, failed=not ignore_errors)

    def v2_runner_on_skipped(self, result):
        self._keep(result, skipped=True)

    def v2_runner_on_unreachable(self, result):
        self._keep(result, failed=True)

    def v2_playbook_on_stats(self, stats):
        with open(os.environ["KTLS_ANSWERS"], "w", encoding="utf-8") as file:
            json.dump({"tasks": self.tasks, "stats": {host: stats.summarize(host) for host in stats.processed}}, file, default=str)
