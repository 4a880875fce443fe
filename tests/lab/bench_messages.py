#!/usr/bin/python3
"""In the lab: `bench --workload messages` shows the stages of messages that kernel TLS received. Their socket delivers no time stamps:
these are of the capture beside it, which agrees with the sockets that deliver some. The trace has the same rows."""
import json
import os
import re
import tempfile

from lab import check, check_documents, equal, finish, must, note, tuner

OWN = ["kernel_to_epoll", "epoll_to_recv", "decrypt", "parse", "callback"]
# Receive and decrypt are one call.
KERNEL = ["kernel_to_epoll", "parse", "callback"]


def check_row(row, receives_13):
    name = f"messages: {row['mode']} {row['version'] or ''}"
    if row["mode"] == "ktls-receive" and row["version"] == "TLSv1.3" and not receives_13:
        check(f"{name}: not measured, with the reason", row["messages"] is None and "OpenSSL" in row["because"], row)
        return
    messages = row["messages"]
    check(f"{name}: measured, and what arrived was compared", messages and messages["messages"] > 0
          and row["checked_bytes"] > messages["messages"] << 10, row)
    stages = {stage["stage"]: stage for stage in messages["stages"]}
    visible = [stage for stage in stages if stages[stage]["p50_us"] is not None]
    check(f"{name}: what is not visible has a reason", all(stages[stage]["because"] for stage in stages if stage not in visible), stages)
    equal(f"{name}: each message has its stamp", stages["kernel_to_epoll"]["count"], messages["messages"])
    if row["mode"] == "ktls-receive":
        equal(f"{name}: the kernel decrypted in each round", [row["path"], row["counters"].get("TlsRxSw")], ["kernel", row["rounds"]])
        equal(f"{name}: socket diagnostics agree", [row["ulp"]["version"], row["ulp"]["rxconf"]], [row["version"], "sw"])
        equal(f"{name}: its stages", visible, KERNEL)
        equal(f"{name}: receive and decrypt are one call", [stages["epoll_to_recv"]["because"], stages["decrypt"]["because"]],
              ["one call with decrypt", "one call with receive"])
        equal(f"{name}: the sum that it shares with user space is there", messages["sums"][0]["count"], messages["messages"])
        equal(f"{name}: its socket delivered no stamps", messages["compared"], 0)
        return
    equal(f"{name}: its stages", visible, [stage for stage in OWN if stage != "decrypt" or row["mode"] == "tls"])
    check(f"{name}: socket and capture agree on the stamps", messages["agreed"] == messages["compared"] > 0, messages)


def check_trace(file, rows):
    with open(file, encoding="utf-8") as trace:
        events = json.load(trace)["traceEvents"]
    names = {event["pid"]: event["args"]["name"] for event in events if event["name"] == "process_name"}
    equal("the trace has each row that was measured", len(names), len([row for row in rows if row["messages"]]))
    calls = {event["name"] for event in events if names[event["pid"]].startswith("ktls-receive TLSv1.2")}
    check("in the trace the kernel receives and decrypts in one call", "SSL_read: receive and decrypt" in calls, calls)


must("modprobe", "tls")
with tempfile.TemporaryDirectory() as folder:
    FILE = os.path.join(folder, "trace.json")
    ran = tuner("bench", "--workload", "messages", "--duration", "10s", "--trace", FILE, "--json", timeout=240)
    bench = ran.doc
    equal("bench ends", [ran.code, bench["errors"], bench["ending"] in ("complete", "out_of_time")], [0, [], True])
    equal("all rows", [row["mode"] for row in bench["rows"]], ["plain"] + 2 * ["tls", "ktls-receive"])
    library = tuple(int(part) for part in re.search(r"(\d+)\.(\d+)", bench["library"]).groups())
    for measured in bench["rows"]:
        check_row(measured, library >= (3, 2))
    check_trace(FILE, bench["rows"])
    if bench["host"]["emulated"]:
        equal("an emulated CPU makes ratios meaningless", [bench["not_comparable"][0]["reason"], bench["verdict"]],
              ["emulated_cpu", "not_comparable"])
    note(f"messages: {bench['duration_ms']} ms, {bench['rounds_done']} rounds; {bench['because']}")
    note(tuner("bench", "--workload", "messages", "--duration", "5s", timeout=240).out)
check_documents()
finish()
