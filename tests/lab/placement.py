#!/usr/bin/python3
"""In the lab: interrupts, transmit and receive steering are where the placement says, read from the kernel: eth0 (four
queues, node 1), eth1 (one queue, node 0), eth2 (four queues, no node: never guessed). Packets leave through the
queue of the CPU that sends them. CPUs go offline, drivers are rebound, interfaces are renamed."""
import os
import re
import socket

from lab import (check, check_documents, equal, finish, interrupts_of, must, named, note, profile, read, same, settings,
                 tuner, wait_until, write)

PROFILE = profile("placement")
DRIVER = "/sys/bus/pci/drivers/vmxnet3"
TABLE = "/proc/sys/net/core/rps_sock_flow_entries"


# --- As the kernel has it -----------------------------------------------------------------------

def cpus_of(text):
    """{0, 1, 3} of "0-1,3"."""
    found = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def cpus_in(mask):
    bits = int(mask.replace(",", ""), 16)
    return {cpu for cpu in range(64) if bits >> cpu & 1}


def online():
    return cpus_of(read("/sys/devices/system/cpu/online"))


def near(nic):
    """The CPUs of the node that the device reports."""
    return cpus_of(read(f"/sys/devices/system/node/node{read(f'/sys/class/net/{nic}/device/numa_node')}/cpulist"))


def irq_of(action):
    return interrupts_of(action.split("-")[0])[action]


def irq_cpus(action):
    return cpus_of(read(f"/proc/irq/{irq_of(action)}/smp_affinity_list"))


def xps(nic, queue):
    return cpus_in(read(f"/sys/class/net/{nic}/queues/tx-{queue}/xps_cpus"))


def rps(nic, queue):
    return cpus_in(read(f"/sys/class/net/{nic}/queues/rx-{queue}/rps_cpus"))



# --- Checks -------------------------------------------------------------------------------------

def check_irqs(when, name="eth0"):
    places = [irq_cpus(f"{name}-rxtx-{queue}") for queue in range(4)]
    check(f"{when}: each of four interrupts is on one CPU of node 1", all(len(place) == 1 for place in places)
          and set().union(*places) == near(name), places)
    counts = [sum(cpu in place for place in places) for cpu in near(name)]
    check(f"{when}: no core has two queues more than another", max(counts) - min(counts) <= 1, counts)
    return [place.pop() for place in places]


def check_xps(when, places, name="eth0"):
    maps = [xps(name, queue) for queue in range(4)]
    check(f"{when}: each queue has the CPU of its interrupt in its map",
          all(cpu in cpus for cpu, cpus in zip(places, maps)), f"{places}, {maps}")
    equal(f"{when}: the maps cover every CPU", set().union(*maps), online())
    others = {cpu: sum(cpu in cpus for cpus in maps) for cpu in online() - set(places)}
    check(f"{when}: any other CPU sends to one queue", set(others.values()) <= {1}, maps)
    return maps


def check_receive():
    rx, tx = irq_cpus("eth1-rx-0"), irq_cpus("eth1-tx-0")
    check("eth1: both interrupts of its queue are on one CPU of node 0", rx == tx and len(rx) == 1 and rx < near("eth1"),
          f"{rx}, {tx}")
    equal("eth1: one queue for two cores, so both get its packets", rps("eth1", 0), near("eth1"))
    equal("and its flows go where their programs run",
          [read("/sys/class/net/eth1/queues/rx-0/rps_flow_cnt"), read(TABLE)], ["32768", "32768"])
    equal("eth0: four queues for two cores, so RPS is off", [rps("eth0", queue) for queue in range(4)], [set()] * 4)


def check_refusals(steps):
    """Checks that eth2 is unsupported, with the reason."""
    nowhere = [step for step in steps if step["subject"].startswith("eth2/")]
    equal("eth2: its interrupts and queues are all unsupported",
          sorted((step["knob"], step["status"]) for step in nowhere),
          sorted([("irq_affinity", "unsupported")] * 8 + [("xps", "unsupported")] * 4 + [("rps", "unsupported")] * 4))
    reasons = {step["because"] for step in nowhere}
    check("for one reason", len(reasons) == 1 and "eth2 reports no NUMA node (numa_node = -1); this machine has 2" in
          reasons.copy().pop(), reasons)
    before = settings()
    refused = tuner("apply", "-p", profile("placement-nowhere"), "--json")
    told = " ".join(error["message"] for error in refused.doc["errors"])
    check("demanded, it ends 4 with that reason", refused.code == 4 and "eth2 reports no NUMA node" in told,
          refused.told())
    same("and nothing was written", before, settings())


def check_one_queue():
    demanded = tuner("plan", "-p", profile("placement-required"), "--json")
    asked = [step["subject"] for step in demanded.doc["steps"] if step["knob"] == "xps" and not step["restores"]]
    equal("XPS demanded of a NIC with one queue is no failure", [demanded.code, asked], [2, []])
    check("but a note", "xps eth1: one transmit queue, nothing to choose from" in demanded.doc["notes"],
          demanded.doc["notes"])
    equal("the kernel answers as if there were no file", os.path.exists("/sys/class/net/eth1/queues/tx-0/xps_cpus"),
          True)
    try:
        seen = read("/sys/class/net/eth1/queues/tx-0/xps_cpus")
    except FileNotFoundError:
        seen = "ENOENT"
    equal("which is ENOENT", seen, "ENOENT")


def check_explained(places):
    text = tuner("plan", "-p", PROFILE, "--explain").out
    wanted = (f"IRQ {irq_of('eth0-rxtx-3')} (MSI 3, eth0-rxtx-3) to CPU {places[3]}: queue 3 on core ", "of node 1",
              "numa_node says node 1")
    check("plan --explain says which interrupt goes where, and why", all(part in text for part in wanted),
          [line for line in text.splitlines() if "rxtx-3" in line])


# --- Packets ------------------------------------------------------------------------------------

def sent_by_queue():
    """{0: 17, ...}: packets that vmxnet3 has counted for each transmit queue, of all kinds."""
    counts, queue = {}, None
    for line in must("ethtool", "-S", "eth0").out.splitlines():
        name, _, value = line.strip().rpartition(":")
        if name.strip() == "Tx Queue#":
            queue = int(value)
            counts[queue] = 0
        elif name.strip() == "Rx Queue#":
            queue = None
        elif queue is not None and re.fullmatch(r"(u|m|b)cast pkts tx", name.strip()):
            counts[queue] += int(value)
    return counts


def send_from(cpu, count):
    """Sends broadcasts of an experimental EtherType, each from a new socket, because a socket may keep its queue."""
    os.sched_setaffinity(0, {cpu})
    for _ in range(count):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
            raw.bind(("eth0", 0x88b5))
            raw.send(b"\xff" * 6 + b"\x52\x54\x00\x00\x00\x01" + b"\x88\xb5" + bytes(50))
    os.sched_setaffinity(0, online())


def check_packets(maps):
    for cpu in sorted(online()):
        before = sent_by_queue()
        send_from(cpu, 40)
        after = sent_by_queue()
        grown = {queue for queue in after if after[queue] - before[queue] >= 5}
        mine = {queue for queue, cpus in enumerate(maps) if cpu in cpus}
        check(f"what CPU {cpu} sends leaves through the queues that have it in their map", grown and grown <= mine,
              f"{before} -> {after}, maps {maps}")


# --- What happens to a machine -------------------------------------------------------------------

def check_other_map():
    """A map by receive queue (xps_rxqs) takes precedence over the map by CPU."""
    write("/sys/class/net/eth0/queues/tx-1/xps_rxqs", "2")
    seen = tuner("check", "-p", PROFILE, "--json")
    blocked = [step for step in seen.doc["steps"] if step["status"] == "blocked"]
    check("a map by receive queue blocks that queue alone, and is named",
          [step["subject"] for step in blocked] == ["eth0/tx-1"] and "xps_rxqs" in blocked[0]["because"]
          and "xps_rxqs" in blocked[0]["hint"], seen.told())
    write("/sys/class/net/eth0/queues/tx-1/xps_rxqs", "0")
    equal("without it all is in sync again", tuner("check", "-p", PROFILE).code, 0)


def check_offline():
    """The kernel moves interrupts away from the CPU. apply places them on the remaining core, and back when the CPU is online."""
    cpu = max(near("eth0"))
    write(f"/sys/devices/system/cpu/cpu{cpu}/online", "0")
    left = (near("eth0")).pop()
    steps = tuner("plan", "-p", PROFILE, "--json").doc["steps"]
    goals = {step["goal"]["value"] for step in steps if step["subject"].startswith("eth0/rxtx-")}
    equal(f"CPU {cpu} offline: every queue goes to the one that is left", goals, {str(left)})
    equal("apply ends 0", tuner("apply", "-p", PROFILE).code, 0)
    equal("and so it is", {cpu for queue in range(4) for cpu in irq_cpus(f"eth0-rxtx-{queue}")}, {left})
    check_xps(f"CPU {cpu} offline", [left] * 4)
    equal("the other NIC was left alone", irq_cpus("eth1-rx-0") < near("eth1"), True)
    write(f"/sys/devices/system/cpu/cpu{cpu}/online", "1")
    equal("online again: apply ends 0", tuner("apply", "-p", PROFILE).code, 0)
    return check_xps("online again", check_irqs("online again"))


def bind_anew():
    address = os.path.basename(os.readlink("/sys/class/net/eth0/device"))
    write(f"{DRIVER}/unbind", address)
    write(f"{DRIVER}/bind", address)
    wait_until(lambda: os.path.exists("/sys/class/net/eth0"), 10)
    must("ip", "link", "set", "eth0", "up")


def check_bound_anew():
    """After rebinding, all settings are lost, and the interrupts may have other numbers."""
    numbers = [irq_of(f"eth0-rxtx-{queue}") for queue in range(4)]
    bind_anew()
    note(f"interrupts {numbers}, after unbind and bind {[irq_of(f'eth0-rxtx-{queue}') for queue in range(4)]}")
    drifted = named(tuner("check", "-p", PROFILE, "--json").doc["steps"], "change")
    check("after unbind and bind it is eth0's settings that drifted, no other's",
          {name.split("/")[0] for _knob, name in drifted} == {"eth0"} and len(drifted) >= 8, drifted)
    mended = tuner("apply", "-p", PROFILE, "--json")
    equal("apply re-applies only these", [mended.code, named(mended.doc["steps"], "done")], [0, drifted])
    check_xps("bound anew", check_irqs("bound anew"))


def rename(old, new):
    must("ip", "link", "set", old, "down")
    must("ip", "link", "set", old, "name", new)
    must("ip", "link", "set", new, "up")


def check_renamed():
    """Keys name the device and the queue, not the interface."""
    def keys():
        return sorted(step["key"] for step in tuner("plan", "-p", PROFILE, "--json").doc["steps"])
    before = keys()
    rename("eth0", "lan0")
    equal("renamed: every key is as before", keys(), before)
    equal("and apply finds them", tuner("apply", "-p", PROFILE).code, 0)
    check_xps("renamed", check_irqs("renamed", "lan0"), "lan0")
    rename("lan0", "eth0")


def main():
    before = {**settings(), TABLE: read(TABLE)}
    first = tuner("apply", "-p", PROFILE, "--json")
    equal("apply ends 0", first.code, 0)
    places = check_irqs("applied")
    maps = check_xps("applied", places)
    check_receive()
    check_refusals(first.doc["steps"])
    check_one_queue()
    check_explained(places)
    check_packets(maps)
    placed = settings()
    second = tuner("apply", "-p", PROFILE, "--json")
    equal("a second apply ends 0 and writes nothing", [second.code, named(second.doc["steps"], "done")], [0, []])
    same("all is as the first one left it", placed, settings())
    check_other_map()
    check_offline()
    # virtio_net redistributes its queues when a CPU goes online or offline: eth3 may have its original affinity again,
    # which is not the one that apply wrote.
    undone = tuner("rollback")
    left = [line for line in undone.err.splitlines() if line.startswith("error:")]
    check("rollback leaves only settings that a driver changed itself", undone.code in (0, 2)
          and all(" eth3/" in line and "others changed it" in line for line in left), undone.told())
    same("and all is as before the first apply", before, {**settings(), TABLE: read(TABLE)})
    equal("apply again ends 0", tuner("apply", "-p", PROFILE).code, 0)
    check_bound_anew()
    check_renamed()
    check_documents()


main()
finish()
