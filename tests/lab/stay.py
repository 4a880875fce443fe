#!/usr/bin/env python3
"""After an event that resets a NIC: drift with its cause, then the settings of that NIC only are re-applied.

On the fresh host, with the package's udev rule, unit and hooks.
"""
import json
import os
import time

from lab import (NICS, affinities, check, check_documents, equal, finish, must, named, note, profile, queue_irq, read, run, tuner,
                 wait_until, write)

HISTORY = "/var/lib/ktls-tuner/history"
UNIT = "ktls-tuner-nic@{}.service"
VMXNET3 = "/sys/bus/pci/drivers/vmxnet3"


def affinity(subject):
    return f"/proc/irq/{queue_irq(subject)}/smp_affinity_list"


def drift_of(nic):
    """(result of check for this NIC, causes of its drift)."""
    seen = tuner("check", "--nic", nic, "--json")
    return seen, {step["cause"] for step in seen.doc["steps"] if step["status"] == "change"}


def in_sync(nic):
    return tuner("check", "--nic", nic).code == 0


def idle(nic):
    return run("systemctl", "is-active", UNIT.format(nic)).out.strip() in ("inactive", "failed")


def runs():
    with open(HISTORY, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def names_of(entries):
    return {change["subject"].split("/")[0] for entry in entries for change in entry["changes"]}


def mute(nic):
    """Masks the unit of the NIC, so that the state between event and repair can be checked."""
    must("systemctl", "mask", "--runtime", UNIT.format(nic))


def unmute(nic):
    must("systemctl", "unmask", "--runtime", UNIT.format(nic))


def reload_vmxnet3():
    device = os.path.basename(os.path.realpath("/sys/class/net/eth0/device"))
    write(f"{VMXNET3}/unbind", device)
    write(f"{VMXNET3}/bind", device)
    must("ip", "link", "set", "eth0", "up")


def comes_back(what, nic, others):
    """Waits until the NIC is in sync, and checks that other NICs are not touched."""
    check(f"{what}: {nic} is as it was placed", wait_until(lambda: in_sync(nic) and idle(nic), 120), drift_of(nic)[0].told())
    now = affinities()
    equal(f"{what}: what was changed by hand elsewhere stays", {path: now[path] for path in others}, others)


def main():
    must("systemctl", "stop", "irqbalance")
    for nic in NICS:
        wait_until(lambda name=nic: read(f"/sys/class/net/{name}/operstate") == "up", 10)
    verified = run("systemd-analyze", "verify", *(f"/lib/systemd/system/ktls-tuner-{name}" for name in (
        "nic@eth0.service", "check.service", "check.timer")))
    check("the units are well formed", verified.code == 0 and "ktls-tuner" not in verified.err, verified.told())

    # On a host without an active profile an event starts nothing.
    before = affinities()
    must("/usr/libexec/ktls-tuner/nic-event", "eth0")
    must("systemctl", "start", UNIT.format("eth0"))
    equal("on a host that was never tuned the unit does nothing",
          must("systemctl", "show", "--property", "ConditionResult", "--value", UNIT.format("eth0")).out.strip(), "no")
    equal("and the machine is as it was", affinities(), before)
    quiet = tuner("apply", "--if-active", "--nic", "eth0")
    equal("nor does apply --if-active", (quiet.code, quiet.out), (0, ""))

    applied = tuner("apply", "-p", profile("staying"), "--json")
    check("applied, all of it", applied.code == 0 and not named(applied.doc["steps"], "failed"),
          [step["because"] for step in applied.doc["steps"] if step["status"] == "failed"])
    equal("in sync", tuner("check").code, 0)

    # A change by hand on another NIC; the repairs below must not touch it.
    by_hand = affinity("eth1/rx-0")
    write(by_hand, "3")
    others = {by_hand: "3"}
    seen, causes = drift_of("eth1")
    check("changed by hand is drift of unknown cause",
          causes and all(cause.startswith("unknown: not a reboot") for cause in causes), causes)
    equal("only of that setting", named(seen.doc["steps"], "change"), [("irq_affinity", "eth1/rx-0")])

    # The driver is reloaded.
    mute("eth0")
    reload_vmxnet3()
    wait_until(lambda: tuner("check", "--nic", "eth0", "--wait-link", "10").code == 2, 90)
    seen, causes = drift_of("eth0")
    equal("after unbind and bind: drift", seen.code, 2)
    check("because the driver was reloaded", causes and all("was reloaded" in cause for cause in causes), causes)
    check("only of eth0", {name.split("/")[0] for _, name in named(seen.doc["steps"], "change")} == {"eth0"}, seen.told())
    unmute("eth0")
    count = len(runs())
    reload_vmxnet3()
    comes_back("driver loaded again", "eth0", others)
    equal("the runs since wrote to eth0 alone", names_of(runs()[count:]), {"eth0"})

    # Channels.
    mute("eth3")
    must("ethtool", "-L", "eth3", "combined", "2")
    seen, causes = drift_of("eth3")
    equal("after ethtool -L: drift", seen.code, 2)
    # A setting that the first apply found right was never written, so its cause is that the last one, of eth0, left it out.
    check("because the queues were changed", any("the queues of eth3 were changed" in cause for cause in causes) and
          all("the queues of eth3 were changed" in cause or "left it out" in cause for cause in causes), causes)
    unmute("eth3")
    count = len(runs())
    must("ethtool", "-L", "eth3", "combined", "4")
    comes_back("queues changed", "eth3", others)
    equal("the runs since wrote to eth3 alone", names_of(runs()[count:]), {"eth3"})

    # Link up sends no uevent: the hooks handle it.
    first = affinity("eth0/rxtx-0")
    write("/etc/network/interfaces", "iface eth0 inet manual\n")
    hooks = {
        "ifupdown": ("ifup", "eth0"),
        "networkd-dispatcher": ("env", "IFACE=eth0", "/usr/lib/networkd-dispatcher/routable.d/50-ktls-tuner"),
        "NetworkManager": ("/usr/lib/NetworkManager/dispatcher.d/50-ktls-tuner", "eth0", "up"),
    }
    for name, command in hooks.items():
        write(first, "0")
        started = time.monotonic()
        must(*command)
        note(f"the hook of {name} took {time.monotonic() - started:.1f} s")
        comes_back(f"link up, {name}", "eth0", others)
    write(first, "0")
    must("/usr/lib/NetworkManager/dispatcher.d/50-ktls-tuner", "eth0", "down")
    check("another event of NetworkManager's starts nothing", idle("eth0") and read(first) == "0", read(first))

    # A link change as cause, and an unknown NIC.
    must("ip", "link", "set", "eth0", "down")
    must("ip", "link", "set", "eth0", "up")
    seen, causes = drift_of("eth0")
    check("a link that went down and up is the cause", any("the link of eth0 went" in cause for cause in causes), causes)
    unknown = tuner("apply", "--nic", "eth9", "--json")
    equal("an unknown NIC: usage", unknown.code, 64)
    check("with the nearest name", "did you mean eth" in unknown.doc["errors"][0]["hint"], unknown.told())

    # The check unit: drift does not make it fail.
    must("systemctl", "start", "ktls-tuner-check.service")
    said = must("journalctl", "--unit", "ktls-tuner-check.service", "--output", "cat").out
    check("the check unit succeeds and logs the drift", "eth1/rx-0" in said, said[-300:])

    equal("rolled back", tuner("rollback", "--force").code, 0)
    equal("and quiet again", tuner("check", "--if-active").out, "")
    check_documents()
    finish()


main()
