#!/usr/bin/python3
"""In the lab: a user who is not root can read everything and change nothing; the error names the missing capability.
Two runs at once: the second fails with that reason, or waits."""
import fcntl
import os
import subprocess
import threading
import time

from lab import (LOCK, NOBODY, STATE, check, check_documents, equal, files_below, finish, loaded, named, profile,
                 read, run, same, settings, tuner, wait_until)

LOOKING = (("facts",), ("profile", "list"), ("profile", "show", "edge-server"), ("profile", "recommend"), ("knobs",),
           ("status",), ("status", "--history"))
WRITING = ("apply", "tune", "rollback")
PROFILE = profile("every-family")


def nobody(*words):
    return tuner(*words, user=NOBODY)


def without(capability, *words):
    """Runs the tool as root, with all capabilities except one."""
    ran = run("setpriv", f"--bounding-set=-{capability}", "--inh-caps=-all", "ktls-tuner", *words)
    return ran


def own_state():
    return {path: stat for folder in STATE for path, stat in files_below(folder).items()}


def comparable(steps):
    return [(step["knob"], step["subject"], step["observed"], step["status"], step["goal"]) for step in steps]


def check_looking(when):
    for words in LOOKING:
        ran = nobody(*words, "--json")
        equal(f"{' '.join(words)} as nobody, {when}, ends 0", ran.code, 0)
        others = [error for error in ran.doc["errors"] if error["code"] != "not-permitted" or "environ" not in error["message"]]
        equal(f"{' '.join(words)} as nobody, {when}, lacks only the right to see other users' sessions", others, [])
    for verb in ("plan", "check"):
        mine, roots = nobody(verb, "-p", "edge-server", "--json"), tuner(verb, "-p", "edge-server", "--json")
        equal(f"{verb} as nobody, {when}: the code that root gets", mine.code, roots.code)
        equal(f"{verb} as nobody, {when}: exactly the steps that root gets", comparable(mine.doc["steps"]),
              comparable(roots.doc["steps"]))


def check_journal():
    """All users may read the journal. If they may not (a strict umask), the tool reports that and guesses nothing."""
    mine, roots = nobody("check", "--json"), tuner("check", "--json")
    equal("check as nobody knows which profile is active", [mine.code, mine.doc["profile"]],
          [0, roots.doc["profile"]])
    equal("status as nobody: the same as root's", nobody("status", "--json").doc["active"],
          tuner("status", "--json").doc["active"])
    os.chmod(STATE[0], 0o700)
    for words in (("check", "-v"), ("plan", "-v"), ("status",)):
        ran = nobody(*words)
        check(f"{words[0]} as nobody says when the journal is not readable",
              ran.code in (0, 2) and "only root can read the journal" in ran.out, ran.told())
    equal("status as nobody: not known is not none", nobody("status", "--json").doc["originals"], None)
    check("apply as nobody: the error names the missing capability",
          "CAP_DAC_OVERRIDE" in nobody("apply", "-p", "low-latency").err)
    os.chmod(STATE[0], 0o755)


def check_facts():
    """Reading features and permanent addresses of NICs needs no capability. If that changes, the tool must report it."""
    mine, roots = nobody("facts", "--json").doc, tuner("facts", "--json").doc
    for part in ("nics", "numa", "cpus"):
        equal(f"facts as nobody: the same {part} as root sees", mine[part], roots[part])


def check_probe():
    ran = nobody("probe", "-p", "edge-server", "--json")
    equal("probe as nobody, tls loaded, ends 0", ran.code, 0)
    cell = ran.doc["cells"][0]
    equal("and sees the kernel path, in a namespace of its own",
          [cell["tx"], cell["rx"], cell["result"], ran.doc["own_namespace"]], ["kernel", "kernel", "pass", True])


def check_writing_refused(when):
    before, state = settings(), own_state()
    for verb in WRITING:
        words = () if verb == "rollback" else ("-p", "low-latency")
        ran = nobody(verb, *words)
        check(f"{verb} as nobody, {when}, ends 77 and names a capability", ran.code == 77 and "CAP_" in ran.err,
              ran.told())
        check(f"{verb} --json as nobody, {when}, also ends 77", nobody(verb, *words, "--json").doc["exit_code"] == 77)
    same(f"nothing was written, {when}", before, settings())
    equal(f"not even in the tool's own folders, {when}", own_state(), state)


def check_single_capabilities():
    before, state = settings(), own_state()
    for capability, name in (("sys_module", "CAP_SYS_MODULE"), ("net_admin", "CAP_NET_ADMIN"),
                             ("dac_override", "CAP_DAC_OVERRIDE")):
        ran = without(capability, "apply", "-p", PROFILE)
        others = {"CAP_SYS_MODULE", "CAP_NET_ADMIN", "CAP_DAC_OVERRIDE"} - {name}
        check(f"root without {name}: apply ends 77 and names that one",
              ran.code == 77 and name in ran.err and not any(other in ran.err for other in others), ran.told())
    same("nothing was written", before, settings())
    equal("not even in the tool's own folders", own_state(), state)
    ran = without("net_admin", "apply", "-p", "edge-server", "--skip", "xps", "--json")
    equal("root without CAP_NET_ADMIN may apply what does not need it", ran.code, 0)
    equal("rollback ends 0", tuner("rollback").code, 0)
    same("and all is as before", before, settings())


def check_untuned_probe():
    ran = nobody("probe", "-p", "edge-server", "--json")
    check("probe as nobody, tls not loaded, ends 3 or 4", ran.code in (3, 4), ran.told())
    check("and says that it is not loaded", "not loaded" in ran.doc["cells"][0]["because"],
          ran.doc["cells"][0]["because"])
    check("and has not made the kernel load it", not loaded("tls"))


def check_held_lock():
    """This process holds the lock, so only the second run is tested."""
    before = settings()
    with open(LOCK, "r+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for verb in WRITING:
            words = () if verb == "rollback" else ("-p", "low-latency")
            ran = tuner(verb, *words, "--json")
            equal(f"{verb} while another run holds the lock ends 75", ran.code, 75)
            check(f"{verb}: the answer names the lock and --wait", LOCK in ran.out and "--wait" in ran.out, ran.out)
        same("nothing was written", before, settings())
        equal("looking needs no lock", [tuner("check").code, tuner("status").code], [0, 0])
        begun = time.monotonic()
        ran = tuner("apply", "-p", "low-latency", "--wait", "--timeout", "2", "--json")
        took = time.monotonic() - begun
        check("--wait --timeout 2 ends 75 after 2 s", ran.code == 75 and 2 <= took < 10, f"{ran}, {took:.1f} s")
        let_go = threading.Timer(2, lambda: fcntl.flock(lock, fcntl.LOCK_UN))
        let_go.start()
        ran = tuner("apply", "-p", "low-latency", "--wait", "--timeout", "60", "--json")
        let_go.join()
    equal("--wait waits until the lock is free, and succeeds", [ran.code, ran.doc["profile"]["name"]],
          [0, "low-latency"])
    equal("rollback --wait ends 0", tuner("rollback", "--wait").code, 0)


def check_two_runs():
    """Two runs of the tool. strace delays the first when it loads the module."""
    before = settings()
    slow = ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=finit_module", "-e",
            "inject=finit_module:delay_enter=5s", "ktls-tuner", "apply", "-p", "edge-server"]
    with subprocess.Popen(slow, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as first:
        wait_until(lambda: os.path.exists("/run/ktls-tuner/journal"), 20)
        second = tuner("apply", "-p", "low-latency")
        pid = read(LOCK)
        check("a second apply ends 75 and names the first one's pid", second.code == 75 and f"pid {pid}" in second.err,
              second.told())
        waiting = tuner("apply", "-p", "edge-server", "--wait", "--timeout", "60", "--json")
        equal("the first apply ends 0", first.wait(60), 0)
    equal("one that waited finds nothing left to do", [waiting.code, named(waiting.doc["steps"], "change", "done")],
          [0, []])
    equal("rollback ends 0", tuner("rollback").code, 0)
    same("and all is as before", before, settings())


def main():
    before = settings()
    check_looking("untuned")
    check_untuned_probe()
    check_writing_refused("untuned")
    check_single_capabilities()
    check_two_runs()
    equal("apply as root ends 0", tuner("apply", "-p", "edge-server").code, 0)
    check_looking("tuned")
    check_facts()
    check_probe()
    check_journal()
    check_writing_refused("tuned")
    check_held_lock()
    same("in the end all is as before", before, settings())
    check_documents()


main()
finish()
