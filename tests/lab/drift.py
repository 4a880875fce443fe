#!/usr/bin/python3
"""In the lab: any single setting of any family is changed by hand. check then exits 2 and names only that setting, and
apply re-applies only that one. At the end rollback restores the state before the first apply, not before the last."""
import os
import shutil
import signal
import subprocess

from lab import (check, equal, everything, finish, governors, must, named, note, profile, queue_irq, read, same,
                 settings, tuner, write)

PROFILE = profile("every-setting")

# Other values to write; the remaining sysctls get their value minus one.
OTHER_VALUE = {"net.ipv4.tcp_wmem": "4096 16384 4194304", "net.ipv4.tcp_notsent_lowat": "4294967295",
               "net.ipv4.tcp_slow_start_after_idle": "1"}


def disturb_module(name):
    must("modprobe", "-r", name)


def disturb_sysctl(name):
    path = f"/proc/sys/{name.replace('.', '/')}"
    write(path, OTHER_VALUE.get(name) or str(int(read(path)) - 1))


def disturb_irq(name):
    write(f"/proc/irq/{queue_irq(name)}/smp_affinity_list", "0-3")


def disturb_xps(name):
    nic, queue = name.split("/")
    write(f"/sys/class/net/{nic}/queues/{queue}/xps_cpus", "0")


def disturb_rps(name):
    """Toggles the feature."""
    nic, _, queue = name.partition("/")
    if not queue:
        write(f"/proc/sys/{name.replace('.', '/')}", "0")
    elif queue.endswith("/flows"):
        write(f"/sys/class/net/{nic}/queues/{queue.removesuffix('/flows')}/rps_flow_cnt", "0")
    else:
        path = f"/sys/class/net/{nic}/queues/{queue}/rps_cpus"
        write(path, "f" if int(read(path), 16) == 0 else "0")


def disturb_governor(policy):
    write(f"/sys/devices/system/cpu/cpufreq/{policy}/scaling_governor", "schedutil")


def disturb_feature(name):
    nic, feature = name.split("/")
    must("ethtool", "-K", nic, feature, "on")


DISTURB = {"module": disturb_module, "sysctl": disturb_sysctl, "irq_affinity": disturb_irq,
           "xps": disturb_xps, "rps": disturb_rps, "cpu_governor": disturb_governor, "nic_features": disturb_feature}


def disturb(knob, name, before, ours):
    """Changes a setting. If apply has not written it before, its original is the value that this function writes."""
    was = {} if ours else settings()
    DISTURB[knob](name)
    if not ours:
        now = settings()
        before.update({path: value for path, value in now.items() if was[path] != value})


def check_one(knob, name):
    seen = tuner("check", "--json")
    equal(f"{knob} {name} drifted: check ends 2 and names only it",
          [seen.code, named(seen.doc["steps"], "change")], [2, [(knob, name)]])
    mended = tuner("apply", "--json")
    equal(f"{knob} {name}: apply re-applies only it", [mended.code, named(mended.doc["steps"], "done", "failed")],
          [0, [(knob, name)]])


def check_text():
    """The text output for cron's mail: one row with observed and desired value."""
    disturb_sysctl("net.core.rmem_max")
    seen = tuner("check")
    rows = [line for line in seen.out.splitlines() if line.startswith("change")]
    check("check as text shows one row", seen.code == 2 and len(rows) == 1 and "net.core.rmem_max" in rows[0]
          and "16777215" in rows[0] and ">= 16777216" in rows[0], seen.told())
    quiet = tuner("check", "--only", "irq_affinity", "--only", "module")
    equal("check --only other families ends 0", [quiet.code, quiet.out], [0, ""])
    equal("check --skip sysctl ends 0", tuner("check", "--skip", "sysctl").code, 0)
    better = str(64 << 20)
    write("/proc/sys/net/core/rmem_max", better)
    equal("more than at_least asks for is no drift", tuner("check").code, 0)
    write("/proc/sys/net/core/rmem_max", "16777216")


def check_irqbalance():
    """A process with the name and the PID file of irqbalance. The tool writes nothing for `require-off`, so this is
    not drift but a required setting that is blocked."""
    shutil.copy("/usr/bin/sleep", "/tmp/irqbalance")
    with subprocess.Popen(["/tmp/irqbalance", "600"]) as daemon:
        write("/run/irqbalance.pid", f"{daemon.pid}\n")
        seen = tuner("check", "--json")
        blocked = named(seen.doc["steps"], "change", "blocked")
        equal("irqbalance runs: check ends 4 and names it alone", [seen.code, blocked],
              [4, [("irqbalance", "irqbalance")]])
        told = " ".join(f"{error['message']} {error['hint']}" for error in seen.doc["errors"])
        check("with its pid and what to do", f"pid {daemon.pid}" in told and "systemctl disable" in told, told)
        owners = {step["owner"] for step in seen.doc["steps"] if step["knob"] == "irq_affinity"}
        equal("and as the other owner of every interrupt", owners, {f"irqbalance (pid {daemon.pid})"})
        refused = tuner("apply", "--json")
        equal("apply ends 4 with nothing done", [refused.code, named(refused.doc["steps"], "done")], [4, []])
        daemon.send_signal(signal.SIGTERM)
    os.remove("/run/irqbalance.pid")
    equal("irqbalance has gone: check ends 0", tuner("check").code, 0)


def main():
    before = everything()
    first = tuner("apply", "-p", PROFILE, "--json")
    equal("apply ends 0", first.code, 0)
    at_rest = tuner("check", "--json")
    equal("check after it ends 0", at_rest.code, 0)
    all_settings = named(at_rest.doc["steps"], "in_sync")
    changed = named(first.doc["steps"], "done")
    families = {knob for knob, _name in all_settings}
    equal("settings of all families are there", families, {*DISTURB, "irqbalance"})
    note(f"{len(all_settings)} settings, {len(changed)} of them written; drift of each, one at a time")
    for knob, name in all_settings:
        if knob in DISTURB:
            disturb(knob, name, before, (knob, name) in changed)
            check_one(knob, name)
    check_text()
    check_irqbalance()
    check("one governor for each of four CPUs", len(governors()) == 4, governors())
    equal("rollback ends 0", tuner("rollback", "--json").code, 0)
    same("all is as before it was first written", before, everything())


main()
finish()
