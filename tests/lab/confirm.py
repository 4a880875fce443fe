#!/usr/bin/python3
"""In the lab: after apply --confirm-within 5s without confirm, everything is restored and the journal is closed, also if the
shell and all its processes are killed, or apply itself. Without the option, the NIC that carries the login session is not
interrupted. Setting the clock changes no deadline."""
import os
import re
import signal
import subprocess
import time

import pair
from lab import (check, check_documents, equal, finish, must, processes, profile, read, run, same, settings, tuner,
                 wait_until)

PROFILE = profile("every-family")
NIC_PROFILE = profile("session-nic")
FLAP = ("--max-disruption", "link-flap")
WITHIN = ("--confirm-within", "5s")
SSH = f"SSH_CONNECTION={pair.FAR4} 50022 {pair.NEAR4} 22"


def guards():
    return [pid for pid, words in processes().items() if "ktls-tuner guard" in words]


def status():
    return tuner("status", "--json").doc


def over_ssh(*words):
    """Runs the tool with the SSH_CONNECTION of a login from the far end of the pair."""
    return run("env", SSH, "ktls-tuner", *words, "--json")


def check_all_is_back(before, because):
    check("the guard undoes the run and exits", wait_until(lambda: not guards(), 30), guards())
    same("everything is as before", before, settings())
    now = status()
    equal("the journal is closed: no original, no active profile, nothing pending",
          [now["originals"], now["active"], now["pending_confirm"]], [[], None, None])
    equal("the history records the guard and the reason", [now["last"][key] for key in ("verb", "end", "because")],
          ["guard", "rolled-back", because])


def check_unconfirmed(before):
    applied = tuner("apply", "-p", PROFILE, *WITHIN, "--json")
    equal("apply --confirm-within 5s ends 0", applied.code, 0)
    equal("and waits to be confirmed", applied.doc["pending_confirm"]["state"], "waiting")
    check("the machine is changed", settings() != before)
    check_all_is_back(before, "not confirmed within 5 s")
    too_late = tuner("confirm", "--json")
    check("confirm comes too late: 1, and says what happened",
          too_late.code == 1 and "not confirmed within 5 s" in too_late.doc["errors"][0]["message"], too_late.told())


def check_killed_shell(before):
    """SIGHUP, then SIGKILL to the shell and everything that it started, as when a connection breaks."""
    shell = subprocess.Popen(["sh", "-c", f"ktls-tuner apply -p {PROFILE} {' '.join(WITHIN)}; sleep 600"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True)
    told = b""
    while b"to keep this" not in told:
        told += os.read(shell.stdout.fileno(), 65536) or b"to keep this: not said"
    os.killpg(shell.pid, signal.SIGHUP)
    os.killpg(shell.pid, signal.SIGKILL)
    shell.wait()
    equal("the shell is dead and the guard is not", [shell.returncode != 0, bool(guards())], [True, True])
    check("the settings are still in effect", settings() != before)
    check_all_is_back(before, "not confirmed within 5 s")


def check_killed_apply(before):
    """Kills apply at one write. tests/cases/confirm.case and tests/engine/guard_test.cc (fake machine) do it at every write."""
    ran = run("strace", "-o", "/dev/null", "-e", "trace=write", "--inject=write:signal=KILL:when=40",
              "ktls-tuner", "apply", "-p", PROFILE, "--confirm-within", "10m")
    equal("apply is killed in the middle", ran.code, -9)
    check("with something written", settings() != before)
    check_all_is_back(before, "apply died before it finished")


def check_clock(before):
    equal("apply --confirm-within 1m ends 0", tuner("apply", "-p", PROFILE, "--confirm-within", "1m").code, 0)
    check("a second guard waits behind the first", wait_until(lambda: len(guards()) == 2, 20), guards())
    equal("and the OOM killer kills other processes before them", {read(f"/proc/{pid}/oom_score_adj") for pid in guards()}, {"-1000"})
    time.clock_settime(time.CLOCK_REALTIME, time.time() + 7200)
    time.sleep(2)
    pending = status()["pending_confirm"]
    check("two hours forward on the clock, and the confirmation window is unchanged",
          pending["state"] == "waiting" and 40 < pending["seconds_left"] < 60, pending)
    time.clock_settime(time.CLOCK_REALTIME, time.time() - 7200)
    equal("rollback ends 0", tuner("rollback").code, 0)
    check("and the guard with it", wait_until(lambda: not guards(), 10), guards())
    same("everything is as before", before, settings())


def ring():
    return re.findall(r"^RX:\s+(\d+)", must("ethtool", "-g", "lab0").out, re.M)[-1]


def check_session_nic():
    carrying = {nic["name"]: nic["session_evidence"] for nic in over_ssh("facts").doc["nics"] if nic["carries_session"]}
    equal("only lab0 carries the login session", list(carrying), ["lab0"])
    check("by this evidence", f"{pair.FAR4} to {pair.NEAR4}" in carrying.get("lab0", ""), carrying)
    before = ring()
    for words in (("plan",), ("plan", *FLAP), ("apply", *FLAP)):
        ran = over_ssh(*words, "-p", NIC_PROFILE)
        because = ran.doc["steps"][0]["because"]
        equal(f"{' '.join(words)} with a link flap: blocked, 4", [ran.code, ran.doc["steps"][0]["status"]],
              [4, "blocked"])
        check("and the reason names NIC, session and the way to do it",
              "lab0 carries this session" in because and "--confirm-within 60s" in because
              and ("--max-disruption" in because) == (FLAP[0] not in words), because)
    equal("nothing was written", ring(), before)
    hidden = run("env", SSH, "sh", "-c", f"env -i PATH=$PATH ktls-tuner plan {' '.join(FLAP)} -p {NIC_PROFILE} --json; exit $?")
    equal("nor if only the parent shell has SSH_CONNECTION, as with sudo", hidden.doc["steps"][0]["status"], "blocked")
    over, at = over_ssh("check", "-p", NIC_PROFILE), tuner("check", "-p", NIC_PROFILE, "--json")
    equal("check gives the same result over SSH and locally", [over.code, over.doc["steps"]], [at.code, at.doc["steps"]])


def check_session_nic_undone():
    before = ring()
    applied = over_ssh("apply", *FLAP, *WITHIN, "-p", NIC_PROFILE)
    equal("with --confirm-within 5s it is done", [applied.code, ring()], [0, "2048"])
    check("without confirm the guard undoes the run", wait_until(lambda: not guards(), 30), guards())
    equal("the ring is as before", ring(), before)
    check("and the link comes up again", wait_until(lambda: read("/sys/class/net/lab0/operstate") == "up", 10))
    applied = over_ssh("apply", *FLAP, "--confirm-within", "5m", "-p", NIC_PROFILE)
    kept = over_ssh("confirm")
    equal("confirmed, it stays", [applied.code, kept.code, ring()], [0, 0, "2048"])
    check("and its guard exits", wait_until(lambda: not guards(), 10), guards())
    rolled_back = over_ssh("rollback")
    equal("rollback is allowed over SSH and restores the ring", [rolled_back.code, ring()], [0, before])
    equal("without SSH the change is not blocked", tuner("apply", *FLAP, "-p", NIC_PROFILE).code, 0)
    equal("rollback ends 0", tuner("rollback").code, 0)


def main():
    before = settings()
    check_unconfirmed(before)
    check_killed_shell(before)
    check_killed_apply(before)
    check_clock(before)
    pair.load()
    pair.face_to_face()
    check_session_nic()
    check_session_nic_undone()
    check_documents()


main()
finish()
