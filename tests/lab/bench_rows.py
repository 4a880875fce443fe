"""The rows of bench on a kernel with TLS: those that ask for the kernel are there, proved by counters and socket diagnostics,
and on an emulated CPU nothing is concluded from their times. Used by key-update.py, whose boot has kernel TLS."""
from lab import check, equal, note

ASKS = ("ktls", "ktls-sendfile")


def check_row(row):
    name = f"bench: {row['mode']} {row['version'] or ''}"
    check(f"{name}: measured, and what arrived was compared", row["rounds"] > 0 and row["bytes"] > 0
          and row["checked_bytes"] == row["rounds"] << 20, row)
    if row["rounds"] == 0:
        return
    if row["mode"] in ASKS:
        equal(f"{name}: the kernel did it in each round", [row["path"], row["counters"].get("TlsTxSw")], ["kernel", row["rounds"]])
        # In TLS 1.2 OpenSSL 3.0 gives the kernel both directions of the end that asks.
        check(f"{name}: only the sending end was in the kernel", row["counters"].get("TlsRxSw", 0) <= row["rounds"], row["counters"])
        equal(f"{name}: socket diagnostics agree", [row["ulp"]["version"], row["ulp"]["cipher"], row["ulp"]["txconf"]],
              [row["version"], row["cipher"], "sw"])
    elif row["mode"] == "tls":
        equal(f"{name}: in user space, and the kernel counted nothing", [row["path"], row["counters"]], ["userspace", {}])
    else:
        equal(f"{name}: no TLS", [row["path"], row["counters"]], [None, {}])


def check_bench(tuner):
    ran = tuner("bench", "--duration", "12s", "--json", timeout=120)
    bench = ran.doc
    equal("bench ends", [ran.code, bench["errors"], bench["ending"] in ("complete", "out_of_time")], [0, [], True])
    check("bench has a namespace of its own", bench["own_namespace"])
    equal("bench: all rows", [row["mode"] for row in bench["rows"]], ["plain", "plain-sendfile"] + 2 * ["tls", *ASKS])
    for row in bench["rows"]:
        check_row(row)
    if bench["host"]["emulated"]:
        reason = bench["not_comparable"][0]
        equal("bench: an emulated CPU makes ratios meaningless", [reason["reason"], reason["voids"], bench["verdict"]],
              ["emulated_cpu", True, "not_comparable"])
        equal("bench: no row is said to pay off or to cost", {row["verdict"] for row in bench["rows"]}, {None, "not_comparable"})
    note(f"bench: {bench['duration_ms']} ms, {bench['rounds_done']} rounds; {bench['because']}")
