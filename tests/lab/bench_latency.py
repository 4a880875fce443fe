#!/usr/bin/python3
"""In the lab: `bench --workload latency` measures requests and responses with kernel TLS, each connection proved by counters and socket
diagnostics; on an emulated CPU nothing is concluded from the times. The curves are files that a plotter reads."""
import os
import tempfile

from lab import check, check_documents, equal, finish, must, note, tuner

CONNECTIONS = 4


def check_row(row):
    name = f"latency: {row['mode']} {row['version'] or ''}"
    check(f"{name}: measured, and responses were compared", row["rounds"] > 0 and row["latency"] and row["checked_bytes"] > 0, row)
    for step in row["latency"]:
        equal(f"{name}: each request that was not dropped has its latency", step["curve"][-1]["count"], step["requests"] - step["dropped"])
    connections = CONNECTIONS * sum(step["rounds"] for step in row["latency"])
    if row["mode"] == "ktls":
        equal(f"{name}: the kernel sent the responses of each connection", [row["path"], row["counters"].get("TlsTxSw")], ["kernel", connections])
        equal(f"{name}: socket diagnostics agree", [row["ulp"]["version"], row["ulp"]["txconf"]], [row["version"], "sw"])
    elif row["mode"] == "tls":
        equal(f"{name}: in user space, and the kernel counted nothing", [row["path"], row["counters"]], ["userspace", {}])


must("modprobe", "tls")
with tempfile.TemporaryDirectory() as folder:
    ran = tuner("bench", "--workload", "latency", "--duration", "28s", "--hgrm", folder, "--json", timeout=240)
    bench = ran.doc
    equal("bench ends", [ran.code, bench["errors"], bench["ending"] in ("complete", "out_of_time")], [0, [], True])
    equal("all rows", [row["mode"] for row in bench["rows"]], ["plain"] + 2 * ["tls", "ktls"])
    for measured in bench["rows"]:
        check_row(measured)
    equal("a curve for each row and load", len(os.listdir(folder)), sum(len(row["latency"]) for row in bench["rows"]))
    if bench["host"]["emulated"]:
        equal("an emulated CPU makes ratios meaningless", [bench["not_comparable"][0]["reason"], bench["verdict"]],
              ["emulated_cpu", "not_comparable"])
    note(f"latency: {bench['duration_ms']} ms, {bench['rounds_done']} rounds; {bench['because']}")
check_documents()
finish()
