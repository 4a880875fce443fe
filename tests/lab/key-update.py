#!/usr/bin/python3
"""In the lab: the six KeyUpdate cases of `probe --thorough` end as predicted for this kernel and this OpenSSL, as server and as
client, and the kernel's counters agree. A profile that expects key-update to be safe ends 3 where it is not, and where the
cases could not be tried. The trials of the kernel without a TLS library pass (kernel_trials.py). Case 2 is also tried without
the tool, with openssl s_server and s_client. `bench` proves its rows (bench_rows.py). `probe --connect --tls` finds the same of that server, and puts its own end of each cipher
into the kernel.
    key-update.py [ROOT]     ROOT: the tool runs in this root, with its OpenSSL"""
import contextlib
import os
import re
import shutil
import subprocess
import sys

from bench_rows import check_bench
from kernel_trials import check_none, check_trials
from lab import check, check_documents, equal, finish, loaded, must, note, profile, read, run, wait_until, write

ROOT = sys.argv[1] if len(sys.argv) > 1 else "/"
TOOL = shutil.which("ktls-tuner")
SAFE = profile("expects-safe")
CASES = [(number, role) for number in range(1, 7) for role in ("server", "client")]
STORM = 1000


def numbers(text):
    return tuple(int(part) for part in re.search(r"(\d+)\.(\d+)", text).groups())


def in_root(*words):
    return (("chroot", ROOT) if ROOT != "/" else ()) + words


def inside(*words, **how):
    return run(*in_root(*words), **how)


def tuner(*words, **how):
    return inside(TOOL, *words, **how)


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
    check_none(probe.doc["kernel_trials"])
    check("without the module: the error says so", "unknown" in probe.doc["errors"][-1]["message"], probe.doc["errors"])
    check("the probe has not loaded it", not loaded("tls"))


# --- Without the tool ---------------------------------------------------------------------------

PLACE = "/tmp/by-hand"
LISTENS = r":1151 00000000:0000 0A "  # port 4433, TCP_LISTEN
CONFIGURATION = """openssl_conf = first
[first]
ssl_conf = second
[second]
system_default = third
[third]
Options = {}
"""
# K: s_client requests a KeyUpdate.
ASK = """(sleep 2; echo K; sleep 2; printf 'GET / HTTP/1.0\\r\\n\\r\\n'; sleep 3) |
         openssl s_client -connect 127.0.0.1:4433 -tls1_3 2>&1"""


def sessions():
    return int(re.search(r"TlsTxSw\s+(\d+)", read("/proc/net/tls_stat")).group(1))


@contextlib.contextmanager
def serving(option, *words):
    """OpenSSL's own server with this option."""
    write(f"{ROOT}/{PLACE}/openssl.cnf", CONFIGURATION.format(option))
    with subprocess.Popen(in_root("env", f"OPENSSL_CONF={PLACE}/openssl.cnf", "openssl", "s_server", "-accept", "127.0.0.1:4433",
                                  "-www", "-cert", f"{PLACE}/cert.pem", "-key", f"{PLACE}/key.pem", *words),
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        check("openssl s_server listens", wait_until(lambda: re.search(LISTENS, read("/proc/net/tcp")), 20))
        yield
        server.kill()


def answers_after_a_key_update(option):
    """Whether a server with this option answers a client that has requested a KeyUpdate, and whether it sent by the kernel."""
    before = sessions()
    with serving(option, "-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"):
        said = inside("sh", "-c", ASK).out
    check("the client has requested it", "KEYUPDATE" in said, said[-400:])
    return ["HTTP/1.0 200" in said, sessions() > before]


def check_without_the_tool():
    must("ip", "link", "set", "lo", "up")
    os.makedirs(f"{ROOT}/{PLACE}")
    made = inside("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=lab",
                  "-keyout", f"{PLACE}/key.pem", "-out", f"{PLACE}/cert.pem")
    equal("a certificate", made.code, 0)
    equal("without kTLS openssl s_server answers after a KeyUpdate", answers_after_a_key_update("-KTLS"), [True, False])
    equal("with kTLS it does as the tool says", answers_after_a_key_update("KTLS"), [predicted(2) == "ok", True])


# --- A server elsewhere --------------------------------------------------------------------------

def probe_server(option):
    with serving(option):
        return tuner("probe", "-p", "base", "--connect", "127.0.0.1:4433", "--tls", "--server-name", "lab", "--cafile",
                     f"{PLACE}/cert.pem", "--http-get", "/", "--key-update", "--json", timeout=120)


def check_server_elsewhere():
    """This end's connections are in the kernel, and so is the server's if it asks for it."""
    plain = probe_server("-KTLS")
    found = plain.doc["tls_server"]
    equal("a server elsewhere: it chooses TLS 1.3", [found["choice"]["answer"], found["choice"]["version"]], ["accepted", "TLSv1.3"])
    for offer in found["offers"]:
        name = f"a server elsewhere: {offer['version']} {offer['cipher']}"
        if "GCM" not in str(offer["cipher"]):
            continue
        end, receives = offer["own_end"], offer["version"] == "TLSv1.2" or HANDS_OVER
        equal(f"{name}: this end is in the kernel", [end["tx"], end["rx"]], ["kernel", "kernel" if receives else "userspace"])
        equal(f"{name}: the kernel counted it", [end["counters"].get("TlsTxSw", 0), end["counters"].get("TlsRxSw", 0)], [1, int(receives)])
        equal(f"{name}: socket diagnostics agree", [end["ulp"]["version"], end["ulp"]["cipher"], end["ulp"]["txconf"]],
              [offer["version"], offer["cipher"], "sw"])
        equal(f"{name}: its content", [offer["content"]["status"], offer["content"]["end"]], [200, "complete"])
    equal("a server elsewhere without kTLS survives a KeyUpdate", found["key_update"]["answer"], "survived")
    with_ktls = probe_server("KTLS").doc["tls_server"]["key_update"]
    equal("with kTLS it ends as the cases say", with_ktls["answer"], "survived" if predicted(2) == "ok" else "broken")
    note(f"a server elsewhere: {plain.doc['duration_ms']} ms; {with_ktls['because']}")


def main():
    note(f"kernel {os.uname().release}, {inside('openssl', 'version').out.strip()}")
    check_without_module()
    must("modprobe", "tls")
    plain = tuner("probe", "-p", "base", "--json")
    equal("without --thorough nothing is tried", [plain.code, plain.doc["key_updates"], plain.doc["kernel_trials"]],
          [0, None, None])

    # 64 MiB on an emulated CPU that other programs share
    thorough = tuner("probe", "--thorough", "-p", "base", "--timeout", "200", "--json", timeout=240)
    equal("--thorough only reports", [thorough.code, thorough.doc["verdict"]], [0, "as_expected"])
    note(f"probe {plain.doc['duration_ms']} ms, --thorough {thorough.doc['duration_ms']} ms")
    safe = check_cases(thorough.doc["key_updates"])
    check("what was tried replaces the warning by versions",
          not any("KeyUpdate" in warning for warning in thorough.doc["warnings"]), thorough.doc["warnings"])
    check("the probe has a namespace of its own", thorough.doc["own_namespace"])
    check_trials(thorough.doc["kernel_trials"], KERNEL)

    expected = tuner("probe", "-p", SAFE, "--json")
    equal("a profile that expects it safe", [expected.code, expected.doc["verdict"]],
          [0, "as_expected"] if safe else [3, "unsafe"])
    if not safe:
        error = expected.doc["errors"][0]["message"]
        first = 1 if HANDS_OVER else 2
        check("the error names the case that broke", f"case {first} as server" in error, error)
    equal("tune with that profile", tuner("tune", "-p", SAFE, "--json").code, 0 if safe else 3)
    shown = tuner("probe", "-p", SAFE).out
    check("the report for people has the table and the verdict",
          len(re.findall(r"^ *6 +the peer requests 1000 in a row +(server|client) ", shown, re.M)) == 2, shown)
    note(shown)
    check_bench(tuner)
    check_without_the_tool()
    check_server_elsewhere()
    check_documents()
    finish()


main()
