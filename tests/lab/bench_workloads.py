#!/usr/bin/python3
"""In the lab: the workloads of bench with small records, files, many connections, handshakes, slow readers and loss, each row with kernel TLS proved by
the kernel's counters: as many sessions as connections. 10,000 connections are held in bounded memory, if the limit of open files allows them; without
it their rows have the reason. A helper that is killed leaves what it measured. `short`: at most 1,000 connections."""
import re
import resource
import subprocess
import sys
import threading
import time

from lab import check, check_documents, equal, finish, must, note, read, run, tuner

SHORT = "short" in sys.argv[1:]
LONGEST = 3000


def bench(workload, duration="5s", words=()):
    ran = tuner("bench", "--workload", workload, "--duration", duration, *words, "--json", timeout=LONGEST)
    result = ran.doc
    equal(f"{workload}: ends", [ran.code, result["errors"], result["ending"] in ("complete", "out_of_time")], [0, [], True])
    equal(f"{workload}: its word, in a namespace of its own", [result["workload"]["name"], result["own_namespace"]], [workload, True])
    if result["host"]["emulated"]:
        equal(f"{workload}: nothing is concluded from an emulated CPU", [result["verdict"], result["crossovers"]], ["not_comparable", []])
    note(f"{workload}: {result['duration_ms']} ms, {result['rounds_done']} rounds")
    return result


def name_of(row):
    return " ".join(str(part) for part in (row["mode"], row["version"], row["point"]) if part is not None)


def check_path(workload, row, connections):
    """The kernel made one session for each of these connections, or none."""
    name = f"{workload}: {name_of(row)}"
    check(f"{name}: measured and compared", row["rounds"] > 0 and row["bytes"] > 0 and row["checked_bytes"] > 0, row)
    if row["mode"] in ("ktls", "ktls-sendfile"):
        equal(f"{name}: the kernel sent on each connection", [row["path"], row["counters"].get("TlsTxSw")], ["kernel", connections])
        equal(f"{name}: socket diagnostics agree", [row["ulp"]["version"], row["ulp"]["txconf"]], [row["version"], "sw"])
    elif row["mode"] == "tls":
        equal(f"{name}: in user space, and the kernel counted no session", [row["path"], row["counters"].get("TlsTxSw", 0)], ["userspace", 0])


def check_small_records():
    result = bench("small-records")
    equal("small-records: sizes and ways", [(row["point"], row["mode"]) for row in result["rows"]],
          [(size, mode) for size in (64, 256, 1024, 4096, 16384) for mode in ("plain", "tls", "ktls")])
    for row in result["rows"]:
        check_path("small-records", row, row["rounds"])
        figures = row["figures"]
        records = figures["operations"]["per_second"] * row["point"] * 8 / 1e9
        check(f"small-records: {name_of(row)}: records and bytes agree", 0.99 < records / figures["gbit_per_second"] < 1.01, figures)


def check_files():
    result = bench("files")
    equal("files: sizes and ways", [(row["point"], row["mode"]) for row in result["rows"]],
          [(size << 10, mode) for size in (4, 16, 64, 256, 1024) for mode in ("plain-sendfile", "tls", "ktls-sendfile")])
    for row in result["rows"]:
        check_path("files", row, row["rounds"])


def check_handshakes():
    result = bench("handshakes")
    equal("handshakes: rows", [(row["mode"], row["version"]) for row in result["rows"]],
          [("plain", None)] + [(mode, version) for version in ("TLSv1.2", "TLSv1.3") for mode in ("tls", "ktls")])
    for row in result["rows"]:
        check_path("handshakes", row, row["checked_bytes"] // 64)
        note(f"handshakes: {name_of(row)}: {row['figures']['operations']['per_second']:.0f} a second")


def check_slow_readers():
    result = bench("slow-readers")
    for row in result["rows"]:
        check_path("slow-readers", row, 32 * row["rounds"])
        check(f"slow-readers: {name_of(row)}: fairness from 1/n to 1", 1 / 32 <= row["figures"]["fairness"] <= 1.001, row["figures"])


def check_choice():
    """--mode, --tls-version and --cipher hold for these workloads too, and the kernel has that cipher."""
    for workload, mode in (("small-records", "ktls"), ("files", "ktls-sendfile"), ("handshakes", "ktls"), ("slow-readers", "ktls")):
        result = bench(workload, words=("--mode", mode, "--tls-version", "1.2", "--cipher", "AES-256-GCM"))
        asked = ("TLSv1.2", "AES-256-GCM")
        equal(f"{workload}: the chosen rows", {(row["mode"], row["version"], row["cipher"]) for row in result["rows"]},
              {(result["rows"][0]["mode"], None, None), ("tls", *asked), (mode, *asked)})
        for row in result["rows"]:
            if row["mode"] == mode:
                equal(f"{workload}: {name_of(row)}: the kernel has the chosen cipher",
                      [row["path"], row["ulp"]["version"], row["ulp"]["cipher"]], ["kernel", *asked])


class PeakMemory(threading.Thread):
    """The largest resident memory of the benchmark's helper, in MiB, while this runs."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.stop = 0, False

    def run(self):
        while not self.stop:
            for pid in run("pgrep", "-x", "ktls-tuner-benc").out.split():
                try:
                    peak = re.search(r"VmHWM:\s+(\d+)", read(f"/proc/{pid}/status"))
                except OSError:
                    continue
                self.peak = max(self.peak, int(peak.group(1)) >> 10 if peak else 0)
            time.sleep(1)


def check_connections():
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
    few = bench("connections")
    for row in few["rows"]:
        if row["point"] < 1000:
            check_path("connections", row, row["point"] * row["rounds"])
        else:
            equal(f"connections: {name_of(row)}: the limit of files is the reason, and what to do",
                  [row["rounds"], f"need {2 * row['point'] + 64} open files, and the limit is 1024: raise it" in row["because"]], [0, True])
    if SHORT:
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (65536, 65536))
    memory = PeakMemory()
    memory.start()
    many = bench("connections")
    memory.stop = True
    note(f"connections: the helper's memory was at most {memory.peak} MiB")
    check("connections: 10,000 are held in bounded memory", 0 < memory.peak < 600, memory.peak)
    for row in many["rows"]:
        check_path("connections", row, row["point"] * row["rounds"])
        figures = row["figures"]
        if row["point"] >= 1000:
            check(f"connections: {name_of(row)}: the kernel's and the own memory of a connection",
                  2000 < figures["memory"]["slab_bytes"] < 100_000 and figures["memory"]["user_bytes"] < 64 << 10, figures)
        note(f"connections: {name_of(row)}: {figures['memory']}")


def check_loss():
    refused = tuner("bench", "--workload", "loss", "--duration", "5s", "--json", timeout=LONGEST)
    equal("loss: without sch_netem each row has the reason, and nothing was loaded",
          [refused.code, ["modprobe sch_netem" in row["because"] for row in refused.doc["rows"]], run("modprobe", "-n", "sch_netem").code,
           "sch_netem" in read("/proc/modules")], [0, [True] * 3, 0, False])
    must("modprobe", "sch_netem")
    lossy = bench("loss", "40s")  # a lost packet is sent again after 0.2 s at the latest
    for row in lossy["rows"]:
        check_path("loss", row, 16 * row["rounds"])
        check(f"loss: {name_of(row)}: segments were sent again", row["counters"].get("TcpRetransSegs", 0) > 0, row["counters"])
    check("loss: not on the host's loopback", "netem" not in run("ip", "link", "show", "lo").out)


def check_killed():
    """The helper dies midway: what it measured is kept, with the reason, and exit code 1."""
    with subprocess.Popen(["ktls-tuner", "bench", "--workload", "slow-readers", "--duration", "10m", "--json"],
                          stdout=subprocess.PIPE, text=True) as running:
        time.sleep(30)
        must("pkill", "-KILL", "-P", str(running.pid))
        killed = running.communicate(timeout=60)[0]
    check("killed: exit code 1", running.returncode == 1, running.returncode)
    check("killed: the reason and the next step",
          '"ktls-tuner-bench ended with signal 9"' in killed and "dmesg shows whether" in killed, killed[:600])
    check("killed: rows are kept", '"ending": "failed"' in killed and '"path": "kernel"' in killed, killed[:600])


must("modprobe", "tls")
check_small_records()
check_files()
check_handshakes()
check_slow_readers()
check_choice()
check_loss()
check_connections()
check_killed()
check_documents()
finish()
