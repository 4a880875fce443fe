#!/usr/bin/python3
"""In the lab: a second apply, and every plan and check, change no file, module or NIC. Checked with strace and by
comparing /proc/sys, cpufreq, interrupts, features, modules and /etc before and after."""
from lab import (STATE, check, equal, features, files_below, finish, modules, must, named, profile, same, sysctls,
                 touchable, tuner)
from trace import trace

PROFILE = profile("every-family")


def machine():
    found = {**touchable(), **sysctls("/proc/sys"), **files_below("/etc")}
    found["modules"] = " ".join(modules())
    return found


def own_state():
    return [path for folder in STATE for path in files_below(folder)]


def tool(*words):
    return trace("ktls-tuner", *words)


def check_first_apply():
    """The positive control: the trace shows the writes of the first apply."""
    before = features()
    first = tool("apply", "-p", PROFILE, "--json")
    equal("the first apply ends 0", first.ran.code, 0)
    written = first.written()
    check("control: strace sees a sysctl written", "/proc/sys/net/core/wmem_max" in written, written)
    check("control: an interrupt's affinity", any(path.startswith("/proc/irq/") for path in written), written)
    check("control: a governor", any(path.endswith("/scaling_governor") for path in written), written)
    check("control: the journal", "/run/ktls-tuner/journal" in written, written)
    check("control: the history", "/var/lib/ktls-tuner/history" in written, written)
    equal("control: a module that is loaded", len(first.module_calls()), 1)
    nics = {name.split("/")[0] for name, state in features().items() if state != before[name]}
    equal("control: one SET message for each NIC whose features changed", len(first.feature_messages()), len(nics))
    equal("which are three", sorted(nics), ["eth1", "eth2", "eth3"])
    own = tuple(f"{folder}/" for folder in STATE)
    strays = [path for path in written if not path.startswith(("/proc/", "/sys/", *own)) and path not in STATE]
    equal("even the first writes no other file", strays, [])


def check_quiet(what, *words):
    """Checks that the command writes nothing at all, not even the tool's own state."""
    traced = tool(*words)
    equal(f"{what} ends 0", traced.ran.code, 0)
    equal(f"{what} touches nothing", traced.touches(), [])
    equal(f"{what} opens no file to write, its own state included", traced.written(), [])


def main():
    must("modprobe", "netlink_diag")  # otherwise strace makes the kernel load it
    fresh, had = machine(), own_state()
    traced = tool("plan", "-p", PROFILE, "--json")
    equal("plan on the untouched machine ends 2", traced.ran.code, 2)
    check("and has much to change", len(named(traced.ran.doc["steps"], "change")) >= 8, traced.ran.doc["summary"])
    equal("plan touches nothing", traced.touches(), [])
    equal("plan opens no file to write, its own state included", traced.written(), [])
    traced = tool("check", "-p", "edge-server", "--json")
    equal("check on the untouched machine ends 2", traced.ran.code, 2)
    equal("check touches nothing", traced.touches() + traced.written(), [])
    same("plan and check left the untouched machine as it was", fresh, machine())
    equal("and made no state of their own", own_state(), had)

    check_first_apply()
    applied, journal = machine(), open("/run/ktls-tuner/journal", encoding="utf-8").read()
    again = tool("apply", "-p", PROFILE, "--json")
    equal("a second apply ends 0", again.ran.code, 0)
    equal("with nothing done", named(again.ran.doc["steps"], "change", "done", "failed"), [])
    equal("a second apply touches nothing but its own state", again.touches(), [])
    equal("and says nothing in the journal", open("/run/ktls-tuner/journal", encoding="utf-8").read(), journal)
    check_quiet("plan of the active profile", "plan", "--json")
    check_quiet("check of the active profile", "check", "--json")
    check_quiet("facts", "facts", "--json")
    check_quiet("status", "status", "--json")
    same("all of them left the machine as it was", applied, machine())
    equal("check is silent when all is well", [tuner("check").out, tuner("check").err], ["", ""])
    equal("rollback ends 0", tuner("rollback").code, 0)
    same("after rollback all is as before the first apply", fresh, machine())


main()
finish()
