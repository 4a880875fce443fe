#!/usr/bin/python3
"""In the lab, with its NIC: channels, rings and coalescing. Settings that a change of channels resets are restored, and
rollback restores all of them exactly. Refusals of the driver or the kernel are shown with its message."""
import json
import os
import re

import pair
import tls_sockets
from lab import check, equal, finish, interrupts_of, must, named, note, read, run, same, tuner, write
from lab import profile as own_profile

PROFILE = own_profile("shape")
FLAP = ("--max-disruption", "link-flap")


def ethtool(option, nic):
    """The output of ethtool, which reads the kernel independently of the tool."""
    return must("ethtool", option, nic).out


def steering(nic):
    folder = f"/sys/class/net/{nic}/queues"
    return {f"{nic} {queue} {name}": read(f"{folder}/{queue}/{name}")
            for queue in sorted(os.listdir(folder)) for name in ("xps_cpus", "rps_cpus")
            if os.path.exists(f"{folder}/{queue}/{name}")}


def affinities_of(nic):
    """Keyed by the name of the interrupt, because numbers may change."""
    return {f"{nic} {action}": read(f"/proc/irq/{irq}/smp_affinity_list") for action, irq in interrupts_of(nic).items()}


def shape():
    state = {f"{nic} {option}": ethtool(option, nic) for nic in ("lab0", "eth3") for option in ("-l", "-g", "-c")
             if run("ethtool", option, nic).code == 0}
    for nic in ("lab0", "eth3"):
        state.update(steering(nic))
        state.update(affinities_of(nic))
    return state


def now(option, nic, name):
    """The value of the last line "Combined: 4": the maxima are printed first."""
    return re.findall(rf"^{name}:\s+(\S+)", ethtool(option, nic), re.M)[-1]


def check_plan():
    plan = tuner("plan", "-p", PROFILE, "--json")
    equal("without --max-disruption a flap is blocked: exit 4", plan.code, 4)
    blocked = {step["subject"]: step["because"] for step in plan.doc["steps"] if step["status"] == "blocked"}
    check("and the plan says what would allow it", "--max-disruption link-flap" in blocked.get("lab0/combined", ""),
          blocked)
    before = shape()
    equal("apply without --max-disruption ends 4", tuner("apply", "-p", PROFILE, "--json").code, 4)
    same("and writes nothing", before, shape())
    plan = tuner("plan", "-p", PROFILE, *FLAP, "--json").doc
    deferred = [step for step in plan["steps"] if step["status"] == "deferred"]
    equal("what depends on eth3's channels is deferred, two queues of each direction",
          sorted(step["subject"] for step in deferred if step["knob"] == "irq_affinity"),
          ["eth3/rx-0", "eth3/rx-1", "eth3/tx-0", "eth3/tx-1"])
    check("with what it depends on", all("after nic_channels eth3/combined 4 -> 2" in step["because"]
                                         for step in deferred), deferred)
    note(json.dumps(plan["summary"]))


def check_apply():
    applied = tuner("apply", "-p", PROFILE, *FLAP, "--json")
    equal("apply ends 0", applied.code, 0)
    equal("lab0 has a channel for each core of its node", now("-l", "lab0", "Combined"), "2")
    equal("1500 descriptors are 2048, as the driver rounds", now("-g", "lab0", "RX"), "2048")
    equal("and all there can be to send", now("-g", "lab0", "TX"), "4096")
    equal("moderation is fixed", now("-c", "lab0", "rx-usecs"), "32")
    equal("eth3 has two channels", now("-l", "eth3", "Combined"), "2")
    placed = {name: cpus for name, cpus in affinities_of("eth3").items() if "-input." in name or "-output." in name}
    for queue, cpu in ((0, "2"), (1, "3")):
        for kind in ("input", "output"):
            names = [name for name in placed if name.endswith(f"-{kind}.{queue}")]
            check(f"{kind} {queue} of eth3 is on CPU {cpu}", [placed[name] for name in names] == [cpu], placed)
    second = tuner("plan", "-p", PROFILE, "--json")
    equal("the second plan is empty, also without --max-disruption", [second.code, named(second.doc["steps"], "change", "deferred")],
          [0, []])
    check("a rounded size is no drift", ("nic_rings", "lab0/rx") in named(second.doc["steps"], "in_sync"), second.told())
    equal("check is silent", tuner("check").out, "")


def check_rollback(before):
    equal("rollback ends 0", tuner("rollback", "--json").code, 0)
    same("channels, rings, coalescing, affinities and steering are exactly as before", before, shape())


def check_drift():
    tuner("apply", "-p", PROFILE, *FLAP, "--json")
    must("ethtool", "-L", "eth3", "combined", "4")
    drift = tuner("check", "--json")
    equal("ethtool -L by hand is drift", drift.code, 2)
    check("and eth3 is named", ("nic_channels", "eth3/combined") in named(drift.doc["steps"], "change"), drift.told())
    equal("apply re-applies it", tuner("apply", "-p", PROFILE, *FLAP, "--json").code, 0)
    equal("and then it is in sync", tuner("check").code, 0)


def check_receivers():
    """Queues are not reopened while the NIC decrypts a connection."""
    near, far = tls_sockets.tls_connection()
    equal("a connection is decrypted by the NIC", pair.tls_stat()["TlsCurrRxDevice"], 1)
    refused = tuner("plan", "-p", PROFILE, *FLAP, "--json")
    because = {step["subject"]: step["because"] for step in refused.doc["steps"]}["lab0/combined"]
    equal("reopening queues under it is refused: exit 4", refused.code, 4)
    check("and the reason names it", "1 connections are being decrypted by a NIC" in because, because)
    equal("--force does it", tuner("apply", "-p", PROFILE, *FLAP, "--force", "--json").code, 0)
    equal("and the connection continues, every byte intact", tls_sockets.transfer(near, far, 1 << 20), "")
    near.close()
    far.close()


def profile(text):
    path = "/tmp/refused.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write("schema: ktls-tuner/profile/v1\nname: refused\nnics:\n  - select: { name: lab0 }\n    " + text + "\n")
    return path


def check_refusals():
    before = shape()
    absurd = tuner("apply", "-p", profile("rings: { rx: 100000 }"), *FLAP, "--json")
    equal("an absurd ring size ends 4", absurd.code, 4)
    check("with the limit", "accepts at most 4096" in absurd.doc["errors"][0]["message"], absurd.told())
    must("ethtool", "-X", "lab0", "weight", "0", "0", "0", "1")
    table = tuner("apply", "-p", profile("channels: { combined: 2 }"), *FLAP, "--json")
    equal("a hash table over more queues: apply fails", table.code, 1)
    told = json.dumps(table.doc["errors"])
    check("with the kernel's message", "indirection table" in told, told)
    check("and with the next step", "ethtool -X lab0 default" in told, told)
    must("ethtool", "-X", "lab0", "default")
    pair.set_parameter("rings_refuse", 22)
    rings = tuner("apply", "-p", profile("rings: { rx: 512 }"), *FLAP, "--json")
    check("the driver's message is shown", rings.code == 1 and "the rings cannot be changed now" in rings.out,
          rings.told())
    pair.set_parameter("rings_refuse", 0)
    invalid = tuner("apply", "-p", profile("channels: { combined: 0 }"), *FLAP, "--json")
    equal("no channel at all is an invalid profile", invalid.code, 78)
    same("none of these changed anything", before, shape())


def main():
    pair.load(tls_rx="on")
    pair.face_to_face()
    # Settings that a change of channels resets and that the profile does not mention.
    write("/sys/class/net/lab0/queues/tx-0/xps_cpus", "c")
    write("/sys/class/net/lab0/queues/tx-3/xps_cpus", "1")
    write("/sys/class/net/eth3/queues/tx-1/xps_cpus", "8")
    before = shape()
    check_plan()
    check_apply()
    equal("settings that are not in the profile are unchanged, if their queue still exists",
          [read("/sys/class/net/lab0/queues/tx-0/xps_cpus"), read("/sys/class/net/eth3/queues/tx-1/xps_cpus")],
          ["c", "8"])
    check_rollback(before)
    check_drift()
    check_rollback(before)
    check_receivers()
    check_rollback(before)
    check_refusals()


main()
finish()
