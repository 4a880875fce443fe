"""Where ansible finds the collection: it wants it at ansible_collections/NAMESPACE/NAME, and ansible-test no link there."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, f"{ROOT}/tests/support")
from checks import check, equal, finish  # noqa: E402,F401 pylint: disable=unused-import,wrong-import-position

BUILD = os.environ.get("KTLS_TUNER_BUILD", f"{ROOT}/build/gcc")

PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - name: ask
      ktls_tuner.host.{module}: {arguments}
      register: answer
      ignore_errors: true
    - ansible.builtin.copy: {{ dest: "{out}", content: "{{{{ answer | to_json }}}}" }}
      check_mode: false
      diff: false
"""


class Collection:
    """A copy that nothing else writes to, gone afterwards; with what ansible keeps in a home folder."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="ktls-ansible.")
        self.path = f"{self.folder}/ansible_collections/ktls_tuner/host"
        shutil.copytree(f"{ROOT}/ansible", self.path)
        os.makedirs(f"{self.folder}/home")
        self.environment = {**os.environ, "HOME": f"{self.folder}/home", "ANSIBLE_COLLECTIONS_PATH": self.folder,
                            "ANSIBLE_LOCAL_TEMP": f"{self.folder}/tmp", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_RETRY_FILES_ENABLED": "0",
                            "ANSIBLE_HOST_KEY_CHECKING": "1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        return self

    def __exit__(self, *_error):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *words, timeout=600, **environment):
        return subprocess.run(words, cwd=self.path, env={**self.environment, **environment}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=timeout)


class Asked:
    """One task, as a play has it."""

    def __init__(self, collection):
        self.collection = collection

    def __call__(self, module, check_mode=False, **arguments):
        out, play = f"{self.collection.folder}/answer.json", f"{self.collection.folder}/play.yml"
        with open(play, "w", encoding="utf-8") as file:
            file.write(PLAY.format(module=module, arguments=json.dumps(arguments), out=out))
        words = ["--check", "--diff"] if check_mode else ["--diff"]
        ran = self.collection.run("ansible-playbook", "-i", "localhost,", "-c", "local", "-e",
                                  "ansible_python_interpreter=/usr/bin/python3", *words, play)
        if not os.path.exists(out):
            raise AssertionError(ran.stdout[-2000:] + ran.stderr[-2000:])
        with open(out, encoding="utf-8") as file:
            answer = json.load(file)
        os.remove(out)
        return answer


def program(collection, name, text):
    path = f"{collection.folder}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)
    return path


def package():
    """The Debian package of what is built; scripts/package says where it is."""
    if "KTLS_TUNER_PACKAGE" in os.environ:
        return os.environ["KTLS_TUNER_PACKAGE"]
    made = subprocess.run([f"{ROOT}/scripts/package", "--from", BUILD], check=True, capture_output=True, text=True)
    return os.path.join(ROOT, made.stdout.split()[-1])


class Inventory:
    """ansible-playbook against hosts over SSH (tests/lab/ssh_host.py), with its answers as data."""

    def __init__(self, collection, *hosts):
        self.collection = collection
        self.path = f"{collection.folder}/hosts.ini"
        with open(self.path, "w", encoding="utf-8") as file:
            for host in hosts:
                file.write(f"{host.name} ansible_host=127.0.0.1 ansible_port={host.port} ansible_user=root "
                           f"ansible_ssh_private_key_file={host.key} ansible_python_interpreter=/usr/bin/python3 "
                           f"ansible_ssh_common_args='{' '.join(host.options()[2:])}'\n")

    def play(self, playbook, *words, **variables):
        """A playbook of the collection."""
        answers = f"{self.collection.folder}/answers.json"
        if os.path.exists(answers):
            os.remove(answers)
        ran = self.collection.run("ansible-playbook", "-i", self.path, f"ktls_tuner.host.{playbook}", "--diff", *words, "-e",
                                  json.dumps(variables), KTLS_ANSWERS=answers, ANSIBLE_CALLBACKS_ENABLED="answers",
                                  ANSIBLE_CALLBACK_PLUGINS=f"{ROOT}/tests/ansible/callbacks", timeout=1800)
        if not os.path.exists(answers):
            raise AssertionError(f"{playbook}: {ran.stdout[-3000:]}{ran.stderr[-2000:]}")
        with open(answers, encoding="utf-8") as file:
            return Played(json.load(file), ran.returncode)


class Played:
    """What came of one playbook; `host` may be left out where there is one."""

    def __init__(self, answer, code):
        self.code, self.stats, self.tasks = code, answer["stats"], answer["tasks"]

    def _results(self, host):
        return [(task["task"], task["result"]) for task in self.tasks if host in (None, task["host"])]

    def result(self, name, host=None):
        return next((result for task, result in self._results(host) if task == name), {})

    def changed(self, host=None):
        return [task for task, result in self._results(host) if result.get("changed")]

    def why(self, host=None):
        return [f"{task}: {result.get('msg')}" for task, result in self._results(host) if result.get("failed")]

    def settings(self, host=None):
        """{("sysctl", "net.core.rmem_max"): 16777216, ...}: by the diff, what becomes what."""
        found = {}
        for entry in self.result("Apply the profile", host).get("diff", []):
            if isinstance(entry.get("after"), dict):
                family = entry["after_header"].split(": ")[1]
                found.update({(family, subject): value for subject, value in entry["after"].items()})
        return found
