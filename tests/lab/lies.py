#!/usr/bin/python3
"""In the lab: misleading states. A CPU that went offline, a module that another module holds, a sysctl.d file that is not the
cause, an interrupted run, a state folder that is full or read-only, a NIC that appears late, counters that vanish while `watch`
looks. The tool reports only what it has observed, and treats nothing that it did not observe as in sync.
"""
import contextlib
import os

import pair
import watching
from lab import (STATE, check, check_documents, difference, equal, ethtool, finish, loaded, must, named, note, profile,
                 queue_irq, read, same, settings, tuner, write)

AS_IT_WAS = "all is as it was before the first apply"
RMEM = "/proc/sys/net/core/rmem_max"
WMEM = "/proc/sys/net/core/wmem_max"


def causes(document):
    return {(step["knob"], step["subject"]): step["cause"] or "" for step in document["steps"] if step["status"] == "change"}


def told(ran):
    return " ".join(f"{error['message']} {error['hint']}" for error in ran.doc["errors"])


def in_sync(what, name):
    equal(f"{what}: apply ends 0, then check ends 0", [tuner("apply", "-p", name).code, tuner("check").code], [0, 0])


# --- CPUs ---------------------------------------------------------------------------------------

def cpu_offline():
    before = settings()
    in_sync("placement", profile("placement"))
    cpu = "/sys/devices/system/cpu/cpu3/online"
    write(cpu, "0")
    seen = tuner("check", "--json")
    moved = causes(seen.doc)
    check("CPU 3 offline: check ends 2 and names interrupts that were there", seen.code == 2 and
          {("irq_affinity", "eth0/rxtx-1"), ("irq_affinity", "eth0/rxtx-3")} <= set(moved), moved)
    equal("CPU 3 offline: that is the one cause of all", set(moved.values()),
          {"CPUs went offline or came online (0-3 then, 0-2 now)"})
    planned = tuner("plan", "-p", profile("placement"), "--json")
    equal("CPU 3 offline: plan says the same", [planned.code, causes(planned.doc)], [2, moved])
    write(cpu, "1")
    back = tuner("check", "--json")
    interrupts = [step for step in back.doc["steps"] if step["knob"] == "irq_affinity" and step["observed"] is not None]
    wrong = [(step["subject"], step["observed"]) for step in interrupts
             if step["observed"] != read(f"/proc/irq/{queue_irq(step['subject'])}/smp_affinity_list")
             or (step["status"] == "in_sync") != (step["observed"] == step["goal"]["value"])]
    check("CPU 3 back online: check says what the kernel has kept, of each interrupt", not wrong and interrupts, wrong)
    left = [step for step in interrupts if step["status"] == "change"]
    # The kernel leaves them on the other CPUs, which shows that the CPU was offline, or restores their affinity from before
    # the apply. Then only the time of CPU 3 in /proc/stat would show it, after a longer absence than this one.
    traced = [step for step in left if step["observed"] == "0-2"]
    # virtio_net redistributes all its interrupts when a CPU goes online or offline.
    of_vmxnet3 = {step["subject"] for step in left if step["subject"].startswith("eth0/")}
    equal("CPU 3 back online: interrupts that were on it alone are elsewhere",
          [back.code, of_vmxnet3], [2, {"eth0/rxtx-1", "eth0/rxtx-3"}])
    check("CPU 3 back online: on all others they show that it was away",
          all(step["cause_code"] == "cpu_hotplug" and step["cause"].startswith("CPU 3 was offline and is back")
              for step in traced), traced)
    check("CPU 3 back online: no other cause is named",
          all(step["cause_code"] in ("cpu_hotplug", "unknown") for step in left), left)
    others = [step for step in back.doc["steps"] if step["status"] == "change" and step not in left]
    check("CPU 3 back online: the cause of all other differences is unknown",
          all(step["cause_code"] == "unknown" and step["cause"].startswith("unknown: ") for step in others), others)
    in_sync("CPU 3 back online", profile("placement"))
    equal("rollback ends 0", tuner("rollback").code, 0)
    same("all is as before", before, settings())


# --- Modules ------------------------------------------------------------------------------------

def held_module():
    """bonding depends on tls in every kernel that has both."""
    before = settings()
    in_sync("edge-server", "edge-server")
    must("modprobe", "bonding")
    equal("control: bonding holds tls", os.listdir("/sys/module/tls/holders"), ["bonding"])
    equal("tls held by bonding: check ends 0", tuner("check").code, 0)
    undone = tuner("rollback", "--json")
    equal("tls held by bonding: rollback ends 1, that step alone failed", [undone.code, named(undone.doc["steps"], "failed")],
          [1, [("module", "tls")]])
    check("tls held by bonding: the holder is named", "in use by module bonding and stays loaded" in told(undone), told(undone))
    again = tuner("rollback")
    check("tls held by bonding: not all is as it was", again.code == 1 and AS_IT_WAS not in again.out, again.told())
    status = tuner("status", "--json").doc
    equal("tls held by bonding: status keeps its original, and no profile is active",
          [status["active"], [entry["subject"] for entry in status["originals"]]], [None, ["tls"]])
    must("modprobe", "-r", "bonding")
    must("modprobe", "tls")
    done = tuner("rollback")
    check("without bonding rollback succeeds", done.code == 0 and AS_IT_WAS in done.out and not loaded("tls"), done.told())
    same("all is as before", before, settings())


# --- Owners -------------------------------------------------------------------------------------

def innocent_owner():
    before = settings()
    owner = "/etc/sysctl.d/90-other.conf"
    in_sync("edge-server", "edge-server")
    write(owner, "# by the administrator\nnet.core.rmem_max = 300000\n")
    equal("a file with another value, and no drift: check ends 0", tuner("check").code, 0)
    write(RMEM, "250000")
    seen = tuner("check", "--json")
    cause = causes(seen.doc).get(("sysctl", "net.core.rmem_max"), "")
    check("a file that names another value than is there is no cause", seen.code == 2 and len(causes(seen.doc)) == 1 and
          cause.startswith("unknown: "), cause)
    check("but it is named as owner, with its value", f"also set by sysctl.d ({owner}:2), but to 300000" in cause,
          cause)
    must("sysctl", "-q", "-p", owner)
    equal("once its value is there, it is the cause", causes(tuner("check", "--json").doc),
          {("sysctl", "net.core.rmem_max"): f"also set by sysctl.d ({owner}:2)"})
    undone = tuner("rollback")
    check("rollback leaves what is not ours, and says so", undone.code == 2 and "16777216" in undone.err and "300000" in undone.err
          and AS_IT_WAS not in undone.out, undone.told())
    os.remove(owner)
    equal("rollback --force ends 0", tuner("rollback", "--force").code, 0)
    same("all is as before", before, settings())


# --- Half a run ---------------------------------------------------------------------------------

def partial_apply():
    before = settings()
    name, refused = profile("refused-in-the-middle"), ("sysctl", "net.ipv4.tcp_min_snd_mss")
    ran = tuner("apply", "-p", name, "--on-failure", "keep", "--json")
    equal("one is refused, --on-failure keep: apply ends 1, names it, and has set the others",
          [ran.code, named(ran.doc["steps"], "failed"), len(named(ran.doc["steps"], "done"))], [1, [refused], 4])
    check("with the kernel's answer", "Invalid argument" in told(ran), told(ran))
    seen = tuner("check", "-p", name, "--json")
    equal("check ends 2 and names that one alone", [seen.code, named(seen.doc["steps"], "change")], [2, [refused]])
    check("with the run that failed", causes(seen.doc)[refused].startswith("the apply of ") and
          causes(seen.doc)[refused].endswith(" failed before this was set"), causes(seen.doc))
    status = tuner("status", "--json").doc
    equal("status: no profile is active, the last run failed, and four have an original",
          [status["active"], status["last"]["end"], sorted(entry["subject"] for entry in status["originals"])],
          [None, "failed", sorted(subject for _knob, subject in named(ran.doc["steps"], "done"))])
    text = tuner("status").out
    check("status as text says that the run failed, and that part of it stands", "last run: refused-in-the-middle" in text
          and "failed: it is partly applied" in text, text)
    other = tuner("check", "-p", "edge-server", "--json")
    equal("what another profile wants did not fail with it", [other.code, set(causes(other.doc).values())], [2, {""}])
    undone = tuner("rollback")
    check("rollback ends 0", undone.code == 0 and AS_IT_WAS in undone.out, undone.told())
    same("all is as before", before, settings())
    ran = tuner("apply", "-p", name, "--json")
    equal("without keep: apply ends 1", ran.code, 1)
    same("and has rolled everything back", before, settings())
    seen = tuner("check", "-p", name, "--json")
    equal("check names all five", [seen.code, len(named(seen.doc["steps"], "change"))], [2, 5])


# --- Disks --------------------------------------------------------------------------------------

@contextlib.contextmanager
def small(folder, *options):
    """Mounts a file system of 64 KiB on `folder`."""
    os.makedirs(folder, exist_ok=True)
    must("mount", "-t", "tmpfs", "-o", ",".join(("size=64k", "mode=755", *options)), "tmpfs", folder)
    yield
    must("umount", folder)


def fill(folder, pages):
    """Fills the file system except for this number of pages."""
    with open(f"{folder}/ballast", "wb") as file:
        file.write(bytes(os.statvfs(folder).f_bavail * 4096 - pages * 4096))


def check_no_false_word(what, before):
    """Checks after an apply on such a disk that rollback restores everything or reports what it could not do."""
    now = settings()
    undone = tuner("rollback")
    same(f"{what}: rollback restores the state before, if anything was written", before, settings())
    check(f"{what}: and it ends 0, or says what it could not write", (undone.code == 0) == ("error: " not in undone.err),
          undone.told())
    check(f"{what}: it reports that nothing was applied only if that is true", "nothing was applied" not in undone.out or now == before,
          f"{undone.told()} {difference(before, now)}")


def read_only():
    before = settings()
    with small(STATE[0]):
        must("mount", "-o", "remount,ro", STATE[0])
        for verb in (("apply", "-p", "edge-server"), ("rollback",)):
            ran = tuner(*verb, "--json")
            check(f"{STATE[0]} read-only: {verb[0]} fails with that reason, not with a missing right", ran.code not in (0, 2)
                  and "mounted read-only" in told(ran) and "CAP_" not in told(ran), ran.told())
            same(f"{STATE[0]} read-only: {verb[0]} wrote nothing", before, settings())
        equal(f"{STATE[0]} read-only: check still looks", tuner("check", "-p", "edge-server").code, 2)
    with small(STATE[1]):
        must("mount", "-o", "remount,ro", STATE[1])
        ran = tuner("apply", "-p", "edge-server")
        check(f"{STATE[1]} read-only: apply says that the history was not written", "history of edge-server was not written" in
              ran.err and "Read-only" in ran.err, ran.told())
        equal(f"{STATE[1]} read-only: check is in sync", tuner("check").code, 0)
        check_no_false_word(f"{STATE[1]} read-only", before)
    done = tuner("rollback")
    check("with both writable rollback ends 0", done.code == 0, done.told())


def full():
    before = settings()
    for pages in (0, 4, 6, 8, 12):
        what = f"{STATE[0]} full but for {pages} pages"
        with small(STATE[0]):
            fill(STATE[0], pages)
            ran = tuner("apply", "-p", "edge-server", "--json")
            note(f"{what}: apply ends {ran.code}, {len(named(ran.doc['steps'], 'done'))} settings were written")
            if ran.code == 0:
                equal(f"{what}: apply ends 0, and check is in sync", tuner("check").code, 0)
            else:
                check(f"{what}: apply says that there is no space", "No space left" in told(ran), told(ran))
                same(f"{what}: the written settings are rolled back", before, settings())
            check_no_false_word(what, before)
            os.remove(f"{STATE[0]}/ballast")
            done = tuner("rollback")
            check(f"{what}: with room again rollback ends 0", done.code == 0, done.told())
            same(f"{what}: all is as before", before, settings())
    with small(STATE[1]):
        fill(STATE[1], 0)
        ran = tuner("apply", "-p", "edge-server")
        check(f"{STATE[1]} full: apply says that the history was not written", "history of edge-server was not written" in
              ran.err and "No space" in ran.err, ran.told())
        check_no_false_word(f"{STATE[1]} full", before)
    equal("with room in both rollback ends 0", tuner("rollback").code, 0)


# --- A NIC that appears late --------------------------------------------------------------------

def offload():
    return ethtool.features(pair.NEAR)["tls-hw-rx-offload"].split(",")[0]


def late_nic():
    before = settings()
    name, missing = profile("late-nic"), [("nic_features", "name lab0/tls-hw-rx-offload")]
    for verb in ("plan", "check", "apply"):
        ran = tuner(verb, "-p", name, "--json")
        equal(f"no lab0: {verb} ends 4, it has no subject, and nothing is done",
              [ran.code, named(ran.doc["steps"], "no_subject"), named(ran.doc["steps"], "done")], [4, missing, []])
        check(f"no lab0: {verb} says which NICs are there", "no NIC here matches name lab0; this machine has eth0" in told(ran), told(ran))
    same("no lab0: nothing was written", before, settings())

    pair.load(tls_rx="off")
    ran = tuner("apply", "-p", name, "--max-disruption", "link-flap")
    equal("lab0 is there: apply ends 0, the feature is on", [ran.code, offload(), tuner("check").code], [0, "on", 0])
    pair.unload()
    for words in (("apply", "--if-active"), ("check", "--repair")):
        what = " ".join(words)
        write(WMEM, "212992")
        seen = tuner("check", "--json")
        equal(f"lab0 gone: before {what} check ends 4 and also reports the drift of the sysctl",
              [seen.code, named(seen.doc["steps"], "no_subject"), named(seen.doc["steps"], "change")],
              [4, missing, [("sysctl", "net.core.wmem_max")]])
        ran = tuner(*words, "--json")
        equal(f"lab0 gone: {what} sets the sysctl and ends 4", [ran.code, read(WMEM)], [4, "300000"])
        equal(f"lab0 gone: {what} reports it once", told(ran).count("has no subject here"), 1)
    pair.load(tls_rx="off")
    seen = tuner("check", "--json")
    equal("lab0 is back, switched off: check ends 2 and names only it", [seen.code, named(seen.doc["steps"], "change")],
          [2, [("nic_features", "lab0/tls-hw-rx-offload")]])
    equal("check --repair sets it", [tuner("check", "--repair").code, offload(), tuner("check").code], [0, "on", 0])
    pair.unload()
    undone = tuner("rollback", "--json")
    equal("lab0 gone: rollback ends 1, it has no subject, and status keeps its original",
          [undone.code, named(undone.doc["steps"], "no_subject"), [entry["subject"] for entry in tuner("status", "--json").doc["originals"]]],
          [1, [("nic_features", "lab0/tls-hw-rx-offload")], ["lab0/tls-hw-rx-offload"]])
    pair.load(tls_rx="on")
    done = tuner("rollback")
    check("lab0 is back: rollback restores it", done.code == 0 and AS_IT_WAS in done.out and offload() == "off", done.told())
    pair.unload()
    must("modprobe", "-r", "tls")
    same("all is as before", before, settings())


def main():
    for scene in (cpu_offline, held_module, innocent_owner, partial_apply, read_only, full, late_nic, watching.rates):
        begun = os.times().elapsed
        scene()
        note(f"{scene.__name__}: {os.times().elapsed - begun:.1f} s")
    check_documents()


main()
finish()
