#!/usr/bin/python3
"""In the lab: queue, NAPI instance and interrupt as the kernel lists them (netlink family netdev), read here a second time
without the tool. On 7.3 e1000e reports all three, virtio_net its queues without interrupts, vmxnet3 nothing but queues. On 6.1
there is no such list: names count, and asking starts no modprobe. NAPI in threads is said in the plan on both."""
import os
import socket
import struct

from lab import check, check_documents, equal, finish, interrupts_of, note, profile, read, run, tuner, write

PROFILE = profile("placement")
QUEUE_GET, NAPI_GET = 10, 11
LISTS = tuple(int(part) for part in os.uname().release.split(".")[:2]) >= (6, 8)


# --- The kernel's list, without the tool ----------------------------------------------------------

def attributes(data):
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("<HH", data)
        found[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


def messages(family, command, payload, flags):
    """The attributes of each answer."""
    found = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16) as link:
        body = struct.pack("<BBH", command, 1, 0) + payload
        link.send(struct.pack("<IHHII", 16 + len(body), family, 1 | flags, 1, 0) + body)
        while True:
            data = link.recv(65536)
            while data:
                size, kind = struct.unpack_from("<IH", data)
                if kind in (2, 3):
                    return found
                found.append(attributes(data[20:size]))
                data = data[(size + 3) & ~3:]
            if not flags:
                return found


def family_id():
    for one in messages(16, 3, b"", 0x300):
        if one[2].rstrip(b"\0") == b"netdev":
            return struct.unpack("<H", one[1])[0]
    return None


def number(attribute):
    return None if attribute is None else struct.unpack_from("<I", attribute)[0]


def listed(nic):
    """{("rx", 0): (napi, irq)}, {napi: pid}"""
    family, index = family_id(), int(read(f"/sys/class/net/{nic}/ifindex"))
    napis = messages(family, NAPI_GET, struct.pack("<HHI", 8, 1, index), 0x300)
    irqs = {number(one[2]): number(one.get(3)) for one in napis}
    queues = messages(family, QUEUE_GET, struct.pack("<HHI", 8, 2, index), 0x300)
    return ({(("rx", "tx")[number(one[3])], number(one[1])): (number(one.get(4)), irqs.get(number(one.get(4)))) for one in queues},
            {number(one[2]): number(one.get(4)) for one in napis})


# --- What the tool says ---------------------------------------------------------------------------

def facts():
    ran = tuner("facts", "--json")
    equal("facts end 0", ran.code, 0)
    return {nic["name"]: nic for nic in ran.doc["nics"]}, ran.doc["unread"]


def by_tool(nic):
    irqs = {one["id"]: one["irq"] for one in nic["kernel_queues"]["napis"]}
    return {(one["direction"], one["number"]): (one["napi"], irqs.get(one["napi"])) for one in nic["kernel_queues"]["queues"]}


def notes(verb):
    ran = tuner(verb, "-p", PROFILE, "--json")
    check(f"{verb} works", ran.code in (0, 2), ran.told())
    return " ".join(ran.doc["notes"])


def known_by(nic):
    return {irq["action"]: irq["known_by"] for irq in nic["irqs"] if irq["queue"] is not None}


def check_lists():
    nics, unread = facts()
    equal("nothing of queues is unread", [one for one in unread if one["part"] == "nic_queues"], [])
    for name in ("eth0", "eth1", "eth2", "eth3"):
        queues, _ = listed(name)
        check(f"{name} has queues", queues)
        equal(f"the tool lists the queues of {name} as the kernel does", by_tool(nics[name]), queues)
        equal(f"{name}: no contradiction", nics[name]["irq_doubts"], [])
    queues, _ = listed("eth1")
    irq = interrupts_of("eth1")["eth1-rx-0"]
    equal("e1000e: the kernel's interrupt of receive queue 0 is the one named so", queues["rx", 0][1], irq)
    equal("e1000e: name and kernel tell rx-0, the name tx-0", known_by(nics["eth1"]), {"eth1-rx-0": "both", "eth1-tx-0": "name"})
    check("virtio_net: queues have NAPI instances without interrupt", by_tool(nics["eth3"])["rx", 0][0] is not None
          and by_tool(nics["eth3"])["rx", 0][1] is None, by_tool(nics["eth3"]))
    equal("vmxnet3 and virtio_net: names count", {word for name in ("eth0", "eth3") for word in known_by(nics[name]).values()},
          {"name"})
    text = tuner("facts", "--explain").out
    check("nothing unusual is said of queues", "\nqueues " not in text, text[-600:])


def check_old_kernel():
    log, script = "/run/lab-modprobe.log", "/run/lab-modprobe"
    write(script, f"#!/bin/sh\necho \"$@\" >>{log}\nexec /sbin/modprobe \"$@\"\n")
    os.chmod(script, 0o755)
    before = read("/proc/sys/kernel/modprobe")
    write("/proc/sys/kernel/modprobe", script)
    nics, unread = facts()
    write("/proc/sys/kernel/modprobe", before)
    asked = read(log) if os.path.exists(log) else ""
    check("asking for the list starts no modprobe", "family" not in asked, asked)
    equal("no list is no failure", [one for one in unread if one["part"] == "nic_queues"], [])
    equal("no NIC has a list", {nic["kernel_queues"] is None for nic in nics.values()}, {True})
    equal("names count", {word for nic in nics.values() for word in known_by(nic).values()}, {"name"})


def check_threads():
    check("the plan says nothing of threads", "threads" not in notes("plan"))
    write("/sys/class/net/eth1/threaded", "1")
    nics, _ = facts()
    said = notes("plan")
    check("NAPI in threads is noted in the plan", "irq_affinity eth1: " in said and "an interrupt only wakes its thread" in said, said)
    check("and of no other NIC", "irq_affinity eth0: " not in said and "irq_affinity eth3: " not in said, said)
    text = tuner("facts").out
    check("and in facts", "queues    eth1: " in text, text[-600:])
    if LISTS:
        threads = {napi: pid for napi, pid in listed("eth1")[1].items() if pid}
        check("the kernel lists its thread", threads)
        for pid in threads.values():
            check("the plan names the thread", str(pid) in said, said)
            check("and it is eth1's", read(f"/proc/{pid}/comm").startswith("napi/eth1"), read(f"/proc/{pid}/comm"))
    else:
        equal("facts have it from sysfs", nics["eth1"]["napi_threads"], "on")
    # strace is the host's; without it the count of opens is checked by tests/host/facts/kernel_queues_test.cc alone.
    if os.path.exists("/usr/bin/strace"):
        run("strace", "-f", "-o", "/tmp/trace", "-e", "trace=openat,openat2", "ktls-tuner", "check", "-p", PROFILE)
        opened = [line for line in read("/tmp/trace").splitlines() if "threaded" in line]
        equal("a check opens no file for that note", opened, [])
    write("/sys/class/net/eth1/threaded", "0")
    check("switched off, it is no longer noted", "threads" not in notes("plan"))


note(f"kernel {os.uname().release} {'has' if LISTS else 'has no'} list of queues")
if LISTS:
    check_lists()
else:
    check_old_kernel()
check_threads()
check_documents()
finish()
