#!/usr/bin/env python3
"""Two hosts at once over SSH, one of which has a kernel without TLS: the other is provisioned, that one fails with the reason, and
the fleet page shows both.

Runs on this machine, not in the guest. Needs the package (scripts/package).
"""
import json
import os
import sys
import threading

from ssh_host import ROOT, SshHost

sys.path.insert(0, f"{ROOT}/tests/ansible")
from collection import BUILD, Collection, Inventory, check, equal, finish, package  # noqa: E402 pylint: disable=wrong-import-position

# Like the playbook `provision`, but for all hosts at once, and a host that fails does not stop the others.
ALL_AT_ONCE = """
- hosts: all
  gather_facts: true
  roles:
    - role: ktls_tuner.host.ktls_tuner
"""


def together(*calls):
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def status(host):
    return json.loads(host.must("ktls-tuner", "status", "--json").out)


def provision(collection, fleet, deb):
    with open(f"{collection.path}/playbooks/all_at_once.yml", "w", encoding="utf-8") as play:
        play.write(ALL_AT_ONCE)
    return fleet.play("all_at_once", ktls_tuner_package_file=deb)


def provisioned_or_told(done, edge, old):
    check("one host is provisioned", done.stats["edge"]["failures"] == 0 and done.changed("edge"), done.why("edge"))
    checked = edge.run("ktls-tuner", "check")
    check("it is in sync", checked.code == 0, checked)
    equal("and TLS is in its kernel", done.result("Prove where TLS runs", "edge").get("verdict"), "as_expected")
    equal("the other one failed, and so did the run", (done.stats["old"]["failures"], done.code != 0), (1, True))
    why = " ".join(done.why("old"))
    check("with its reason", "module tls is required" in why and "CONFIG_TLS" in why, why)
    answer = old.run("ls", "/etc/sysctl.d/90-ktls-tuner.conf", "/etc/modules-load.d/ktls-tuner.conf", "/run/ktls-tuner/journal")
    check("and nothing was written there", not answer.out.strip(), answer.out)


def canary(fleet, deb, edge):
    """The playbook's first batch is one host: if it fails, the others are not touched."""
    before = status(edge)
    ran = fleet.play("provision", ktls_tuner_package_file=deb, ktls_tuner_profile="bulk-transfer")
    equal("a first host that fails ends the run", (ran.code != 0, ran.stats["old"]["failures"]), (True, 1))
    equal("before the next one is touched", ("edge" in ran.stats, status(edge)["active"]), (False, before["active"]))


def page(collection, fleet, edge):
    reports = f"{collection.folder}/fleet"
    edge.must("sysctl", "-q", "-w", "net.ipv4.tcp_notsent_lowat=4096")
    ran = fleet.play("drift", ktls_tuner_reports=reports, ktls_tuner_program=f"{BUILD}/bin/ktls-tuner")
    check("the drift playbook ends well", ran.code == 0, ran.why())
    equal("and changes no setting", edge.must("sysctl", "-n", "net.ipv4.tcp_notsent_lowat").out.strip(), "4096")
    with open(f"{reports}.html", encoding="utf-8") as file:
        html = file.read()
    for what, text in (("both hosts", "edge"), ("both hosts", "old"), ("what drifted on one", "net.ipv4.tcp_notsent_lowat"),
                       ("why the other one cannot", "CONFIG_TLS")):
        check(f"the page has {what} ({text})", text in html, html[-2000:])


def main():
    deb = package()
    old, edge = SshHost("old", kernel="5.10"), SshHost("edge")
    with Collection() as collection:
        try:
            together(old.start, edge.start)
            equal("two hosts, two kernels", [host.must("uname", "-r").out[:4] for host in (old, edge)], ["5.10", "6.1."])
            for host in (old, edge):
                host.must("systemctl", "disable", "--now", "irqbalance")  # it would move interrupts during the test
            fleet = Inventory(collection, old, edge)
            provisioned_or_told(provision(collection, fleet, deb), edge, old)
            canary(fleet, deb, edge)
            page(collection, fleet, edge)
        finally:
            together(old.end, edge.end)
    finish()


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
