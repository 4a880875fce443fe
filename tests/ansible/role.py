#!/usr/bin/env python3
"""The whole role on this machine, where it harms nobody: network settings, /run, /var/lib and /etc are a namespace's own, and so is
/usr/sbin, where the built program stands for an installed one. What needs a host of its own is in tests/lab/ansible.py.
"""
import json
import os
import subprocess
import sys

from collection import BUILD, ROOT, Collection, Inventory, check, equal, finish

PROFILE = """schema: ktls-tuner/profile/v1
name: mine
sysctl:
  net.core.somaxconn: {at_least: 8192}
  net.ipv4.tcp_notsent_lowat: 131072
"""
FACT = "/etc/ansible/facts.d/ktls_tuner.fact"
DPKG_QUERY = """#!/bin/sh
printf 'ktls-tuner installed 1.0.0\\nlibssl3 installed 3.0.19-1\\n'
"""
# Of this mount namespace alone.
OWN = """
set -e
for folder in etc usr/sbin; do
  mkdir -p "/run/own/$folder" "/run/work/$folder"
  mount -t overlay -o "lowerdir=/$folder,upperdir=/run/own/$folder,workdir=/run/work/$folder" overlay "/$folder"
done
printf '#!/bin/sh\\nexec "%s/bin/ktls-tuner" "$@"\\n' "$1" >/usr/sbin/ktls-tuner
chmod 755 /usr/sbin/ktls-tuner
"""


def sysctl(name):
    with open(f"/proc/sys/{name.replace('.', '/')}", encoding="utf-8") as file:
        return int(file.read())


def main():
    subprocess.run(["bash", "-c", OWN, "own", BUILD], check=True)
    before = {name: sysctl(name) for name in ("net.core.somaxconn", "net.ipv4.tcp_notsent_lowat")}
    with Collection() as collection:
        os.makedirs(f"{collection.folder}/bin")
        with open(f"{collection.folder}/bin/dpkg-query", "w", encoding="utf-8") as file:
            file.write(DPKG_QUERY)
        os.chmod(f"{collection.folder}/bin/dpkg-query", 0o755)
        collection.environment["PATH"] = f"{collection.folder}/bin:{os.environ['PATH']}"
        inventory = Inventory(collection)
        with open(inventory.path, "w", encoding="utf-8") as file:
            file.write("here ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n")

        def role(*words, **variables):
            return inventory.play("provision", *words, ktls_tuner_profile="mine", ktls_tuner_profile_content=PROFILE,
                                  ktls_tuner_package_file="/nowhere/ktls-tuner_1.0.0_amd64.deb", ktls_tuner_schedule=False,
                                  ktls_tuner_probe_required=False, **variables)

        planned = role("--check")
        check("check mode", planned.code == 0, planned.why())
        equal("writes nothing", ({name: sysctl(name) for name in before}, os.path.exists(FACT), os.path.exists("/etc/ktls-tuner")),
              (before, False, False))
        done = role()
        check("the role runs", done.code == 0, done.why())
        equal("and does what check mode named", done.settings(), planned.settings())
        equal("the package of that version is there, so it is not copied", done.result("Copy the package to the host").get("skipped"), True)
        with open(FACT, encoding="utf-8") as file:
            fact = json.load(file)
        equal("the fact is plain JSON", (fact["profile"], fact["persisted"], fact["in_sync"], fact["drifted"]), ("mine", "mine", True, []))
        equal("with what the proof was made with", (fact["proven_with"]["package"], fact["proven_with"]["libssl"]),
              ("1.0.0", "3.0.19-1"))
        equal("for everybody to read, and not to run", oct(os.stat(FACT).st_mode & 0o777), "0o644")
        with open(f"{collection.folder}/bin/dpkg-query", "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 1\n")
        source = inventory.play("provision", "--tags", "install", ktls_tuner_profile="mine", ktls_tuner_package_file="")
        equal("a program built from source is kept: apt is not asked", (source.code, source.result(
            "Install the package from the host's apt sources").get("skipped")), (0, True))
        with open(f"{collection.folder}/bin/dpkg-query", "w", encoding="utf-8") as file:
            file.write(DPKG_QUERY)
        again = role()
        equal("a second run changes nothing", (again.code, again.changed()), (0, []))

        proven = {**fact, "path": "as_expected"}
        with open(FACT, "w", encoding="utf-8") as file:
            json.dump(proven, file)
        equal("what is proven is not proven again", role().result("Prove where TLS runs").get("skipped"), True)
        check("unless always", "skipped" not in role(ktls_tuner_probe_always=True).result("Prove where TLS runs"), "skipped")
        with open(FACT, "w", encoding="utf-8") as file:
            json.dump({**proven, "proven_with": {**fact["proven_with"], "libssl": "3.0.18-1"}}, file)
        check("or with another libssl", "skipped" not in role().result("Prove where TLS runs"), "skipped")
        with open(FACT, "w", encoding="utf-8") as file:
            file.write('{"profile": "mi')
        torn = role()
        check("a fact that is torn tells nothing, and is written again", torn.code == 0 and "Write the local fact" in torn.changed(),
              torn.why())

        subprocess.run(["sysctl", "-q", "-w", "net.ipv4.tcp_notsent_lowat=4096"], check=True)
        drifted = role("--check")
        equal("one drifted: check mode names exactly that one", drifted.settings(), {("sysctl", "net.ipv4.tcp_notsent_lowat"): 131072})
        equal("and nothing else changes", drifted.changed(), ["Apply the profile"])
        equal("the run mends it", role().settings(), drifted.settings())
        back = inventory.play("rollback")
        check("rolled back", back.code == 0, back.why())
        equal("to the values before", {name: sysctl(name) for name in before}, before)
        check("without the fact", not os.path.exists(FACT), FACT)
        refused = inventory.play("provision", ktls_tuner_profile="mine", ktls_tuner_persist="perhaps")
        check("a variable that is none is refused by name", refused.code != 0 and any("ktls_tuner_persist" in why for why in refused.why()),
              refused.why())
    finish()


if "KTLS_IN_NAMESPACE" in os.environ:
    os.chdir(ROOT)
    main()
if os.geteuid() != 0 or subprocess.run(["unshare", "-mn", "true"], capture_output=True, check=False).returncode != 0:
    print("no namespaces here, or not root")
    sys.exit(77)
os.environ["KTLS_IN_NAMESPACE"] = "1"
os.execv(f"{ROOT}/tests/cases/in-namespace", ["in-namespace", f"exec /usr/bin/python3 {os.path.abspath(__file__)}"])
