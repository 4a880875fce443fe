"""Where ansible finds the collection: it wants it at ansible_collections/NAMESPACE/NAME, and ansible-test no link there."""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("KTLS_TUNER_BUILD", f"{ROOT}/build/gcc")

failed = []
passed = 0


def check(what, holds, seen=""):
    """One line: what was shown, or what was seen instead."""
    global passed
    if holds:
        passed += 1
        print(f"ok - {what}", flush=True)
    else:
        failed.append(what)
        print(f"not ok - {what} ({seen})", flush=True)


def equal(what, seen, wanted):
    check(what, seen == wanted, f"{seen!r} instead of {wanted!r}")


def finish():
    print(f"{passed} ok, {len(failed)} not ok")
    sys.exit(1 if failed or not passed else 0)


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
