"""The rows of bench on a kernel with TLS: those that ask for the kernel are there, proved by counters and socket diagnostics,
and on an emulated CPU nothing is concluded from their times. Used by key-update.py, whose boot has kernel TLS, and by
bench-modes.py."""
import re

from lab import check, equal, note

SENDS = ("ktls", "ktls-sendfile", "ktls-zerocopy")
USER_SPACE = ("tls", "tls-proxy")
WITH_TLS = ("tls", "tls-proxy", "ktls", "ktls-sendfile", "ktls-zerocopy", "ktls-receive", "ktls-splice")


def kernel_receives(bench, version):
    """OpenSSL hands over receiving in TLS 1.3 since 3.2."""
    numbers = tuple(int(part) for part in re.search(r"(\d+)\.(\d+)", bench["library"]).groups())
    return version == "TLSv1.2" or numbers >= (3, 2)


def check_sends(name, row):
    equal(f"{name}: the kernel did it in each round", [row["path"], row["counters"].get("TlsTxSw")], ["kernel", row["rounds"]])
    # OpenSSL gives the kernel both directions of the end that asks, where it can.
    check(f"{name}: only the sending end was in the kernel", row["counters"].get("TlsRxSw", 0) <= row["rounds"], row["counters"])
    equal(f"{name}: socket diagnostics agree", [row["ulp"][key] for key in ("version", "cipher", "txconf")],
          [row["version"], row["cipher"], "sw"])
    if row["mode"] == "ktls-zerocopy":
        check(f"{name}: it says that software copies", "only a NIC's offload" in row["because"], row["because"])


def check_receives(name, row, able):
    if not able:
        equal(f"{name}: labelled by what it did", [row["path"], row["verdict"], row["counters"].get("TlsRxSw", 0)],
              ["userspace", "not_measured", 0])
        check(f"{name}: the reason", "OpenSSL 3.2 and later can" in row["because"], row["because"])
        return
    equal(f"{name}: the kernel decrypted in each round", [row["path"], row["counters"].get("TlsRxSw")], ["kernel", row["rounds"]])
    equal(f"{name}: socket diagnostics of the receiving end", [row["ulp"]["cipher"], row["ulp"]["rxconf"]], [row["cipher"], "sw"])


def check_splices(name, row):
    equal(f"{name}: both sockets of the proxy were in the kernel", [row["path"], row["counters"]],
          ["kernel", {"TlsRxSw": 2 * row["rounds"], "TlsTxSw": 2 * row["rounds"]}])


def check_row(bench, row):
    name = f"bench: {row['mode']} {row['version'] or ''} {row['cipher'] or ''}".strip()
    able = row["version"] is None or kernel_receives(bench, row["version"])
    if row["mode"] == "ktls-splice" and not able:
        check(f"{name}: not measured, with the reason", row["rounds"] == 0 and "OpenSSL 3.2 and later can" in row["because"], row)
        return
    check(f"{name}: measured, and what arrived was compared", row["rounds"] > 0 and row["bytes"] > 0
          and row["checked_bytes"] == row["rounds"] << 20, row)
    if row["rounds"] == 0:
        return
    if row["mode"] in SENDS:
        check_sends(name, row)
    elif row["mode"] == "ktls-receive":
        check_receives(name, row, able)
    elif row["mode"] == "ktls-splice":
        check_splices(name, row)
    elif row["mode"] in USER_SPACE:
        equal(f"{name}: in user space, and the kernel counted nothing", [row["path"], row["counters"]], ["userspace", {}])
    else:
        equal(f"{name}: no TLS", [row["path"], row["counters"]], [None, {}])


def check_run(tuner, *words, rows):
    """Runs bench with these words, and proves each of its rows, whose modes are these."""
    ran = tuner("bench", *words, "--json", timeout=300)
    bench = ran.doc
    equal("bench ends", [ran.code, bench["errors"], bench["ending"] in ("complete", "out_of_time")], [0, [], True])
    check("bench has a namespace of its own", bench["own_namespace"])
    equal("bench: all rows", [row["mode"] for row in bench["rows"]], rows)
    for row in bench["rows"]:
        check_row(bench, row)
    note(f"bench {' '.join(words)}: {bench['duration_ms']} ms, {bench['rounds_done']} rounds; {bench['because']}")
    return bench


def check_bench(tuner):
    bench = check_run(tuner, "--duration", "12s", rows=["plain", "plain-sendfile", *WITH_TLS, *WITH_TLS])
    if bench["host"]["emulated"]:
        reason = bench["not_comparable"][0]
        equal("bench: an emulated CPU makes ratios meaningless", [reason["reason"], reason["voids"], bench["verdict"]],
              ["emulated_cpu", True, "not_comparable"])
        check("bench: no row is said to pay off or to cost",
              {row["verdict"] for row in bench["rows"]} <= {None, "not_comparable", "not_measured"})
