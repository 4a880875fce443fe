#!/usr/bin/env python3
"""A persisted profile survives a reboot, and rollback still works after it.

On the fresh host, with its own systemd-modules-load, systemd-sysctl and the tool's boot unit. A real reboot needs a disk
(ansible.py has one). Here a reboot is simulated: the test changes the boot id, empties /run, and resets every setting to its
value after boot.
"""
import os
import subprocess

from lab import (affinities, as_after_a_reboot, check, check_documents, difference, equal, files_below, finish, governors, loaded, must, named, note,
                 read, read_or_reason, run, settings, tuner, wait_until, write)

PERSISTED = "/var/lib/ktls-tuner/persisted"
SYSCTLS = "/etc/sysctl.d/90-ktls-tuner.conf"
MODULES = "/etc/modules-load.d/ktls-tuner.conf"
UNIT = "ktls-tuner-apply.service"
GUARDS = "ktls-tuner-guard-.service"  # a drop-in of this name applies to every unit with this prefix (systemd.unit(5))


def reboot(start):
    """Simulates a reboot; only the uptime shows the difference."""
    as_after_a_reboot(UNIT, GUARDS)
    now = settings()
    for path, value in start.items():
        if path.startswith("/") and now[path] != value and os.stat(path).st_mode & 0o200:
            write(path, f"{value}\n")
    if loaded("tls"):
        wait_until(lambda: run("rmmod", "tls").code == 0, 10)
    equal("nothing of the profile is left before the boot reads its files", difference(start, settings()), "")
    must("systemctl", "restart", "systemd-modules-load", "systemd-sysctl")


def sysctl(name):
    return read("/proc/sys/" + name.replace(".", "/"))


def refusals():
    """A full disk and a read-only folder: a clear error, and nothing changes."""
    must("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", "/etc/sysctl.d")
    full = subprocess.run(["dd", "if=/dev/zero", "of=/etc/sysctl.d/fill", "bs=4096"], capture_output=True, check=False)
    check("control: the disk is full", b"No space left" in full.stderr, full.stderr)
    before, etc = settings(), files_below("/etc/modules-load.d")
    ran = tuner("apply", "-p", "edge-server", "--persist", "--json")
    equal("disk full: exit 1", ran.code, 1)
    check("with the file and the kernel's error", any(
        SYSCTLS in error["message"] and "No space left on device" in error["message"] for error in ran.doc["errors"]), ran.told())
    equal("everything is as before, also the kernel's settings", difference(before, settings()), "")
    equal("and no file of ours is left", (os.path.exists(PERSISTED), set(files_below("/etc/modules-load.d"))), (False, set(etc)))
    must("umount", "/etc/sysctl.d")

    must("mount", "--bind", "/etc/modules-load.d", "/etc/modules-load.d")
    must("mount", "-o", "remount,ro,bind", "/etc/modules-load.d")
    ran = tuner("apply", "-p", "edge-server", "--persist", "--json")
    check("read-only: exit 1, with the reason", ran.code == 1 and any(
        "Read-only file system" in error["message"] for error in ran.doc["errors"]), ran.told())
    equal("everything is as before", difference(before, settings()), "")
    must("umount", "/etc/modules-load.d")


def main():
    must("systemctl", "enable", UNIT)
    must("systemctl", "stop", "irqbalance")  # it would move interrupts during the test
    start, etc = settings(), set(files_below("/etc"))
    refusals()

    # Persisted.
    plan = tuner("plan", "-p", "edge-server", "--persist", "--json")
    check("plan --persist names the files", ("persist", SYSCTLS) in named(plan.doc["steps"], "change"), plan.told())
    applied = tuner("apply", "-p", "edge-server", "--persist", "--json")
    equal("applied and persisted", applied.code, 0)
    check("each step says what the next boot sets", all(
        step["persisted"] is not None for step in applied.doc["steps"]
        if step["status"] == "done" and step["knob"] in ("sysctl", "module", "irq_affinity", "cpu_governor")), applied.told())
    check("tls is in modules-load.d", "\ntls" in read(MODULES), read_or_reason(MODULES))
    text = read(SYSCTLS)
    check("exact goals are in sysctl.d", "\n-net.ipv4.tcp_notsent_lowat = 131072" in text, text)
    check("at-least goals are not", "wmem_max" not in text, text)
    digest = applied.doc["profile"]["digest"]
    check("with the profile's digest", digest in text and digest in read(MODULES), text)
    again = tuner("apply", "-p", "edge-server", "--persist")
    check("a second one writes nothing", again.code == 0 and "nothing was written" in again.out, again.told())
    done = settings()

    # The boot.
    reboot(start)
    check("the system's own files brought tls and the exact goals", loaded("tls") and
          sysctl("net.ipv4.tcp_notsent_lowat") == "131072", sysctl("net.ipv4.tcp_notsent_lowat"))
    drift = tuner("check", "--json")
    equal("before the boot unit ran, the rest is drift", drift.code, 2)
    causes = {step["cause"] for step in drift.doc["steps"] if step["status"] == "change"}
    check("with its cause", causes and all("not set since the reboot" in cause for cause in causes), causes)
    must("systemctl", "start", UNIT)
    equal("after it all is in sync", tuner("check").code, 0)
    equal("and as it was before", difference({k: v for k, v in done.items() if k in start}, settings()), "")
    status = tuner("status", "--json").doc
    equal("status knows what boots set", status["persisted"]["profile"], "edge-server")

    # A file that was edited is not overwritten.
    write(SYSCTLS, text + "net.core.somaxconn = 1\n")
    edited = tuner("apply", "-p", "edge-server", "--persist", "--json")
    equal("an edited file: exit 4", edited.code, 4)
    check("with the reason", any("was changed by hand" in error["message"] for error in edited.doc["errors"]), edited.told())
    check("and not overwritten", read(SYSCTLS).endswith("somaxconn = 1"), read(SYSCTLS))
    write(SYSCTLS, text + "\n")

    # Change of profile, one more reboot, then rollback to the start.
    equal("another profile takes its place", tuner("apply", "-p", "bulk-transfer", "--persist").code, 0)
    check("with its file", "profile bulk-transfer" in read(SYSCTLS), read_or_reason(SYSCTLS))
    reboot(start)
    must("systemctl", "start", UNIT)
    equal("which the next boot sets", tuner("check").code, 0)
    note(f"governors {sorted(set(governors().values()))}, {len(affinities())} interrupts")
    back = tuner("rollback", "--json")
    equal("rolled back after two reboots", back.code, 0)
    equal("to before the first apply", difference(start, settings()), "")
    equal("with /etc as it was", set(files_below("/etc")), etc)
    check("and nothing is persisted", not os.path.exists(PERSISTED), read_or_reason(PERSISTED))
    reboot(start)
    unit = run("systemctl", "start", UNIT)
    check("the boot unit has nothing to do", unit.code == 0 and not os.path.exists("/run/ktls-tuner/journal"), unit.told())

    # An unconfirmed run is not persisted; a confirmed one is.
    pending = tuner("apply", "-p", "edge-server", "--persist", "--confirm-within", "60s")
    check("until it is confirmed nothing is persisted", pending.code == 0 and not os.path.exists(PERSISTED), pending.told())
    confirmed = tuner("confirm", "--json")
    check("then it is", confirmed.code == 0 and os.path.exists(SYSCTLS) and os.path.exists(PERSISTED), confirmed.told())
    equal("and in sync", tuner("check").code, 0)
    equal("rolled back", tuner("rollback").code, 0)
    equal("all of it", (difference(start, settings()), set(files_below("/etc"))), ("", etc))
    check_documents()
    finish()


main()
