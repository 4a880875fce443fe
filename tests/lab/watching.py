"""`watch` over known traffic through the lab's NIC: its rates are those of the kernel's counters, and what is no rate is said."""
import contextlib
import json
import os
import re
import select
import subprocess
import time

import pair
import tls_sockets as tls
from lab import check, equal, ethtool, must, note, run, wait_until

SIZE = 1 << 20
SESSIONS = 3


class Lines:
    """The documents of a running `watch --json`."""

    def __init__(self, process):
        self.process = process
        self.rest = b""
        self.output = select.poll()  # select() takes no descriptor above 1023
        self.output.register(process.stdout, select.POLLIN)

    def next(self, seconds=30):
        until = time.monotonic() + seconds
        while b"\n" not in self.rest:
            left = until - time.monotonic()
            if left <= 0 or not self.output.poll(left * 1000):
                raise AssertionError(f"watch printed no line in {seconds} s")
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            if not data:
                raise AssertionError("watch has ended")
            self.rest += data
        line, self.rest = self.rest.split(b"\n", 1)
        return json.loads(line)

    def until(self, holds, tries=15):
        """All documents up to the first that holds."""
        seen = []
        while len(seen) < tries:
            seen.append(self.next())
            if holds(seen[-1]):
                return seen
        raise AssertionError(f"not in {tries} lines of watch: {seen[-1]}")

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=20)
        return self.process.returncode


@contextlib.contextmanager
def watching(*words):
    with subprocess.Popen(("ktls-tuner", "watch", "--json", "--interval", "1s", *words), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE) as process:
        try:
            yield Lines(process)
        finally:
            process.kill()


def values(source):
    return {row["name"]: row["value"] for row in source["counters"]}


def moved(documents, source):
    """Sums of what moved over these documents, without those that did not."""
    sums = {}
    for document in documents:
        for row in source(document)["counters"]:
            if row["moved"]:
                sums[row["name"]] = sums.get(row["name"], 0) + row["moved"]
    return sums


def nic_of(document, name=pair.NEAR):
    return next(nic for nic in document["nics"] if nic["nic"] == name)


def tls_counters():
    """Those of the whole NIC: the driver has each queue's, too, and their sum is that of the NIC."""
    return {name: value for name, value in pair.counters(pair.NEAR).items() if "tls" in name and not re.match(r"[rt]x\d", name)}


def agrees():
    """What moved is exactly what the kernel and the driver counted, by their names and in each direction."""
    with watching() as lines:
        lines.next()
        kernel, nic = pair.tls_stat(), tls_counters()
        lines.until(lambda document: values(document["kernel"]) == kernel and values(nic_of(document)) == nic)
        ends = [tls.tls_connection() for _ in range(SESSIONS)]
        wrong = [tls.transfer(near, far, SIZE) for near, far in ends]
        check("the bytes arrive", not any(wrong), wrong)
        then_kernel, then_nic = pair.tls_stat(), tls_counters()
        seen = lines.until(lambda document: values(document["kernel"]) == then_kernel and
                           values(nic_of(document)) == then_nic)
        counts = {name: count for name, count in pair.moved(kernel, then_kernel).items() if "Curr" not in name}
        equal("watch counted as the kernel did", moved(seen, lambda document: document["kernel"]), counts)
        equal("and as the driver did", moved(seen, nic_of), pair.moved(nic, then_nic))
        last = seen[-1]
        equal("all sessions of this end are offloaded", [share["sessions"] for share in last["offloaded"]], [1.0, 1.0])
        check("a gauge has a value and no rate", {row["moved"] for row in last["kernel"]["counters"] if row["kind"] == "gauge"} ==
              {None}, last["kernel"])
        check("known counters are known", not [row["name"] for row in last["kernel"]["counters"] if row["kind"] == "unknown"],
              last["kernel"])
        note(f"{len(seen)} lines; {counts}; {pair.moved(nic, then_nic)}")
        for end in sum(ends, ()):
            end.close()
        equal("it ends with 0", lines.end(), 0)


def sockets_agree():
    """Bytes between two scans, of a connection whose bytes are known by socket diagnostics."""
    near, far = tls.tls_connection()
    wrong = tls.transfer(near, far, SIZE // 4)
    words = ("ktls-tuner", "watch", "--once", "--json", "--interval", "8s")
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        time.sleep(4)  # the first look is over, and the second not begun
        wrong += tls.transfer(near, far, SIZE)
        document = json.loads(process.communicate(timeout=60)[0])
    check("the bytes arrive", not wrong, wrong)
    paths = {(path["direction"], path["place"]): path for path in document["sessions"]["paths"]}
    for direction in ("tx", "rx"):
        path = paths.get((direction, "device"), {})
        # 1 MiB, with 29 bytes for each record.
        check(f"{direction}: the bytes of the transfer, and not those before", SIZE < (path.get("bytes") or 0) < SIZE * 1.02, path)
    busiest = document["sessions"]["busiest"]
    equal("it is the busiest socket", [(row["tx"], row["rx"], row["peer"].split(":")[0]) for row in busiest],
          [("device", "device", pair.FAR4)])
    equal("and counted by its process", [row["device_sessions"] for row in document["sessions"]["services"]], [1])
    equal("the share of bytes", [share["bytes"] for share in document["offloaded"]], [1.0, 1.0])
    note(f"{document['sessions']}")
    for end in (near, far):
        end.close()


def says_what_is_no_rate():
    """The NIC is gone, the module tls reloaded."""
    with watching() as lines:
        lines.until(lambda document: nic_of(document)["state"] == "read" and values(document["kernel"])["TlsTxDevice"] > 0)
        pair.unload()
        seen = lines.until(lambda document: nic_of(document)["state"] != "read")
        equal("the NIC is gone, which is said", (nic_of(seen[-1])["state"], nic_of(seen[-1])["counters"]), ("absent", []))
        check("the module is not in use", wait_until(lambda: run("modprobe", "-r", "tls").code == 0, 10))
        must("modprobe", "tls")
        seen = lines.until(lambda document: document["kernel"]["state"] == "read" and
                           values(document["kernel"])["TlsTxDevice"] == 0)
        row = next(row for row in seen[-1]["kernel"]["counters"] if row["name"] == "TlsTxDevice")
        check("a reloaded module is no rate of 0", row["state"] in ("first", "went_back") and row["moved"] is None, row)


def rates():
    pair.load()
    pair.face_to_face()
    must("ethtool", "-K", pair.NEAR, "tls-hw-tx-offload", "on", "tls-hw-rx-offload", "on")
    pair.wait_for_link()
    check("both directions are offloaded", ethtool.features(pair.NEAR)["tls-hw-rx-offload"].startswith("on"))
    agrees()
    sockets_agree()
    says_what_is_no_rate()
    must("modprobe", "-r", "tls")
