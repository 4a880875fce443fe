#!/usr/bin/env python3
"""The role over SSH on a bare Debian: install, apply, probe, timer; exact check mode; drift; a reboot; power loss; rollback
and purge.

Runs on this machine, not in the guest; the host is QEMU (ssh_host.py). Needs the package (scripts/package).
"""
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ansible"))
from collection import ROOT, Collection, Inventory, check, equal, finish, package  # noqa: E402 pylint: disable=wrong-import-position
from ssh_host import SshHost  # noqa: E402 pylint: disable=wrong-import-position

# Everything that a run may change: files of the system and kernel settings. The tool's own state is left out.
STATE = r"""
cd / && find etc usr/lib/systemd usr/sbin usr/share lib/udev var/lib/ktls-tuner var/cache -xdev -type f \
  ! -path 'var/cache/apt/*' ! -path 'var/cache/debconf/*' ! -path 'var/cache/ldconfig/*' ! -path 'etc/ld.so.cache' 2>/dev/null | sort | xargs -d '\n' sha256sum
find etc -xdev -type l | sort | xargs ls -l --time-style=+ | awk '{print $(NF-2), $(NF-1), $NF}'
"""
SETTINGS = r"""
grep -sH '' /proc/sys/net/core/* /proc/sys/net/ipv4/* /sys/devices/system/cpu/cpufreq/*/scaling_governor /proc/irq/*/smp_affinity_list \
  /sys/class/net/*/queues/*/[rx]ps_*; grep -c '^tls ' /proc/modules; true
"""

SHAPED = """schema: ktls-tuner/profile/v1
name: shaped
summary: An edge server with a NIC of one queue, whose packets more CPUs share
extends: [edge-server]
nics:
  - select: { name: lab0 }
    channels: { combined: 1 }
    rps: few-queues
"""


def snapshot(host):
    return host.must(STATE).out, host.must(SETTINGS).out


def differences(one, other):
    lines = set(one.splitlines()) ^ set(other.splitlines())
    return sorted(lines)[:6]


def restless(settings):
    """The settings without values that the kernel chooses at each boot."""
    return "\n".join(line for line in settings.splitlines() if "netdev_rss_key" not in line and "tcp_mem" not in line)


def same(what, before, after):
    equal(f"{what}: files", differences(before[0], after[0]), [])
    equal(f"{what}: settings", differences(restless(before[1]), restless(after[1])), [])


def provision(host, controller, bare):
    planned = controller("provision", "--check")
    check("check mode on a bare host", planned.code == 0, planned.why())
    same("it leaves the host as it was", bare, snapshot(host))
    done = controller("provision")
    check("provisioned from nothing", done.code == 0, done.why())
    equal("check mode named exactly the settings and goals that the run then changed", planned.settings(), done.settings())
    check("of every kind", {family for family, _subject in done.settings()} >= {"module", "sysctl", "cpu_governor", "irq_affinity", "persist"},
          sorted({family for family, _subject in done.settings()}))
    equal("the probe passed", done.result("Prove where TLS runs").get("verdict"), "as_expected")
    equal("in sync", host.run("ktls-tuner", "check").code, 0)
    equal("the timer is armed", host.run("systemctl", "is-active", "ktls-tuner-check.timer").out.strip(), "active")
    fact = json.loads(host.must("cat", "/etc/ansible/facts.d/ktls_tuner.fact").out)
    equal("the local fact is static and true", (fact["profile"], fact["persisted"], fact["in_sync"]), ("edge-server", "edge-server", True))
    return done


def again(host, controller):
    before = snapshot(host)
    written = host.must("cat", "/proc/sys/kernel/random/boot_id", "&&", "stat", "-c", "%Y", "/var/lib/ktls-tuner/history").out
    second = controller("provision")
    equal("a second run changes nothing", (second.code, second.changed()), (0, []))
    same("and writes nothing", before, snapshot(host))
    equal("not even history", host.must("cat", "/proc/sys/kernel/random/boot_id", "&&", "stat", "-c", "%Y",
                                        "/var/lib/ktls-tuner/history").out, written)


def drift(host, controller):
    host.must("sysctl", "-q", "-w", "net.ipv4.tcp_notsent_lowat=4096")
    planned = controller("provision", "--check")
    equal("one setting drifted: check mode names exactly that one", planned.settings(), {("sysctl", "net.ipv4.tcp_notsent_lowat"): 131072})
    mended = controller("provision")
    equal("and the run re-applies exactly that one", mended.settings(), planned.settings())


def deferred(host, controller):
    """A change that requires others: with fewer channels, other queues are steered differently."""
    host.plug_in_nic()
    shaped = {"ktls_tuner_profile": "shaped", "ktls_tuner_profile_content": SHAPED, "ktls_tuner_max_disruption": "link-flap"}
    before = snapshot(host)
    planned = controller("provision", "--check", **shaped)
    told = planned.result("Apply the profile").get("changes", [])
    marked = [line for line in told if line.endswith("(deferred)")]
    check("check mode shows changes that depend on another change, and marks them", any(line.startswith("rps lab0/") for line in marked), told)
    same("and leaves the host as it was", before, snapshot(host))
    done = controller("provision", **shaped)
    check("another profile, with a change of channels", done.code == 0, done.why())
    equal("check mode named exactly the settings and goals, also deferred ones", planned.settings(), done.settings())
    equal("nothing is left to do", controller("provision", **shaped).changed(), [])
    planned = controller("provision", "--check", ktls_tuner_max_disruption="link-flap")
    back = controller("provision", ktls_tuner_max_disruption="link-flap")
    equal("back to the profile before", (back.code, host.run("ktls-tuner", "check").code), (0, 0))
    equal("check mode named all of these changes", {what: value for what, value in back.settings().items() if planned.settings().get(what) != value}, {})
    host.must("rmmod", "labnic")


def pulled_plug(host, controller):
    """Power fails at different times while the profile is being persisted."""
    for delay in (0.3, 1.0):
        equal("rolled back", host.run("ktls-tuner", "rollback").code, 0)
        host.must("sync")
        started = threading.Thread(target=lambda: host.run("ktls-tuner", "apply", "-p", "edge-server", "--persist", timeout=60), daemon=True)
        started.start()
        time.sleep(delay)
        host.pull_the_plug()
        host.start()
        equal("the files are complete", host.run("cat /etc/sysctl.d/90-ktls-tuner.conf /etc/modules-load.d/ktls-tuner.conf "
                                                 "2>/dev/null | tr -d '[:print:]\\n' | wc -c").out.strip(), "0")
        repaired = controller("provision")
        check(f"power failed after {delay} s: the next run repairs", repaired.code == 0, repaired.why())
        equal("and all is in sync", host.run("ktls-tuner", "check").code, 0)


def main():
    deb = package()
    with Collection() as collection, SshHost("edge1", nic=True) as host:
        inventory = Inventory(collection, host)

        def controller(playbook, *words, **variables):
            return inventory.play(playbook, *words, ktls_tuner_package_file=deb, **variables)

        # irqbalance moves interrupts that the profile does not place, so snapshots would differ. The reboot undoes its moves.
        host.must("systemctl", "disable", "--now", "--quiet", "irqbalance")
        host.reboot()
        bare = snapshot(host)
        provision(host, controller, bare)
        again(host, controller)
        drift(host, controller)
        deferred(host, controller)
        host.reboot()
        equal("still in sync after a reboot", host.run("ktls-tuner", "check").code, 0)
        equal("and nothing to do", controller("provision").changed(), [])
        pulled_plug(host, controller)
        back = controller("rollback")
        check("rolled back", back.code == 0, back.why())
        host.reboot()
        host.must("dpkg", "--purge", "ktls-tuner")
        host.must("rm", "-rf", "/var/cache/ktls-tuner.deb", "/etc/ansible")
        same("after rollback, a reboot and purge all is as before provisioning", bare, snapshot(host))
    finish()


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
