#!/usr/bin/env python3
"""irqbalance moves placed interrupts until it is told to ignore them; it continues to balance the others.

On the fresh host, with Debian's irqbalance as systemd runs it.
"""
import os
import socket
import threading
import time

from lab import (affinities, check, check_documents, equal, finish, must, named, note, profile, read, read_or_reason, run,
                 tuner, wait_until, write)

ARGUMENTS = "/etc/default/irqbalance"
DROP_IN = "/run/systemd/system/irqbalance.service.d/zz-ktls-tuner.conf"
OWN_SCRIPT = "/etc/own-policy"


def make_interrupts():
    """Starts threads that cause interrupts until the test ends: frames on every queue of the NICs, and reads from the virtual disk."""
    def send(nic, cpu):
        os.sched_setaffinity(0, {cpu})
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        wire.bind((nic, 0))
        frame = b"\xff" * 6 + b"\x52\x54\0\0\0\1" + b"\x88\xb5" + bytes(200)
        while True:
            for _ in range(20):
                wire.send(frame)
            time.sleep(0.02)

    def read_files():
        while True:
            write("/proc/sys/vm/drop_caches", "1")
            for name in os.listdir("/usr/bin")[:40]:
                read_or_reason(f"/usr/bin/{name}")
            time.sleep(0.05)

    for nic in ("eth0", "eth1", "eth3"):
        for cpu in range(4):
            threading.Thread(target=send, args=(nic, cpu), daemon=True).start()
    threading.Thread(target=read_files, daemon=True).start()


def devices_irqs(*nics):
    """The affinity files of all interrupts of these NICs' PCI functions."""
    paths = set()
    for nic in nics:
        device = os.path.realpath(f"/sys/class/net/{nic}/device")
        while not os.path.isdir(f"{device}/msi_irqs"):
            device = os.path.dirname(device)
        paths |= {f"/proc/irq/{irq}/smp_affinity_list" for irq in os.listdir(f"{device}/msi_irqs")}
    return paths


def command_line():
    pid = must("systemctl", "show", "--property", "MainPID", "--value", "irqbalance").out.strip()
    return read_or_reason(f"/proc/{pid}/cmdline").replace("\0", " ").strip()


def start_with(arguments):
    write(ARGUMENTS, f'IRQBALANCE_ARGS="{arguments}"\n')
    must("systemctl", "restart", "irqbalance")


def moved(before, seconds, paths):
    """Those of `paths` whose value differs from `before` at any time within these seconds."""
    seen = set()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = affinities()
        seen |= {path for path in paths if now.get(path) != before.get(path)}
        time.sleep(0.25)
    return seen


def crowd(paths):
    """Moves all interrupts to CPU 0: irqbalance moves those that it balances away."""
    for path in paths:
        try:
            write(path, "0")
        except OSError:
            pass  # the kernel manages it


def main():
    ours, eth2 = devices_irqs("eth0", "eth1", "eth3"), devices_irqs("eth2")
    others = set(affinities()) - ours
    make_interrupts()

    # The control: without the ban irqbalance moves placed interrupts.
    start_with("-t 3")
    plain = command_line()
    check("irqbalance runs with the administrator's arguments", plain.endswith("--foreground -t 3"), plain)
    placed = tuner("apply", "-p", profile("placed-only"), "--json")
    equal("placed", placed.code, 0)
    placed_at = affinities()
    was_moved = wait_until(lambda: any(affinities()[path] != placed_at[path] for path in ours), 60)
    check("without the ban irqbalance moves placed interrupts", was_moved, "none in 60 s")
    drift = tuner("check", "--json")
    equal("that is drift", drift.code, 2)
    causes = {step["cause"] for step in drift.doc["steps"] if step["knob"] == "irq_affinity" and step["status"] == "change"}
    check("and irqbalance is named as its cause", any("irqbalance" in (cause or "") for cause in causes), causes)

    # With the ban.
    crowd(others)
    codes = {finding["because"] for finding in tuner("diagnose", "--json").doc["findings"]}
    check("diagnose says so, too", "irqbalance-moves" in codes, codes)
    banned = tuner("apply", "-p", profile("staying"), "--json")
    equal("banned and placed again", banned.code, 0)
    check("by a subject for each NIC", ("irqbalance", "eth0") in named(banned.doc["steps"], "done"), banned.told())
    check("with the administrator's arguments and ours behind them",
          command_line().startswith(plain + " --policyscript=/usr/libexec/ktls-tuner/irqbalance-policy"), command_line())
    before = affinities()
    crowd(others)
    seen = moved({**affinities(), **{path: before[path] for path in ours}}, 60, set(before))
    equal("with the ban no banned interrupt moves in 60 s", sorted(seen & ours), [])
    check("while others do", seen & others, "none")
    note(f"{len(seen & others)} others moved")
    again = tuner("apply", "-p", profile("staying"))
    check("a second apply writes nothing and restarts nothing", "nothing was written" in again.out, again.told())
    equal("and all is in sync", tuner("check").code, 0)
    codes = {finding["because"] for finding in tuner("diagnose", "--json").doc["findings"]}
    check("and to diagnose irqbalance moves none of these", "irqbalance-moves" not in codes, codes)
    equal("which is unknown to a user who may not read its environment", named(
        run("ktls-tuner", "check", "--only", "irqbalance", "-p", profile("staying"), "--json", user=65534).doc["steps"],
        "unreadable"), [("irqbalance", "eth0"), ("irqbalance", "eth1"), ("irqbalance", "eth3")])

    # After rollback.
    equal("rolled back", tuner("rollback").code, 0)
    equal("irqbalance is started as before", command_line(), plain)
    check("the drop-in and its folder are gone", not os.path.exists(os.path.dirname(DROP_IN)), "still there")

    # An administrator's own policy script is still run, for all other devices.
    device = os.path.basename(os.path.dirname(os.path.realpath("/sys/class/net/eth2/device")))
    write(OWN_SCRIPT, f'#!/bin/sh\ncase $1 in */{device}) echo ban=true ;; esac\n')
    os.chmod(OWN_SCRIPT, 0o755)
    start_with(f"-t 3 --policyscript={OWN_SCRIPT}")
    own = command_line()
    crowd(others - eth2)
    crowded = {path for path in others - eth2 if affinities()[path] == "0"}
    equal("banned beside a policy script of the administrator's", tuner("apply", "-p", profile("staying")).code, 0)
    before = affinities()
    seen = set()

    def others_left():
        now = affinities()
        seen.update(path for path in ours | eth2 if now[path] != before[path])
        return any(now[path] != "0" for path in crowded)

    # irqbalance now starts three processes for each interrupt, which takes long on an emulated CPU.
    check("irqbalance distributes the others", crowded and wait_until(others_left, 150), f"{len(crowded)} on CPU 0")
    seen |= moved(before, 10, ours | eth2)
    equal("no banned interrupt moves", sorted(seen & ours), [])
    equal("nor one that the administrator banned", sorted(seen & eth2), [])
    equal("rolled back", tuner("rollback").code, 0)
    equal("the administrator's policy script is alone again", command_line(), own)

    # A unit to which no option can be added is left alone, with a message.
    os.makedirs("/etc/systemd/system/irqbalance.service.d", exist_ok=True)
    write("/etc/systemd/system/irqbalance.service.d/shell.conf",
          "[Service]\nExecStart=\nExecStart=/bin/sh -c 'exec /usr/sbin/irqbalance --foreground'\n")
    must("systemctl", "daemon-reload")
    must("systemctl", "restart", "irqbalance")
    refused = tuner("apply", "-p", profile("staying"), "--json")
    equal("through a shell: refused", refused.code, 4)
    check("with the reason", any("where no option can be added" in error["message"] for error in refused.doc["errors"]),
          refused.told())
    equal("and no drop-in", os.path.exists(DROP_IN), False)
    note(read("/proc/loadavg"))
    check_documents()
    finish()


main()
