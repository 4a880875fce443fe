#!/usr/bin/python3
"""In the lab: the probe across the wire, with a NIC that offloads TLS. With offload at both ends, four sources of evidence
agree; in each case in which software does the work, the report gives the reason."""
import contextlib
import os
import pathlib
import signal
import subprocess

import pair
import tls_sockets
from lab import (NOBODY, Ran, check, check_documents, equal, finish, must, network_namespaces, note, processes, profile,
                 read, run, tuner, wait_until)

TOKEN = "ktls_0123456789abcdef0123456789abcdef3669"
PORT = 4433
FAR = {4: pair.FAR4, 6: f"[{pair.FAR6}]"}
CALL = {}  # address to connect to, if it differs from FAR
ERRORS = "/run/wire-listener.err"


@contextlib.contextmanager
def listener(name, family=4, seconds=100):
    """Runs a listening probe at the far end; the block starts when it listens."""
    words = ("ip", "netns", "exec", pair.PEER, "ktls-tuner", "probe", "-p", profile(name), "--json", "--timeout",
             str(seconds), "--listen", f"{FAR[family]}:{PORT}")
    with open(ERRORS, "w+", encoding="utf-8") as errors, \
            subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
                             env={**os.environ, "KTLS_TUNER_TOKEN": TOKEN}) as process:
        if not wait_until(lambda: "listening on" in read(ERRORS) or process.poll() is not None, 60):
            process.kill()
        yield process


def rights_of_helpers():
    """User, capabilities, NoNewPrivs and seccomp mode of each running helper."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "comm").read_text() == "ktls-tuner-prob\n":
                status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
                found.append([status[key].split()[0] for key in ("Uid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")])
    return found


def waits_as_nobody():
    """Checks the rights of the listening helper."""
    with listener("expects-device") as process:
        equal("the listener is user nobody, without capabilities, with a filter", rights_of_helpers(),
              [[str(NOBODY), "0" * 16, "0" * 16, "1", "2"]])
        process.terminate()
        process.communicate(timeout=20)


def probe(near, far=None, family=4, **how):
    """Runs the probe; returns the results of both ends, the connecting one first."""
    with listener(far or near, family) as process:
        os.environ["KTLS_TUNER_TOKEN"] = TOKEN
        place = CALL.get(family, FAR.get(family))
        ours = tuner("probe", "-p", profile(near), "--json", "--timeout", "100", "--connect", f"{place}:{PORT}", **how)
        out, _ = process.communicate(timeout=120)
    theirs = Ran(("probe", "--listen"), process.returncode, out, read(ERRORS))
    return ours, theirs


def cell_of(ran, version, cipher):
    return next(cell for cell in ran.doc["cells"] if (cell["version"], cell["cipher"]) == (version, cipher))


def ends_of(cell):
    """The serving and the connecting end of a cell."""
    return {"server": cell, "client": cell["client"]}


def paths(end):
    return [end["tx"], end["rx"]]


def check_all_arrived(what, *answers):
    for ran in answers:
        broken = [f"{cell['version']} {cell['cipher']}: {cell['because']}" for cell in ran.doc["cells"]
                  if not cell["intact"] or cell["bytes"] < 2 << 20]
        check(f"{what}: every byte of six cells arrived, as {ran.words[1]} reports",
              not broken and len(ran.doc["cells"]) == 6, broken)


def check_device(what, end, side):
    """Checks all four sources of evidence of one end."""
    equal(f"{what}, {side}: device both ways", paths(end), ["device", "device"])
    equal(f"{what}, {side}: socket diagnostics say hw", [end["ulp"]["txconf"], end["ulp"]["rxconf"]], ["hw", "hw"])
    counted = [end["counters"].get(name, 0) for name in ("TlsTxDevice", "TlsRxDevice", "TlsTxSw", "TlsRxSw")]
    equal(f"{what}, {side}: the kernel counted one connection each way in the device", counted, [1, 1, 0, 0])
    driver = end["driver_counters"]
    check(f"{what}, {side}: the driver encrypted at least the payload", driver.get("tx_tls_encrypted_bytes", 0) >= 4 << 20,
          driver)
    check(f"{what}, {side}: and decrypted", driver.get("rx_tls_decrypted_packets", 0) > 0, driver)


def offloaded():
    ours, theirs = probe("expects-device")
    equal("probe --connect ends 0", ours.code, 0)
    equal("probe --listen ends 0", theirs.code, 0)
    check_all_arrived("offloaded", ours, theirs)
    for ran, own in ((ours, "client"), (theirs, "server")):
        equal(f"the verdict of the {own} is as_expected", ran.doc["verdict"], "as_expected")
        for cipher in ("AES-128-GCM", "AES-256-GCM"):
            cell = cell_of(ran, "TLSv1.2", cipher)
            equal(f"TLS 1.2 {cipher} passes, own end: {own}", [cell["result"], cell["own_end"]], ["pass", own])
            for side, end in ends_of(cell).items():
                check_device(f"{cipher} as the {own} reports", end, side)
        cell = cell_of(ran, "TLSv1.3", "AES-128-GCM")
        equal(f"TLS 1.3 is sent by the kernel, {own}", ends_of(cell)[own]["tx"], "kernel")
        check(f"TLS 1.3: the {own} says why", "offloads only TLS 1.2" in cell["because"], cell["because"])
    equal("both name the NIC that they send by", [cell["client"]["nics"], cell["nics"]], [[pair.NEAR], [pair.FAR]])
    equal("the documents say which end is which",
          [(ran.doc["endpoint"]["mode"], ran.doc["endpoint"]["peer"].split(":")[0]) for ran in (ours, theirs)],
          [("connect", pair.FAR4), ("listen", pair.NEAR4)])
    check("the token is in neither document", TOKEN not in ours.out + theirs.out + theirs.err + ours.err)


def disorder():
    """Loss, reordering and lost synchronisation, over IPv6: every byte arrives, and the NIC still does the work."""
    for name, value in (("wire_drop", 211), ("wire_reorder", 173), ("wire_duplicate", 307), ("rx_lose_sync", 97)):
        pair.set_parameter(name, value)
    must("ip", "link", "set", pair.NEAR, "gso_max_segs", "1")
    must("tc", "qdisc", "add", "dev", pair.NEAR, "root", "netem", "loss", "0.2%")
    ours, theirs = probe("expects-device", family=6)
    must("tc", "qdisc", "del", "dev", pair.NEAR, "root")
    for name in ("wire_drop", "wire_reorder", "wire_duplicate", "rx_lose_sync"):
        pair.set_parameter(name, 0)
    must("ip", "link", "set", pair.NEAR, "gso_max_segs", "65535")
    equal("with loss, reordering, doubles and resync, over IPv6, both end 0", [ours.code, theirs.code], [0, 0])
    check_all_arrived("disorder", ours, theirs)
    cell = cell_of(ours, "TLSv1.2", "AES-128-GCM")
    for side, end in ends_of(cell).items():
        equal(f"disorder, {side}: still the NIC both ways", paths(end), ["device", "device"])
    resyncs = sum(value for end in ends_of(cell).values() for name, value in end["driver_counters"].items()
                  if "resync" in name)
    check("the NICs lost their place and found it again", resyncs > 0,
          [end["driver_counters"] for end in ends_of(cell).values()])


def listed_as_sockets():
    """`sockets` at the near end: a known mix of sessions in the NIC, in the kernel (TLS 1.3, which this NIC does not take), and of none."""
    kinds = (tls_sockets.TLS12, tls_sockets.TLS12, tls_sockets.TLS13)
    ends = [tls_sockets.tls_connection(version=version) for version in kinds]
    ends.append(tls_sockets.connected())
    ends[-1][0].setsockopt(tls_sockets.SOL_TCP, tls_sockets.TCP_ULP, b"tls")
    wrong = [tls_sockets.transfer(near, far, 100000) for near, far in ends]
    equal("every byte arrives", wrong, [""] * len(ends))
    rows = {row["local"]: row for row in tuner("sockets", "--json").doc["sockets"]}
    ours = [rows.get("{}:{}".format(*near.getsockname()), {}) for near, _far in ends]
    equal("sockets: what the NIC does, what the kernel, what neither", [[row.get("tx"), row.get("rx"), row.get("nic")] for row in ours],
          [["device", "device", pair.NEAR]] * 2 + [["kernel", "kernel", pair.NEAR], ["none", "none", pair.NEAR]])
    row, = (row for row in tuner("sockets", "--by", "nic", "--json").doc["coverage"] if row["name"] == pair.NEAR)
    equal("sockets --by nic: sessions of the mix are exact", [row["sessions"], row["covered_sessions"], row["device_sessions"]], [4, 3, 2])
    check("and their bytes", row["bytes"] > row["covered_bytes"] > 600000 > row["device_bytes"] > 400000, row)
    for near, far in ends:
        near.close()
        far.close()


def refused():
    """tls_dev_add fails: the features stay on, and software does the work."""
    pair.set_parameter("tls_add_errno", 28)
    ours, theirs = probe("expects-device", "wants-features")
    pair.set_parameter("tls_add_errno", 0)
    equal("the driver refuses: 3, also where the profile only wants the feature", [ours.code, theirs.code], [3, 3])
    check_all_arrived("refused", ours, theirs)
    for ran, own in ((ours, "client"), (theirs, "server")):
        cell = cell_of(ran, "TLSv1.2", "AES-128-GCM")
        equal(f"refused, {own}: the kernel did it, and that is not what was wanted",
              [ends_of(cell)[own]["tx"], cell["result"], ran.doc["verdict"]], ["kernel", "fail", "path_not_taken"])
        check(f"refused, {own}: the reason is the driver", "labnic refused the connection for sending (tls_dev_add)"
              in cell["because"], cell["because"])
    cell = cell_of(theirs, "TLSv1.3", "AES-128-GCM")
    equal("TLS 1.3, which no NIC offloads, does not fail", cell["result"], "pass")


def too_much_and_no_checksums():
    """One probe: this end expects paths that no NIC supports, the other end has checksum offload switched off."""
    must("ip", "netns", "exec", pair.PEER, "ethtool", "-K", pair.FAR, "tx", "off")
    ours, theirs = probe("expects-too-much", "expects-device")
    must("ip", "netns", "exec", pair.PEER, "ethtool", "-K", pair.FAR, "tx", "on")
    equal("TLS 1.3 or CHACHA20 expected of the NIC: 3", ours.code, 3)
    for version, cipher, why in (("TLSv1.3", "AES-128-GCM", "Linux offloads only TLS 1.2"),
                                 ("TLSv1.2", "CHACHA20-POLY1305", "Linux offloads only AES-GCM")):
        cell = cell_of(ours, version, cipher)
        equal(f"{version} {cipher} expected of the NIC fails", cell["result"], "fail")
        check(f"{version} {cipher}: it says why", why in cell["because"], cell["because"])
    equal("checksum offload off: 3", theirs.code, 3)
    cell = cell_of(theirs, "TLSv1.2", "AES-128-GCM")
    equal("checksum offload off: sending by the kernel, receiving still by the NIC", paths(cell), ["kernel", "device"])
    check("checksum offload off: the reason says so", "tx checksum offload of lab1 is off" in cell["because"], cell["because"])


def fixed_off():
    """A NIC without TLS offload is unsupported, never drift."""
    pair.unload()
    pair.load(tls_tx="fixed", tls_rx="fixed")
    pair.face_to_face()
    plan = tuner("plan", "-p", profile("expects-device"), "--json")
    equal("features fixed off: plan sees no drift", plan.code, 0)
    statuses = {step["subject"]: step["status"] for step in plan.doc["steps"]}
    equal("features fixed off: unsupported", statuses.get("lab0/tls-hw-tx-offload"), "unsupported")
    ours, theirs = probe("expects-device", "wants-features")
    equal("features fixed off: the probe that expects device ends 4, the other 0", [ours.code, theirs.code], [4, 0])
    cell = cell_of(ours, "TLSv1.2", "AES-128-GCM")
    equal("features fixed off: the cell is unsupported", [cell["result"], cell["client"]["tx"]],
          ["unsupported", "kernel"])
    check("features fixed off: the reason says so", "lab0" in cell["because"] or "labnic" in cell["because"], cell["because"])


def link_local_and_nobody():
    """Link-local addresses with a scope, and an unprivileged user without socket diagnostics: nothing is guessed."""
    hexadecimal = next(line.split()[0] for line in run("ip", "netns", "exec", pair.PEER, "cat", "/proc/net/if_inet6")
                       .out.splitlines() if line.endswith(pair.FAR) and line.startswith("fe80"))
    address = ":".join(hexadecimal[at:at + 4] for at in range(0, 32, 4))
    FAR["link"], CALL["link"] = f"[{address}%{pair.FAR}]", f"[{address}%{pair.NEAR}]"
    ours, theirs = probe("wants-features", family="link", user=NOBODY)
    equal("link-local addresses, and nobody calls: the listener, root, ends 0", theirs.code, 0)
    check_all_arrived("link-local", ours, theirs)
    cell = cell_of(theirs, "TLSv1.2", "AES-128-GCM")
    equal("link-local: the listener found its NIC, and its socket in diagnostics", [cell["interface"], cell["tx"]],
          [pair.FAR, "device"])
    cell = cell_of(ours, "TLSv1.2", "AES-128-GCM")
    if tuple(map(int, os.uname().release.split(".")[:2])) < (6, 15):
        equal("nobody sees no socket diagnostics: inconclusive", [cell["result"], ours.code], ["inconclusive", 0])
        check("and says what is missing", "CAP_NET_ADMIN" in cell["because"], cell["because"])


def bond(mode, policy):
    """Runs the probe from an end with a bond of one member."""
    must("ip", "link", "set", pair.NEAR, "down")
    must("ip", "address", "flush", "dev", pair.NEAR)
    must("ip", "link", "add", "bond0", "type", "bond", "mode", mode, "xmit_hash_policy", policy, "miimon", "100")
    must("ip", "link", "set", pair.NEAR, "master", "bond0")
    must("ip", "address", "add", f"{pair.NEAR4}/24", "dev", "bond0")
    must("ip", "link", "set", "bond0", "up")
    pair.wait_for_link()
    wait_until(lambda: read("/sys/class/net/bond0/operstate") == "up", 10)
    ours, theirs = probe("expects-device")
    must("ip", "link", "del", "bond0")
    must("ip", "address", "add", f"{pair.NEAR4}/24", "dev", pair.NEAR)
    must("ip", "link", "set", pair.NEAR, "up")
    pair.wait_for_link()
    check_all_arrived(f"bond {mode}", ours, theirs)
    cell = cell_of(ours, "TLSv1.2", "AES-128-GCM")
    equal(f"bond {mode}: it is named, with its member", [cell["client"]["interface"], cell["client"]["nics"]],
          ["bond0", [pair.NEAR]])
    return ours, cell


def bonds():
    ours, cell = bond("active-backup", "layer2")
    equal("bond active-backup: 3", ours.code, 3)
    check("bond active-backup: the mode is the reason, with one that allows it",
          "bond0 has mode active-backup" in cell["because"] and "layer3+4" in cell["because"], cell["because"])
    ours, cell = bond("balance-xor", "layer3+4")
    equal("bond balance-xor, layer3+4: 0", ours.code, 0)
    check_device("bond balance-xor", cell["client"], "client")


def packets_for_bytes():
    """A NIC whose byte counters count packets proves nothing, in either direction."""
    pair.set_parameter("tls_bytes_are_packets", 1)
    ours, theirs = probe("expects-device")
    pair.set_parameter("tls_bytes_are_packets", 0)
    equal("bytes that are packets, device expected: 3 at both ends", [ours.code, theirs.code], [3, 3])
    for ran, own in ((ours, "client"), (theirs, "server")):
        for cipher in ("AES-128-GCM", "AES-256-GCM"):
            cell = cell_of(ran, "TLSv1.2", cipher)
            equal(f"bytes that are packets, {own}, {cipher}: neither end says device",
                  [cell["result"], *(path for end in ends_of(cell).values() for path in paths(end))],
                  ["inconclusive", *["unknown"] * 4])
        check(f"bytes that are packets, {own}: it says why", "so its counters prove nothing" in cell["because"], cell["because"])


def another_drivers_names():
    """cxgb4 pads its names with blanks; for receiving, only the queues of this NIC count."""
    pair.unload()
    pair.load(tls_rx="on", counters="cxgb4")
    pair.face_to_face()
    ours, theirs = probe("expects-device")
    equal("with cxgb4's counters both end 0", [ours.code, theirs.code], [0, 0])
    cell = cell_of(ours, "TLSv1.2", "AES-128-GCM")
    equal("cxgb4's counters: device both ways", paths(cell["client"]), ["device", "device"])
    check("cxgb4's counters: names without their blanks", cell["client"]["driver_counters"].get("tx_tls_encrypted_packets", 0) > 0,
          cell["client"]["driver_counters"])
    check("and what only its queues count is summed", cell["client"]["driver_counters"].get("rx_tls_decrypted_packets", 0) > 0,
          cell["client"]["driver_counters"])


def probes_running():
    return [words for words in processes().values() if "ktls-tuner" in words]


def cut_off():
    """The listener is killed during the probe: the connecting end exits with a reason, and nothing is left."""
    with listener("expects-device") as process:
        os.environ["KTLS_TUNER_TOKEN"] = TOKEN
        with subprocess.Popen(("ktls-tuner", "probe", "-p", profile("expects-device"), "--json", "--timeout", "60",
                               "--connect", f"{FAR[4]}:{PORT}"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as caller:
            at_work = wait_until(lambda: pair.tls_stat().get("TlsCurrTxDevice", 0) > 0, 60)
            process.send_signal(signal.SIGKILL)
            out, _ = caller.communicate(timeout=60)
    check("the listener is killed in the middle of a transfer", at_work)
    ran = Ran(("probe", "--connect"), caller.returncode, out, "")
    equal("the caller ends 1", ran.code, 1)
    because = " ".join(cell["because"] for cell in ran.doc["cells"] if not cell["intact"])
    check("and says what happened", "other end" in because or "peer" in because, because)
    check("no process is left", wait_until(lambda: not probes_running(), 5), probes_running())


def main():
    pair.load(tls_rx="on")
    pair.face_to_face()
    namespaces = network_namespaces()
    for scene in (waits_as_nobody, offloaded, listed_as_sockets, disorder, refused, too_much_and_no_checksums, link_local_and_nobody,
                  packets_for_bytes, bonds, cut_off):
        before = os.times().elapsed
        scene()
        note(f"{scene.__name__}: {os.times().elapsed - before:.1f} s")
    check("no process is left", wait_until(lambda: not probes_running(), 5), probes_running())
    check("no connection is left in the NIC", wait_until(
        lambda: pair.tls_stat().get("TlsCurrTxDevice") == 0 and pair.tls_stat(pair.PEER).get("TlsCurrTxDevice") == 0, 20),
        [pair.tls_stat(), pair.tls_stat(pair.PEER)])
    equal("no network namespace is left", network_namespaces() - namespaces, set())
    another_drivers_names()
    fixed_off()
    check_documents()


main()
finish()
