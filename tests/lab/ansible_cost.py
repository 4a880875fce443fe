#!/usr/bin/env python3
"""The time of a run of the role that changes nothing, compared with the same settings as separate tasks: ansible.posix.sysctl,
community.general.modprobe, and command or shell for ethtool and the rest.

Runs on this machine, not in the guest. Both are measured in turn on the same host over the same SSH, with nothing to change in
either. So their ratio is meaningful although the host's CPU is emulated. Needs the package
(scripts/package). The two collections are unpacked from Debian's package, once, and not installed.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from ssh_host import ROOT, SshHost

sys.path.insert(0, f"{ROOT}/tests/ansible")
from collection import Collection, Inventory, check, equal, finish, package  # noqa: E402 pylint: disable=wrong-import-position

CACHE = os.environ.get("KTLS_TUNER_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"),
                                                           "ktls-tuner")
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
AT_MOST = 1 / 5


def others():
    """The folder with ansible.posix and community.general."""
    folder = f"{CACHE}/ansible-collections"
    if not os.path.isdir(folder):
        os.makedirs(CACHE, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", "ansible"], cwd=work, check=True)
            (deb,) = [name for name in os.listdir(work) if name.endswith(".deb")]
            subprocess.run(["dpkg-deb", "-x", deb, "all"], cwd=work, check=True)
            found = f"{work}/all/usr/lib/python3/dist-packages/ansible_collections"
            for name in ("ansible/posix", "community/general"):
                shutil.copytree(f"{found}/{name}", f"{work}/kept/ansible_collections/{name}")
            os.rename(f"{work}/kept", folder)
    return folder


def text_of(value):
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def written(step, where):
    """The task for one setting without the tool; `where` is (file, content) of a setting that has no module."""
    value = step["observed"]
    if step["knob"] == "module":
        return "community.general.modprobe", {"name": step["subject"], "state": "present"}
    if step["knob"] == "sysctl":
        return "ansible.posix.sysctl", {"name": step["subject"], "value": text_of(value), "sysctl_set": True,
                                        "sysctl_file": "/etc/sysctl.d/91-tasks.conf"}
    if step["knob"] == "nic_features":
        nic, feature = step["subject"].split("/")
        return "ansible.builtin.command", {"argv": ["ethtool", "-K", nic, feature, "on" if value else "off"]}
    file, content = where
    return "ansible.builtin.shell", {"cmd": f"[ \"$(cat {file})\" = '{content}' ] || echo '{content}' >{file}"}


def places(host):
    """[(file, content)] of the settings without a module, read from the kernel."""
    shown = host.must("for f in /proc/irq/*/smp_affinity_list /sys/class/net/*/queues/*/xps_cpus "
                      "/sys/devices/system/cpu/cpufreq/*/scaling_governor; do [ -r $f ] && echo \"$f $(cat $f 2>/dev/null)\"; done; true")
    return [line.split(" ", 1) for line in shown.out.splitlines() if " " in line and line.split(" ", 1)[1]]


def tasks_of(host, steps):
    """A task for each setting that the tool checks."""
    files = {"irq_affinity": [], "xps": [], "cpu_governor": []}
    for file, content in places(host):
        files["irq_affinity" if "/irq/" in file else "xps" if "xps" in file else "cpu_governor"].append((file, content))
    tasks = []
    for step in steps:
        if step["knob"] in files and not files[step["knob"]]:
            continue
        module, arguments = written(step, files[step["knob"]].pop() if step["knob"] in files else None)
        tasks.append({"name": f"{step['knob']} {step['subject']}", module: arguments})
        if module.startswith("ansible.builtin"):
            tasks[-1]["changed_when"] = False
    return tasks


def measured(what, run):
    started = time.monotonic()
    played = run()
    seconds = time.monotonic() - started
    check(f"{what}: nothing to change, {seconds:.1f} s", played.code == 0 and not played.changed(), played.changed() + played.why())
    return seconds


def main():
    deb, collections = package(), others()
    with Collection() as collection, SshHost("edge") as host:
        collection.environment["ANSIBLE_COLLECTIONS_PATH"] += f":{collections}"
        host.must("systemctl", "disable", "--now", "irqbalance")  # it would move interrupts during the test
        inventory = Inventory(collection, host)

        def role():
            return inventory.play("provision", ktls_tuner_package_file=deb)

        first = role()
        check("the role has provisioned the host", first.code == 0, first.why())
        plan = json.loads(host.must("ktls-tuner", "check", "--json").out)
        steps = [step for step in plan["steps"] if step["status"] == "in_sync" and step["knob"] != "persist"]
        tasks = tasks_of(host, steps)
        with open(f"{collection.path}/playbooks/tasks.yml", "w", encoding="utf-8") as play:
            json.dump([{"hosts": "all", "gather_facts": True, "tasks": tasks}], play)

        def by_hand():
            return inventory.play("tasks")

        equal("the tasks do", by_hand().code, 0)
        ours, theirs = [], []
        for _round in range(ROUNDS):
            ours.append(measured("role", role))
            theirs.append(measured(f"{len(tasks)} tasks", by_hand))
        ratio = statistics.median(ours) / statistics.median(theirs)
        print(f"# {len(steps)} settings: role {statistics.median(ours):.1f} s, tasks {statistics.median(theirs):.1f} s")
        check(f"the role costs {ratio:.2f} of the tasks, at most {AT_MOST}", ratio <= AT_MOST, f"{ours} {theirs}")
    finish()


os.chdir(ROOT)
main()
