"""For key-update.py: the trials of the kernel's own TLS (`probe --thorough`) end as predicted for this kernel."""
from lab import check, equal

USUAL = ("AES-128-GCM", "AES-256-GCM", "AES-128-CCM", "CHACHA20-POLY1305")
ARIA = ("ARIA-128-GCM", "ARIA-256-GCM")
VERSIONS = ("TLSv1.2", "TLSv1.3")
MATRIX = ("encrypt", "decrypt")
ONCE = {"both-ways", "control-in", "control-out", "control-spliced", "control-unasked", "cut-off", "decrypt-1-mib",
        "decrypt-64-mib", "decrypt-odd-cuts", "encrypt-1-mib", "encrypt-64-mib", "encrypt-odd-sizes", "flipped-bit", "gauges",
        "more", "no-pad-option", "no-plain-text", "other-cipher", "payload-limit", "peek", "read-back", "receive-nothing",
        "second-key-1.2", "second-key-1.3", "send-nothing", "sendfile", "sendfile-past-end", "sendfile-truncated", "short-key",
        "slow-reader", "slow-sender", "splice-in", "splice-out", "too-long", "too-short", "ulp-twice", "ulp-unconnected",
        "unknown-version", "urgent", "wrong-version", "zerocopy-option"}
MEBIBYTES = 64 << 20


def predicted(trial, kernel):
    """(result, a part of the reason)."""
    if trial["id"] in MATRIX and trial["cipher"].startswith("SM4"):
        return None  # depends on the OpenSSL that checks it
    if trial["id"] in MATRIX and trial["cipher"] in ARIA:
        if trial["version"] == "TLSv1.3":
            return "not_applicable", "Invalid argument"  # TLS_CIPHER_ARIA_… is for TLS 1.2 (net/tls/tls_main.c)
        return None  # Debian's kernels have no module for it in some versions
    if trial["id"] == "second-key-1.3" and kernel < (6, 14):
        return "not_applicable", "a second TLS_TX: Device or resource busy"
    if trial["id"] == "payload-limit" and kernel < (6, 19):
        return "not_applicable", "TLS_TX_MAX_PAYLOAD_LEN: Protocol not available"
    return "passed", ""


def check_one(trial, kernel):
    name = f"{trial['id']} with {trial['version']} {trial['cipher']}"
    wanted = predicted(trial, kernel)
    if wanted is None:
        check(f"{name}: not failed", trial["result"] != "failed", trial["because"])
        check(f"{name}: a reason unless it passed", bool(trial["because"]) == (trial["result"] != "passed"), trial)
        return
    equal(f"{name}: as predicted", trial["result"], wanted[0])
    check(f"{name}: its reason", wanted[1] in trial["because"] and bool(trial["because"]) == bool(wanted[1]), trial["because"])


def check_trials(found, kernel):
    trials = found["trials"]
    equal("the trials of the kernel: no other", {trial["id"] for trial in trials}, ONCE | set(MATRIX))
    for trial in trials:
        check_one(trial, kernel)
    equal("the trials of the kernel: passed", found["result"], "passed")
    by_key = {(trial["id"], trial["version"], trial["cipher"]): trial for trial in trials}
    equal("each once", len(by_key), len(trials))
    for number, version in enumerate(VERSIONS):
        for cipher in USUAL:
            seen = by_key["encrypt", version, cipher]["seen"]
            carried = 0 if number == 1 or cipher == USUAL[3] else 8
            equal(f"{version} {cipher}: each record has its header, nonce, type and tag and no more",
                  seen["wire_bytes"], seen["bytes"] + seen["records"] * (5 + carried + number + 16))
    for trial in ("encrypt-64-mib", "decrypt-64-mib"):
        equal(f"{trial}: all bytes", by_key[trial, "TLSv1.3", USUAL[0]]["seen"]["bytes"], MEBIBYTES)
    flipped = by_key["flipped-bit", "TLSv1.3", USUAL[0]]["seen"]
    equal("one flipped bit: EBADMSG, and one error counted", [flipped["errno"], flipped["decrypt_errors"]], [74, 1])
    wire = by_key["no-plain-text", "TLSv1.3", USUAL[0]]["seen"]
    check("the content is seen in plain, and not with kTLS", wire["marked_in_plain"] > 0 and wire["marked"] == 0, wire)


def check_none(found):
    """Without the module."""
    equal("without the module the trials are not known", [found["result"], {trial["result"] for trial in found["trials"]}],
          ["unknown", {"unknown"}])
    # A root without /lib/modules has it in no folder, either (newer-openssl).
    reasons = ("tls is not loaded", "no tls module is installed")
    told = all(any(it in trial["because"] for it in reasons) and not trial["seen"] for trial in found["trials"])
    check("without the module: each trial says why", told, found["because"])
