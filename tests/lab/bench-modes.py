#!/usr/bin/python3
"""In the lab: the ciphers of bench in each mode, proved by counters and socket diagnostics (bench_rows.py). What the kernel's own
AES can do is measured if AF_ALG is loaded; if not, bench says so and loads nothing. An emulated CPU has no performance counters:
the reason is there instead of figures."""
from bench_rows import WITH_TLS, check_run
from lab import check, check_documents, equal, finish, loaded, must, tuner

KERNEL_SEAL = "kernel-aes-128-gcm-seal"


def check_each_cipher():
    for words, version in (("AES-256-GCM", "1.2"), ("AES-256-GCM", "1.3"), ("CHACHA20-POLY1305", "1.2"), ("CHACHA20-POLY1305", "1.3"),
                           ("AES-128-CCM", "1.2")):
        bench = check_run(tuner, "--duration", "10s", "--tls-version", version, "--cipher", words, rows=["plain", "plain-sendfile", *WITH_TLS])
        equal(f"{words}: the rows have that cipher", {row["cipher"] for row in bench["rows"]}, {None, words})
        key = words.lower().replace("-", "_")
        check(f"{words}: its limits, and no other cipher's", bench["limits"][key + "_seal"] > 0 and bench["limits"][key + "_open"] > 0
              and bench["limits"]["aes_128_gcm_seal"] is None, bench["limits"])


def one_mode():
    return check_run(tuner, "--duration", "5s", "--tls-version", "1.2", "--mode", "ktls-receive", rows=["plain", "tls", "ktls-receive"])


def check_kernel_cipher():
    check("algif_aead is not loaded", not loaded("algif_aead"))
    without = one_mode()
    equal("without AF_ALG: not measured", without["limits"]["kernel_aes_128_gcm_seal"], None)
    refused = {one["limit"]: one["because"] for one in without["limits"]["refused"]}
    check("without AF_ALG: the reason", "is not loaded, and bench loads no module" in refused.get(KERNEL_SEAL, ""), refused)
    check("bench has loaded nothing", not loaded("algif_aead") and not loaded("af_alg"))
    must("modprobe", "algif_aead")
    measured = one_mode()
    check("with AF_ALG: measured", (measured["limits"]["kernel_aes_128_gcm_seal"] or 0) > 0, measured["limits"])
    equal("with AF_ALG: no reason", measured["limits"]["refused"], [])


def check_events(bench):
    """Software events need no hardware; an emulated CPU has no others."""
    uncounted = {one["count"]: one["because"] for one in bench["uncounted"]}
    check("hardware events have a reason", "no such counter" in uncounted.get("cycles", ""), uncounted)
    figures = bench["rows"][0]["figures"]["per_byte"]
    equal("and no figure", [figures["cycles"], figures["instructions"]], [None, None])
    check("context switches are counted", figures["context_switches"] is not None and "context-switches" not in uncounted, figures)


def main():
    must("modprobe", "tls")
    check_each_cipher()
    check_kernel_cipher()
    check_events(one_mode())
    check_documents()
    finish()


main()
