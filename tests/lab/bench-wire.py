#!/usr/bin/python3
"""In the lab: `bench` between two hosts, with a NIC that offloads TLS. The rows that the NIC did are labelled device, by four sources of
evidence; where the driver refuses, the same rows are labelled kernel, with the reason. Both ends have the result."""
import contextlib
import os
import signal
import subprocess

import pair
from lab import Ran, check, check_documents, equal, finish, must, note, processes, read, tuner, wait_until

TOKEN = "ktls_0123456789abcdef0123456789abcdef3669"
PLACE = f"{pair.FAR4}:4434"
ERRORS = "/run/bench-listener.err"
ASKS = ("ktls", "ktls-sendfile")


@contextlib.contextmanager
def listener():
    """Runs the receiving end at the far end of the wire; the block starts when it listens."""
    words = ("ip", "netns", "exec", pair.PEER, "ktls-tuner", "bench", "--json", "--timeout", "100", "--listen", PLACE)
    with open(ERRORS, "w+", encoding="utf-8") as errors, \
            subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
                             env={**os.environ, "KTLS_TUNER_TOKEN": TOKEN}) as process:
        if not wait_until(lambda: "listening on" in read(ERRORS) or process.poll() is not None, 60):
            process.kill()
        yield process


def bench(duration="8s"):
    """The documents of both ends, the sending one first."""
    with listener() as process:
        os.environ["KTLS_TUNER_TOKEN"] = TOKEN
        ours = tuner("bench", "--duration", duration, "--json", "--connect", PLACE, timeout=200)
        out, _ = process.communicate(timeout=120)
    theirs = Ran(("bench", "--listen"), process.returncode, out, read(ERRORS))
    equal("both ends end 0, without an error", [ours.code, ours.doc["errors"], theirs.code, theirs.doc["errors"]], [0, [], 0, []])
    return ours.doc, theirs.doc


def rows_of(document, version):
    return {row["mode"]: row for row in document["rows"] if row["version"] == version}


def check_measured(what, document):
    for row in document["rows"]:
        check(f"{what}: {row['mode']} {row['version'] or ''} was measured, and what arrived was compared",
              row["rounds"] > 0 and row["bytes"] > 0 and row["checked_bytes"] == row["rounds"] << 20, row)


def check_device(what, row):
    """Kernel counters, socket diagnostics and the NIC's own statistics."""
    rounds = row["rounds"]
    equal(f"{what}: the NIC did it in each round", [row["path"], row["ulp"]["txconf"]], ["device", "hw"])
    equal(f"{what}: the kernel counted a connection of each round in the device",
          [row["counters"].get("TlsTxDevice"), row["counters"].get("TlsTxSw", 0)], [rounds, 0])
    check(f"{what}: the driver encrypted at least what arrived", row["driver_counters"].get("tx_tls_encrypted_bytes", 0)
          >= row["bytes"] + row["checked_bytes"], row["driver_counters"])


def near(nic, cpu):
    """Whether the CPU is on the NIC's node."""
    node = read(f"/sys/class/net/{nic}/device/numa_node")
    return os.path.exists(f"/sys/devices/system/node/node{node}/cpu{cpu}")


def offloaded():
    ours, theirs = bench()
    equal("each document says which end it is of", [ours["endpoint"]["mode"], ours["endpoint"]["interface"], ours["endpoint"]["nics"],
                                                    theirs["endpoint"]["mode"], theirs["endpoint"]["interface"]],
          ["connect", pair.NEAR, [pair.NEAR], "listen", pair.NEAR])
    for document, name in ((ours, "sender"), (theirs, "receiver")):
        check_measured(name, document)
        for mode in ASKS:
            check_device(f"{mode} TLSv1.2 as the {name} reports", rows_of(document, "TLSv1.2")[mode])
            equal(f"{mode} TLSv1.3 as the {name} reports: no NIC does it", rows_of(document, "TLSv1.3")[mode]["path"], "kernel")
        equal(f"{name}: tls stays in user space", [rows_of(document, version)["tls"]["path"] for version in ("TLSv1.2", "TLSv1.3")],
              ["userspace"] * 2)
    for mode in ASKS:
        because = rows_of(ours, "TLSv1.3")[mode]["because"]
        check(f"{mode} TLSv1.3: the sender says why the NIC did not", "offloads only TLS 1.2" in because, because)
        equal(f"{mode} TLSv1.2: nothing to explain", rows_of(ours, "TLSv1.2")[mode]["because"], "")
    reasons = [one["reason"] for one in ours["not_comparable"]]
    check("it is the network that limits, and not loopback", "network" in reasons and "loopback" not in reasons, reasons)
    equal("the ends are on the nodes of their NICs", [near(pair.NEAR, ours["sender"]["cpu"]), ours["sender"]["cpu"] == theirs["sender"]["cpu"],
                                                      "two_nodes" in reasons], [True, True, False])
    check("CPU time of both ends", all(row["figures"]["cpu_seconds_per_gb"]["receiver"] > 0 for row in ours["rows"]),
          [row["figures"]["cpu_seconds_per_gb"] for row in ours["rows"]])
    note(f"device: {ours['duration_ms']} ms, {ours['rounds_done']} rounds; {ours['because']}")


def refused():
    """tls_dev_add fails: the feature stays on, and the kernel does the work."""
    pair.set_parameter("tls_add_errno", 28)
    ours, theirs = bench("5s")
    pair.set_parameter("tls_add_errno", 0)
    for mode in ASKS:
        row = rows_of(ours, "TLSv1.2")[mode]
        equal(f"the driver refuses, {mode}: labelled kernel", [row["path"], row["ulp"]["txconf"], row["counters"].get("TlsTxSw"),
                                                                row["counters"].get("TlsTxDevice", 0)], ["kernel", "sw", row["rounds"], 0])
        check(f"the driver refuses, {mode}: the reason is the driver", "labnic refused the connection for sending (tls_dev_add)"
              in row["because"], row["because"])
        equal(f"the driver refuses, {mode}: the receiver reports the same path", rows_of(theirs, "TLSv1.2")[mode]["path"], "kernel")


def switched_off():
    """The feature is off: the kernel does the work, as it was told, and nothing is called a fallback."""
    must("ethtool", "-K", pair.NEAR, "tls-hw-tx-offload", "off")
    ours, _ = bench("5s")
    must("ethtool", "-K", pair.NEAR, "tls-hw-tx-offload", "on")
    equal("the feature is off: kernel, without a reason", [(rows_of(ours, "TLSv1.2")[mode]["path"], rows_of(ours, "TLSv1.2")[mode]["because"])
                                                           for mode in ASKS], [("kernel", "")] * 2)


def bytes_are_packets():
    """A NIC whose counters prove nothing makes no row device."""
    pair.set_parameter("tls_bytes_are_packets", 1)
    ours, _ = bench("5s")
    pair.set_parameter("tls_bytes_are_packets", 0)
    for mode in ASKS:
        row = rows_of(ours, "TLSv1.2")[mode]
        equal(f"counters that lie, {mode}: unknown", row["path"], "unknown")
        check(f"counters that lie, {mode}: it says why", "so its counters prove nothing" in row["because"], row["because"])


def at_work():
    return pair.tls_stat().get("TlsCurrTxDevice", 0) > 0


def cut_off():
    """The receiver is killed in the middle: what was measured is kept."""
    with listener() as process:
        os.environ["KTLS_TUNER_TOKEN"] = TOKEN
        with subprocess.Popen(("ktls-tuner", "bench", "--duration", "60s", "--json", "--connect", PLACE), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as sender:
            check("the receiver is killed in the middle of a transfer", wait_until(at_work, 60))
            process.send_signal(signal.SIGKILL)
            out, _ = sender.communicate(timeout=60)
    ran = Ran(("bench", "--connect"), sender.returncode, out, "")
    equal("the sender ends 1, and keeps what was measured", [ran.code, ran.doc["ending"], ran.doc["rows"][0]["rounds"] > 0], [1, "failed", True])
    error, = ran.doc["errors"]
    check("with the reason and the next step", "other end" in error["message"] and "start both ends again" in error["hint"], error)
    left = [words for words in processes().values() if "ktls-tuner" in words]
    check("no process is left", wait_until(lambda: not [words for words in processes().values() if "ktls-tuner" in words], 5), left)


def main():
    pair.load(tls_rx="off")
    pair.face_to_face()
    for scene in (offloaded, refused, switched_off, bytes_are_packets, cut_off):
        before = os.times().elapsed
        scene()
        note(f"{scene.__name__}: {os.times().elapsed - before:.1f} s")
    check("no connection is left in the NIC", wait_until(lambda: pair.tls_stat().get("TlsCurrTxDevice") == 0, 20), pair.tls_stat())
    check_documents()


main()
finish()
