#!/usr/bin/python3
"""In the lab: rollback restores the exact state before the first apply. A change from edge-server to low-latency restores
the settings that only the first one sets. Single runs are undone in turn. Settings changed by others are left and reported.
A module in use stays loaded until it is free."""
import os
import signal
import socket

from killer import killed_at
from lab import (JOURNAL, check, check_documents, equal, everything, features, finish, journal_is_gone,
                 loaded, named, profile, read, same, settings, tuner, write)

# Settings of edge-server that low-latency does not set.
ONLY_EDGE = ("net.core.rmem_max", "net.core.wmem_max", "net.ipv4.tcp_wmem")
ULP_LIST = "/proc/sys/net/ipv4/tcp_available_ulp"


def path_of(sysctl):
    return f"/proc/sys/{sysctl.replace('.', '/')}"


def apply(name):
    ran = tuner("apply", "-p", name, "--json")
    equal(f"apply of {name} ends 0", ran.code, 0)
    return ran.doc


def active():
    status = tuner("status", "--json").doc["active"]
    return status and status["profile"]


def last_run():
    return tuner("status", "--json").doc["active"]["run"]


def rollback(*options, code=0):
    ran = tuner("rollback", "--json", *options)
    equal(f"{' '.join(['rollback', *options[:1]])} ends {code}", ran.code, code)
    return ran.doc


def check_change_of_profile(before):
    apply("edge-server")
    tuned = settings()
    plan = tuner("plan", "-p", "low-latency", "--json").doc
    restores = {step["subject"] for step in plan["steps"] if step["restores"]}
    equal("plan of the other profile shows what it would restore", restores, set(ONLY_EDGE))
    changed = apply("low-latency")
    equal("only the differences are written", {name for _knob, name in named(changed["steps"], "done")},
          {*ONLY_EDGE, "net.ipv4.tcp_notsent_lowat"})
    between = settings()
    for name in ONLY_EDGE:
        equal(f"{name}, which only edge-server set, is back", between[path_of(name)], before[path_of(name)])
    kept = {key: value for key, value in tuned.items()
            if key not in {path_of(name) for name in (*ONLY_EDGE, "net.ipv4.tcp_notsent_lowat")}}
    same("what both want stayed", kept, {key: between[key] for key in kept})
    equal("low-latency is active", active(), "low-latency")
    rollback()
    same("edge-server, low-latency, rollback: all is as before the first apply", before, settings())
    equal("and no profile is active", active(), None)
    check("the journal is gone", not os.path.exists(JOURNAL))


def check_single_runs(before):
    apply("edge-server")
    first, after_first = last_run(), settings()
    apply("low-latency")
    second, after_second = last_run(), settings()
    refused = rollback("--run", first, code=1)
    check("a run that another stands on is not undone, and the answer names that one",
          second in " ".join(error["message"] for error in refused["errors"]), refused["errors"])
    same("nothing was changed by that", after_second, settings())
    equal("rollback of an unknown run ends 64", tuner("rollback", "--run", "20200101T000000-1").code, 64)
    rollback("--run", second)
    same("the second run is undone, the first one stands", after_first, settings())
    equal("edge-server is active again", active(), "edge-server")
    equal("and in sync", tuner("check").code, 0)
    rollback("--run", first)
    same("with the first one undone all is as before", before, settings())
    equal("no profile is active", active(), None)
    rollback()


def check_features(before):
    """Without checksums the kernel drops segmentation; rollback must restore it too, although the tool did not write it."""
    at_first = features()
    apply(profile("every-setting"))
    changed = {name for name, state in features().items() if state != at_first[name]}
    asked = {"eth0/tx-tcp-segmentation", "eth0/tx-tcp6-segmentation", "eth1/rx-hashing", "eth2/tx-checksum-ip-generic"}
    check("the NICs' features changed, and one drew others along",
          asked <= changed and "eth2/tx-tcp-segmentation" in changed, sorted(changed))
    rollback()
    same("every feature of every NIC reads as before, and all else", before, settings())


def check_change_by_others(before):
    apply("edge-server")
    write(path_of("net.core.wmem_max"), "20000000")
    report = rollback(code=2)
    equal("a setting changed by others is left", [read(path_of("net.core.wmem_max")), named(report["steps"], "blocked")],
          ["20000000", [("sysctl", "net.core.wmem_max")]])
    told = " ".join(error["message"] for error in report["errors"])
    check("and reported with both values", "16777216" in told and "20000000" in told, told)
    after = settings()
    del after[path_of("net.core.wmem_max")]
    same("all the rest is as before", {key: before[key] for key in after}, after)
    rollback("--force")
    same("with --force it is restored too", before, settings())


def check_interrupted(before):
    """SIGINT, SIGTERM and SIGHUP: apply notices them between two writes and rolls back."""
    for write_number, number in ((6, signal.SIGINT), (20, signal.SIGTERM), (40, signal.SIGHUP)):
        code, writes = killed_at("write", write_number, "ktls-tuner", "apply", "-p", "edge-server", "--json", by=number)
        name = signal.Signals(number).name
        check(f"{name} at write {write_number} of an apply: it ends 1 by itself, after more writes than that",
              code == 1 and writes > write_number, f"code {code}, {writes} writes")
        same(f"{name}: the written settings are rolled back", before, settings())
        equal(f"{name}: no profile is active", active(), None)
        equal(f"{name}: the history records it", tuner("status", "--json").doc["last"]["end"], "rolled-back")
    rollback()
    check("nothing is left in the journal", journal_is_gone())


def tls_socket():
    """A TCP connection that keeps the tls module in use, like any kTLS connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    server, _peer = listener.accept()
    client.setsockopt(socket.SOL_TCP, 31, b"tls")
    return [client, server, listener]


def check_module_in_use(before):
    apply("edge-server")
    held = tls_socket()
    equal("control: the module is in use", read("/sys/module/tls/refcnt"), "1")
    report = rollback(code=1)
    equal("tls in use: that step alone failed", named(report["steps"], "failed"), [("module", "tls")])
    told = " ".join(f"{error['message']} {error['hint']}" for error in report["errors"])
    check("it says that the module is in use", "in use" in told, told)
    check("and it is still there", loaded("tls"))
    with_tls = {"tls": True, ULP_LIST: read(ULP_LIST)}
    same("everything else is restored already", {**before, **with_tls}, settings())
    originals = [entry["subject"] for entry in tuner("status", "--json").doc["originals"]]
    equal("status knows what is left to undo", originals, ["tls"])
    for one in held:
        one.close()
    rollback()
    same("with the connection closed, rollback comes to its end", before, settings())
    check("and the journal is gone", not os.path.exists(JOURNAL))


def check_nothing_to_do(before):
    report = rollback()
    equal("rollback where nothing was applied has no steps", report["steps"], [])
    same("and changes nothing", before, settings())


def check_history(before):
    history = tuner("status", "--history", "--json").doc["history"]
    verbs = {entry["verb"] for entry in history}
    equal("the history has the runs and the way back", verbs, {"apply", "rollback"})
    change = next(each for each in history[0]["changes"] if each["subject"] == "net.core.rmem_max")
    equal("with what was changed, from what to what", [history[0]["profile"], change["from"], change["to"]],
          ["edge-server", before[path_of("net.core.rmem_max")], "16777216"])
    equal("and by whom", history[0]["by"], "root")


def main():
    before, all_before = settings(), everything()
    check_change_of_profile(before)
    same("down to every file below /proc/sys/net", all_before, everything())
    check_single_runs(before)
    check_features(before)
    check_change_by_others(before)
    check_interrupted(before)
    check_module_in_use(before)
    check_nothing_to_do(before)
    same("every file below /proc/sys/net is as before all this", all_before, everything())
    check_history(before)
    check_documents()


main()
finish()
