#!/usr/bin/python3
"""In the lab: `tune -p edge-server` ends with TLS in the kernel, three sources of evidence agree in every cell, and
rollback restores the machine. The probe leaves nothing behind, also when it is killed.
    tune.py [short]     short: without the probes that are killed"""
import os
import re
import signal
import subprocess
import sys
import time

from lab import (HERE, JOURNAL, check, check_documents, equal, everything, files_below, finish, modules, named,
                 network_namespaces, note, processes, read, run, same, tuner, wait_until)

REKEYS = ("TlsTxRekeyOk", "TlsTxRekeyError", "TlsRxRekeyOk", "TlsRxRekeyError", "TlsRxRekeyReceived")
# The kernel loads these by itself, for a cipher or for socket diagnostics.
BY_THE_KERNEL = ("kernel/crypto/", "kernel/arch/x86/crypto/", "kernel/lib/", "kernel/net/ipv4/inet_diag",
                 "kernel/net/ipv4/tcp_diag", "kernel/net/netlink/netlink_diag")


def cell_of(cells, version, cipher):
    return next(cell for cell in cells if cell["version"] == version and cell["cipher"] == cipher)


def name_of(cell):
    return f"{cell['version']} {cell['cipher']}"


def check_counters(cell):
    """Both ends are in the probe's namespace, so each direction in the kernel counts twice, and no other counter changes."""
    wanted = {}
    if cell["tx"] == "kernel":
        wanted["TlsTxSw"] = 2
    if cell["rx"] == "kernel":
        wanted["TlsRxSw"] = 2
    moved = {name: count for name, count in cell["counters"].items() if count != 0 and name not in REKEYS}
    equal(f"{name_of(cell)}: the kernel's counters add up", moved, wanted)


def check_diagnostics(cell):
    conf = {"kernel": "sw", "userspace": "base"}
    wanted = {"version": cell["version"], "cipher": cell["cipher"], "txconf": conf[cell["tx"]],
              "rxconf": conf[cell["rx"]]}
    equal(f"{name_of(cell)}: socket diagnostics agree", cell["ulp"], wanted)


def not_by_the_kernel(names):
    files = [line.split(":")[0] for line in read(f"/lib/modules/{os.uname().release}/modules.dep").splitlines()]
    place = {os.path.basename(file).split(".")[0].replace("-", "_"): file for file in files}
    return sorted(name for name in names if not place.get(name, "").startswith(BY_THE_KERNEL))


def check_cells(probe):
    cells = probe["cells"]
    equal("six cells were probed", sorted(map(name_of, cells)),
          sorted(f"{version} {cipher}" for version in ("TLSv1.2", "TLSv1.3")
                 for cipher in ("AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305")))
    for cell in cells:
        check(f"{name_of(cell)}: every byte arrived, 128 KiB each way", cell["intact"] and cell["bytes"] == 2 * 131072,
              f"{cell['bytes']} bytes, intact: {cell['intact']}")
        check_counters(cell)
        check_diagnostics(cell)
    for cipher in ("AES-128-GCM", "AES-256-GCM"):
        cell = cell_of(cells, "TLSv1.2", cipher)
        equal(f"{name_of(cell)} passes: kernel both ways", [cell[key] for key in ("tx", "rx", "result")],
              ["kernel", "kernel", "pass"])
        equal(f"{name_of(cell)} was expected to", cell["expected"], {"tx": "kernel", "rx": "kernel"})
        cell = cell_of(cells, "TLSv1.3", cipher)
        equal(f"{name_of(cell)}: tx kernel, rx userspace", [cell["tx"], cell["rx"]], ["kernel", "userspace"])
        check(f"{name_of(cell)}: the reason names OpenSSL", "OpenSSL 3.0" in cell["because"]
              and "receiving" in cell["because"], cell["because"])
    check("it ran in a network namespace of its own", probe["own_namespace"], probe["endpoint"])


def check_warnings(warnings):
    text = " ".join(warnings)
    check("a warning says that TLS 1.3 sending breaks at a KeyUpdate", "KeyUpdate" in text, text)
    check("a warning says that no openssl.cnf asks for kTLS", "does not ask for kTLS" in text, text)


def check_tune():
    begun = time.monotonic()
    ran = tuner("tune", "-p", "edge-server", "--json")
    took = time.monotonic() - begun
    equal("tune ends 0", ran.code, 0)
    tune = ran.doc
    equal("the verdict is ok", tune["verdict"], "ok")
    equal("no errors", tune["errors"], [])
    check("it knows that this CPU is emulated", tune["host"]["emulated"], tune["host"])
    check("the plan had something to change", len(named(tune["plan"]["steps"], "change")) >= 10,
          tune["plan"]["summary"])
    equal("the planned settings are those that were written", named(tune["apply"]["steps"], "done"),
          named(tune["plan"]["steps"], "change"))
    equal("the check after it found nothing", named(tune["check"]["steps"], "change", "failed"), [])
    check_cells(tune["probe"])
    check_warnings(tune["warnings"])
    note(f"tune took {took:.1f} s, {tune['duration_ms'] / 1000:.1f} s by its own measurement (emulated CPU)")


def check_second_plan():
    plan = tuner("plan", "--json")
    equal("a second plan, of the active profile, ends 0", plan.code, 0)
    equal("and is empty", [plan.doc["profile"]["name"], named(plan.doc["steps"], "change", "deferred", "failed")],
          ["edge-server", []])


def probes_running():
    return [words for words in processes().values() if "ktls-tuner" in words and "tune.py" not in words]


def check_probe_without_tls():
    """The probe must not load the module: setting the tls ULP on a socket as root would."""
    ran = tuner("probe", "-p", "edge-server", "--json")
    check("probe before tls is loaded: not as expected", ran.code in (3, 4), ran.told())
    cell = cell_of(ran.doc["cells"], "TLSv1.2", "AES-128-GCM")
    equal("all in user space, and intact", [cell["tx"], cell["rx"], cell["intact"]], ["userspace", "userspace", True])
    check("because tls is not loaded", "not loaded" in cell["because"], cell["because"])
    check("and it did not load it", "tls" not in modules(), modules())


def check_probe_duration():
    begun = time.monotonic()
    ran = tuner("probe", "--json")
    equal("probe of the active profile ends 0", ran.code, 0)
    note(f"the full loopback probe took {time.monotonic() - begun:.1f} s; the aim is 20 s")


def cut_off(number, namespaces):
    """Sends the signal to a probe once its helper runs in its own namespace."""
    name = signal.Signals(number).name
    with subprocess.Popen(["ktls-tuner", "probe", "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as probe:
        at_work = wait_until(lambda: network_namespaces() - namespaces, 10)
        probe.send_signal(number)
        probe.wait(10)
    check(f"{name} in the middle of a probe met it at work", at_work and probe.returncode != 0, probe.returncode)
    check(f"{name}: no process is left", wait_until(lambda: not probes_running(), 3), probes_running())
    equal(f"{name}: no network namespace is left", network_namespaces() - namespaces, set())


def check_transcript():
    """The text output of scripts/tune: plan, apply, check, probe and rollback."""
    ran = run(os.path.join(HERE, "tune-and-back"), "-p", "edge-server", timeout=240)
    equal("tune and rollback as text end 0", ran.code, 0)
    parts = dict(zip(re.findall(r"^== (\w+) ==$", ran.out, re.M), re.split(r"^== \w+ ==$", ran.out, flags=re.M)[1:]))
    equal("the text has plan, apply, check, probe and rollback, in this order", list(parts),
          ["plan", "apply", "check", "probe", "rollback"])
    planned, wrote = re.findall(r"^change ", parts["plan"], re.M), re.findall(r"^wrote ", parts["apply"], re.M)
    check("the plan has rows to change, each with its reason", planned and
          "an unprivileged server cannot load it" in parts["plan"], parts["plan"])
    check("every write is shown, with old and new value", len(wrote) >= len(planned) and
          re.search(r"net\.core\.rmem_max  \d+ -> 16777216", parts["apply"]), parts["apply"])
    check("the second plan is empty", "change" not in parts["check"] and "in sync" in parts["check"], parts["check"])
    check("the probe's table names versions, ciphers and paths", all(
        re.search(rf"^pass +{version} +AES-{bits}-GCM +kernel", parts["probe"], re.M)
        for version in ("TLSv1.2", "TLSv1.3") for bits in (128, 256)), parts["probe"])
    check("verdict: ok", "verdict: ok" in parts["probe"], parts["probe"][-200:])
    equal("every write is rolled back", len(re.findall(r"^wrote ", parts["rollback"], re.M)), len(wrote))


def scratch():
    """All temporary files but the tool's own state and the lab's (the kernel's modules are there: 20 s to walk)."""
    folders = ("/tmp", "/var/tmp", "/dev/shm", "/run")
    return sorted(path for folder in folders for path in files_below(folder, but=("/run/ktls-tuner", "/run/lab")))


def main():
    short = "short" in sys.argv[1:]
    if not short:
        check_probe_without_tls()
    before, files, namespaces, had = everything(), scratch(), network_namespaces(), set(modules())
    check_tune()
    check_second_plan()
    if not short:
        check_probe_duration()
        for number in (signal.SIGTERM, signal.SIGKILL):
            cut_off(number, namespaces)
    equal("no process is left", probes_running(), [])
    equal("no network namespace is left", network_namespaces() - namespaces, set())
    equal("no file is left", scratch(), files)
    rollback = tuner("rollback", "--json")
    equal("rollback ends 0", rollback.code, 0)
    same("every setting reads as before", before, everything())
    equal("tls is gone, and no module came but those that the kernel fetched by itself",
          not_by_the_kernel(set(modules()) - had), [])
    check("the journal is gone", not os.path.exists(JOURNAL))
    if not short:
        check_documents()
        check_transcript()
        same("and again every setting reads as before", before, everything())


main()
finish()
