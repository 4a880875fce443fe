#!/usr/bin/python3
"""In the lab: apply is killed before its n-th write, for every n, and before every module call and netlink message
that sets something. After each kill, rollback restores the state before, and the plan is the same as at the start.
    kill-at-every-write.py [PROFILE]            apply, killed at every 47th write: a setting has five writes, so all kinds occur
    kill-at-every-write.py every [PROFILE]      apply, killed at every write
    kill-at-every-write.py rollback [PROFILE]   rollback, killed at every write, then run again"""
import os
import re
import sys
from collections import Counter

from lab import (JOURNAL, check, difference, equal, finish, journal_is_gone, named, note, profile, read, settings,
                 tuner)
from killer import killed_at
from trace import strace

DEFAULT = "every-family"
MAY_REOPEN = ("--max-disruption", "channel-reopen")
FEATURES_SET, CHANNELS_SET = '"\\x0c', '"\\x12'


def plan_of(path):
    return tuner("plan", "-p", path, *MAY_REOPEN, "--json").doc["steps"]


def journal_lines():
    return len(read(JOURNAL).splitlines()) if os.path.exists(JOURNAL) else 0


class Cuts:
    """The results of all kills of one kind; reports them in one line each, so that a failure is not hidden among 64 lines."""

    def __init__(self, start, steps, path):
        self.start, self.steps, self.path = start, steps, path
        self.wrong = []
        self.different = 0  # how often rollback had something to restore: otherwise nothing was tested
        self.journal_lines = {}

    def judge(self, call, number, words):
        """Kills the command at this call, rolls back, and compares the machine with the start."""
        where = f"{call} {number}"
        code, _seen = killed_at(call, number, *words)
        if code != -9:
            self.wrong.append(f"{where}: was not killed but ended {code}")
        self.journal_lines[number] = journal_lines()
        rollback = tuner("rollback", "--json")
        self.different += bool(named(rollback.doc["steps"], "done"))
        if rollback.code != 0:
            self.wrong.append(f"{where}: rollback: {rollback.told()}")
        if left := difference(self.start, settings()):
            self.wrong.append(f"{where}: after rollback: {left}")
        if not journal_is_gone():
            self.wrong.append(f"{where}: the journal is still there")

    def judge_plan(self, where):
        now = plan_of(self.path)
        if now != self.steps:
            self.wrong.append(f"{where}: another plan: {named(now, 'change')}")

    def report(self, what, count):
        check(f"{what}: killed at each of {count}, and rollback restored the start", not self.wrong,
              "; ".join(self.wrong[:5]))
        check(f"{what}: the machine was half changed most times", self.different >= count // 2, self.different)


def calls_that_set(path):
    """The calls of an apply that set something without writing to a file: [("sendmsg", 22), ...], numbered from 1."""
    _ran, lines = strace("sendmsg,finit_module,init_module", "ktls-tuner", "apply", "-p", path, *MAY_REOPEN, "--json")
    seen, found = Counter(), []
    for call, rest in re.findall(r"^\d+ +(\w+)\((.*)", "\n".join(lines), re.M):
        seen[call] += 1
        sets = "nlmsg_type=ethtool" in rest and (FEATURES_SET in rest or CHANNELS_SET in rest)
        if call != "sendmsg" or sets:
            found.append((call, seen[call]))
    return found


def undo(cuts):
    equal("rollback of the run that was only counted ends 0", tuner("rollback").code, 0)
    equal("and restores the start", difference(cuts.start, settings()), "")


def cut_apply(path, start, steps, stride):
    words = ("ktls-tuner", "apply", "-p", path, *MAY_REOPEN, "--json")
    code, writes = killed_at("write", 0, *words)
    cuts = Cuts(start, steps, path)
    equal("an apply that is only watched ends 0", code, 0)
    check("its writes were counted: five for each setting at least", writes > 5 * len(named(steps, "change")), writes)
    undo(cuts)
    numbers = sorted({2, 3, 4, *range(1, writes + 1, stride)})
    for number in numbers:
        cuts.judge("write", number, words)
        if number % 8 == 0:
            cuts.judge_plan(f"write {number}")
    cuts.judge_plan("at the end")
    cuts.report("every write" if stride == 1 else "every 47th write", len(numbers))
    # Write 1 is the approved copy, write 2 the first line of the journal, write 3 the head. A write at which apply is killed
    # must not have happened.
    equal("control: the write at which it is killed does not happen", [cuts.journal_lines[n] for n in (2, 3, 4)],
          [0, 1, 1])

    sets = calls_that_set(path)
    undo(cuts)
    nics = {(knob, name.split("/")[0]) for knob, name in named(steps, "change") if knob.startswith("nic_")}
    # libkmod unpacks a compressed module itself and uses init_module instead of finit_module.
    equal("beside files, a module is loaded and each NIC gets one message a family",
          sorted(call.replace("finit", "init") for call, _number in sets), ["init_module"] + ["sendmsg"] * len(nics))
    others = Cuts(start, steps, path)
    for call, number in sets:
        others.judge(call, number, words)
    others.judge_plan("after messages and module calls")
    check("every netlink message that sets, and the module call: rollback restored the start", not others.wrong,
          "; ".join(others.wrong))


def cut_rollback(path, start, steps):
    words = ("ktls-tuner", "rollback", "--json")
    tuner("apply", "-p", path, *MAY_REOPEN)
    code, writes = killed_at("write", 0, *words)
    equal("a rollback that is only watched ends 0", code, 0)
    check("its writes were counted: one for each setting at least", writes > len(named(steps, "change")), writes)
    cuts = Cuts(start, steps, path)
    for number in range(1, writes + 1):
        tuner("apply", "-p", path, *MAY_REOPEN)
        cuts.judge("write", number, words)
    cuts.judge_plan("at the end")
    cuts.report("every write of the rollback", writes)
    tuner("apply", "-p", path, *MAY_REOPEN)
    others = Cuts(start, steps, path)
    others.judge("delete_module", 1, words)
    check("the module call of the rollback as well", not others.wrong, "; ".join(others.wrong))


def main():
    words = sys.argv[1:]
    of_rollback, every = words[:1] == ["rollback"], words[:1] == ["every"]
    name = (words[1:] if of_rollback or every else words) or [DEFAULT]
    path = name[0] if "edge" in name[0] else profile(name[0])
    start, steps = settings(), plan_of(path)
    note(f"{len(named(steps, 'change'))} settings to write")
    if of_rollback:
        cut_rollback(path, start, steps)
    else:
        cut_apply(path, start, steps, 1 if every else 47)


main()
finish()
