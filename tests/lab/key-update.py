#!/usr/bin/python3
"""In the lab: the six KeyUpdate cases of `probe --thorough` end as predicted for this kernel and this OpenSSL, as server and as
client, and the kernel's counters agree. A profile that expects key-update to be safe ends 3 where it is not, and where the
cases could not be tried.
    key-update.py [ROOT]     ROOT: the tool runs in this root, with its OpenSSL"""
import os
import re
import shutil
import sys

from lab import check, check_documents, equal, finish, loaded, must, note, profile, run

ROOT = sys.argv[1] if len(sys.argv) > 1 else "/"
TOOL = shutil.which("ktls-tuner")
SAFE = profile("expects-safe")
CASES = [(number, role) for number in range(1, 7) for role in ("server", "client")]
STORM = 1000


def numbers(text):
    return tuple(int(part) for part in re.search(r"(\d+)\.(\d+)", text).groups())


def inside(*words):
    return run(*(("chroot", ROOT) if ROOT != "/" else ()), *words)


def tuner(*words):
    return inside(TOOL, *words)


def prepare_root():
    """The root gets this machine's /proc, /sys and /dev, and the repository and the build at their places."""
    for folder in ("/proc", "/sys", "/dev", os.path.dirname(TOOL), os.getcwd()):
        os.makedirs(ROOT + folder, exist_ok=True)
        must("mount", "--rbind", folder, ROOT + folder)


if ROOT != "/":
    prepare_root()
KERNEL = numbers(os.uname().release)
OPENSSL = numbers(inside("openssl", "version").out)
HANDS_OVER = OPENSSL >= (3, 2)   # libssl gives the kernel the new key
ACCEPTS = KERNEL >= (6, 14)      # the kernel takes it


def predicted(number):
    """By the measured table: OpenSSL 3.0 receives TLS 1.3 in user space, so a KeyUpdate of the peer alone does no harm."""
    if HANDS_OVER:
        return "ok" if ACCEPTS else "broken"
    return "ok" if number == 1 else "broken"


def least_keys(number):
    """New keys that the kernel must accept for sending and receiving, if both are in the kernel."""
    return {1: (0, 1), 2: (1, 1), 3: (1, 0), 4: (1, 1), 5: (1, 1), 6: (1, STORM)}[number]


def check_case(case):
    number, role = case["number"], case["role"]
    name = f"case {number} as {role}"
    equal(f"{name}: as predicted", case["result"], predicted(number))
    equal(f"{name}: the connection was in the kernel", [case["tx"], case["rx"]],
          ["kernel", "kernel" if HANDS_OVER else "userspace"])
    counters = case["counters"]
    if case["result"] == "ok" and HANDS_OVER:
        sending, receiving = least_keys(number)
        check(f"{name}: the kernel counted the new keys", counters.get("TlsTxRekeyOk", 0) >= sending
              and counters.get("TlsRxRekeyOk", 0) >= receiving and counters.get("TlsRxRekeyReceived", 0) >= receiving,
              counters)
    elif not HANDS_OVER:
        equal(f"{name}: the kernel was given no new key", counters, {})
    if case["result"] == "broken":
        error = "bad record mac" if not HANDS_OVER else "no suitable record layer"
        check(f"{name}: libssl's error", error in case["because"], case["because"])
        equal(f"{name}: noticed by", case["noticed"], "ktls" if HANDS_OVER else "peer")


def check_cases(updates):
    equal("each case was tried once in each role", [(case["number"], case["role"]) for case in updates["cases"]], CASES)
    for case in updates["cases"]:
        check_case(case)
    safe = HANDS_OVER and ACCEPTS
    equal("the verdict", updates["verdict"], "safe" if safe else "unsafe")
    check("it says what a remote peer can do", f"a remote peer {'cannot' if safe else 'can'} break" in updates["because"],
          updates["because"])
    return safe


def check_without_module():
    probe = tuner("probe", "--thorough", "-p", SAFE, "--json")
    equal("without the module: 3", probe.code, 3)
    updates = probe.doc["key_updates"]
    equal("without the module: not known", [updates["verdict"], updates["expected_safe"]], ["unknown", True])
    equal("without the module: no case was done", {case["result"] for case in updates["cases"]}, {"not_done"})
    check("without the module: the reason names it", all("tls" in case["because"] for case in updates["cases"]),
          updates["cases"][0]["because"])
    check("without the module: the error says so", "unknown" in probe.doc["errors"][-1]["message"], probe.doc["errors"])
    check("the probe has not loaded it", not loaded("tls"))


def main():
    note(f"kernel {os.uname().release}, {inside('openssl', 'version').out.strip()}")
    check_without_module()
    must("modprobe", "tls")
    plain = tuner("probe", "-p", "base", "--json")
    equal("without --thorough nothing is tried", [plain.code, plain.doc["key_updates"]], [0, None])

    thorough = tuner("probe", "--thorough", "-p", "base", "--json")
    equal("--thorough only reports", [thorough.code, thorough.doc["verdict"]], [0, "as_expected"])
    safe = check_cases(thorough.doc["key_updates"])
    check("what was tried replaces the warning by versions",
          not any("KeyUpdate" in warning for warning in thorough.doc["warnings"]), thorough.doc["warnings"])
    check("the probe has a namespace of its own", thorough.doc["own_namespace"])

    expected = tuner("probe", "-p", SAFE, "--json")
    equal("a profile that expects it safe", [expected.code, expected.doc["verdict"]],
          [0, "as_expected"] if safe else [3, "unsafe"])
    if not safe:
        error = expected.doc["errors"][0]["message"]
        first = 1 if HANDS_OVER else 2
        check("the error names the case that broke", f"case {first} as server" in error, error)
    equal("tune with that profile", tuner("tune", "-p", SAFE, "--json").code, 0 if safe else 3)
    check("the report for people has the table and the verdict",
          len(re.findall(r"^ *6 +the peer requests 1000 in a row +(server|client) ", tuner("probe", "--thorough").out, re.M)) == 2)
    note(tuner("probe", "--thorough", "-p", SAFE).out)
    check_documents()
    finish()


main()
