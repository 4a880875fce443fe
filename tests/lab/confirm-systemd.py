#!/usr/bin/python3
"""In the lab, on a fresh host with systemd: the guard of apply --confirm-within is a transient unit outside the scope in which
apply was started. So it survives when a login session ends and all its processes are killed."""
import os
import re
import subprocess

from lab import check, equal, finish, must, read, run, tuner, wait_until

PROFILE = "/tmp/one.yaml"
SETTING = "/proc/sys/net/core/somaxconn"
SCOPE = "like-a-session.scope"


def write_profile():
    with open(PROFILE, "w", encoding="utf-8") as file:
        file.write("schema: ktls-tuner/profile/v1\nname: one\nsysctl:\n  net.core.somaxconn: 8192\n")


def units():
    return re.findall(r"ktls-tuner-guard-\S+\.service", run("systemctl", "list-units", "--all", "--plain", "--no-legend").out)


def guard_pid():
    return tuner("status", "--json").doc["pending_confirm"]["guard_pid"]


def restarted(unit, first):
    """Whether the unit has its new main process, and that one is the guard. Before, the second process of the unit is the guard for as
    long as systemd lets it live."""
    main = int(must("systemctl", "show", "--property=MainPID", "--value", unit).out)
    return main not in (0, first) and guard_pid() == main


def apply_in_scope(within):
    """Runs apply in a scope with a shell that keeps running, like a login session."""
    command = f"ktls-tuner apply -p {PROFILE} --confirm-within {within}; sleep 600"
    shell = subprocess.Popen(["systemd-run", "--quiet", "--scope", f"--unit={SCOPE}", "sh", "-c", command],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    told = b""
    while b"to keep this" not in told:
        told += os.read(shell.stdout.fileno(), 65536) or b"to keep this: not said"
    return shell


def main():
    write_profile()
    before = read(SETTING)
    shell = apply_in_scope("50s")
    group = read(f"/proc/{guard_pid()}/cgroup")
    check("the guard is a unit of its own", re.search(r"/system\.slice/ktls-tuner-guard-[\dT-]+\.service$", group), group)
    equal("and the only one", len(units()), 1)
    told = run("systemd-analyze", "security", "--no-pager", units()[0]).out
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", told)
    check("and has no more rights than the boot unit", exposure and float(exposure[1]) <= 4.2, told)
    first, unit = guard_pid(), units()[0]
    must("systemctl", "kill", "--kill-who=main", "--signal=KILL", unit)
    check("a guard that is killed has a successor", wait_until(lambda: restarted(unit, first), 45), first)
    must("systemctl", "kill", "--signal=KILL", SCOPE)
    shell.wait()
    check("the login session has ended with all its processes",
          wait_until(lambda: run("systemctl", "is-active", SCOPE).code != 0, 10))
    equal("and the guard still runs", [read(SETTING), tuner("status", "--json").doc["pending_confirm"]["state"]], ["8192", "waiting"])
    check("it undoes the unconfirmed run", wait_until(lambda: read(SETTING) == before, 90), read(SETTING))
    check("its unit is removed", wait_until(lambda: not units(), 10), units())
    logged = run("journalctl", "--quiet", "-t", "ktls-tuner", "-o", "cat").out
    check("the system log says so", "was rolled back: not confirmed within 50 s" in logged, logged)

    shell = apply_in_scope("5m")
    equal("confirmed, it stays", [tuner("confirm").code, read(SETTING)], [0, "8192"])
    check("and its unit is removed", wait_until(lambda: not units(), 10), units())
    must("systemctl", "kill", "--signal=KILL", SCOPE)
    shell.wait()
    equal("rollback ends 0", [tuner("rollback").code, read(SETTING)], [0, before])

    shell = apply_in_scope("5m")
    unit = units()[0]
    must("systemctl", "stop", unit)
    equal("status reports a guard that was stopped by hand", tuner("status", "--json").doc["pending_confirm"]["state"], "unguarded")
    equal("rollback ends 0", [tuner("rollback").code, read(SETTING)], [0, before])
    must("systemctl", "kill", "--signal=KILL", SCOPE)
    shell.wait()


main()
finish()
