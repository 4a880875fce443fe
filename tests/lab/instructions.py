#!/usr/bin/python3
"""Instructions per byte of each way to send, on the machine whose clock counts instructions (scripts/lab --icount).

    instructions.py                 the rows of docs/instructions.md
    instructions.py CASE...         these cases of CASES, also those that only explain the rows
    instructions.py short           a test: measured once, and each steady row lies where the page says

Each row is proved by the kernel's counters. With --exchange DIR of scripts/lab all that was measured is in DIR/instructions.json.
"""
import json
import os
import re
import subprocess
import sys

from lab import HERE, check, equal, finish, must, note, run

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
import instructions_data as data  # noqa: E402 pylint: disable=wrong-import-position

MODES = ("plain", "plain-sendfile", "tls", "ktls", "ktls-sendfile")
# Names of OpenSSL's bits of CPUID, openssl(3) OPENSSL_ia32cap: AES-NI is bit 57, PCLMULQDQ bit 33.
NO_AES_NI = {"OPENSSL_ia32cap": "~0x200000200000000"}
# AES in C takes ten times the instructions.
FEWER = ("--bytes", "1048576")
FLAGS = ("aes", "pclmulqdq", "ssse3", "avx", "avx2", "vaes", "avx512f")


class Case:
    def __init__(self, *words, modes=MODES, environment=None, before=(), generic=False, rounds=2):
        self.words, self.modes, self.environment, self.before = words, modes, environment or {}, before
        self.generic, self.rounds = generic, rounds

    def command(self, tuned):
        return [*self.before, "count-instructions", "--repeat", str(self.rounds), *self.words, *tuned,
                *(word for mode in self.modes for word in ("--mode", mode))]


CASES = {
    "bulk": Case(),
    "bulk-two-threads": Case("--threads", "2"),
    "small-records": Case("--call", "1024", "--bytes", "2097152", "--warm-up", "1048576", modes=("plain", "tls", "ktls")),
    "receive": Case("--receive", modes=("ktls", "ktls-sendfile")),
    "no-delay": Case("--threads", "2", "--no-delay"),
    "fixed-buffers": Case("--threads", "2", "--fixed-buffers"),
    "batch": Case("--threads", "2", before=("chrt", "--batch", "0")),
    "receiver-first": Case("--threads", "2", "--receiver-priority", "1"),
    "first-use": Case("--first-use", modes=("plain-sendfile",), rounds=1),
    "openssl-without-aes-ni": Case(*FEWER, modes=("tls", "ktls"), environment=NO_AES_NI, rounds=1),
    "kernel-without-aes-ni": Case(*FEWER, modes=("tls", "ktls", "ktls-sendfile"), generic=True, rounds=1),
    "no-warm-up": Case("--warm-up", "0"),
    "warm-file": Case("--file", data.COLD_FILE, modes=("plain-sendfile", "ktls-sendfile")),
    "cold-file": Case("--file", data.COLD_FILE, "--cold", modes=("plain-sendfile", "ktls-sendfile")),
}

def aes_drivers():
    """{"gcm(aes)": "generic-gcm-aesni", ...}: the drivers of the highest priority in /proc/crypto."""
    best = {}
    with open("/proc/crypto", encoding="utf-8") as file:
        for block in file.read().split("\n\n"):
            row = dict(line.split(":", 1) for line in block.splitlines() if ":" in line)
            row = {key.strip(): value.strip() for key, value in row.items()}
            if row.get("name") in ("aes", "gcm(aes)") and row.get("internal") != "yes":
                rank = int(row["priority"])
                if rank > best.get(row["name"], (-1, ""))[0]:
                    best[row["name"]] = (rank, row["driver"])
    return {name: driver for name, (_rank, driver) in best.items()}


def measure(name, tuned):
    case = CASES[name]
    if case.generic:
        must("modprobe", "-r", "tls", "aesni_intel")
        must("modprobe", "tls")
    ran = subprocess.run(case.command(tuned), env=os.environ | case.environment, capture_output=True, text=True, check=False)
    check(f"{name}: measured", ran.returncode == 0, ran.stderr)
    rows = [json.loads(line) | {"case": name} for line in ran.stdout.splitlines()]
    driver = aes_drivers().get("gcm(aes)")
    for row in rows:
        row["driver"] = driver
    wrong = [f"{row['mode']} {row['version']}: {problem}" for row in data.compact("", 0, rows) for problem in data.unproved(row)]
    check(f"{name}: each row took the way that its mode says, and what arrived was compared",
          rows and not wrong and {row["checked_bytes"] for row in rows} == {1 << 20}, "; ".join(wrong[:4]))
    if case.generic:
        must("modprobe", "aesni_intel")
    for row in rows:
        note(f"{name} {row['mode']} {row['version'] or ''}: {row['instructions'] / row['bytes']:.4f} instructions a byte, "
             f"{row['switches']} context switches")
    return rows


def settings():
    """What the figures depend on."""
    with open("/sys/devices/system/clocksource/clocksource0/current_clocksource", encoding="utf-8") as file:
        clock = file.read().strip()
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        cpu = dict(re.split(r"\s*: ?", line.rstrip("\n"), maxsplit=1) for line in file if ":" in line)
    flags = [flag for flag in FLAGS if flag in cpu["flags"].split()]
    return {"kernel": os.uname().release, "cpu": cpu["model name"], "flags": flags, "clocksource": clock,
            "openssl": must("openssl", "version").out.strip(), "openssl_cpu": run("openssl", "info", "-cpusettings").out.strip()}


def compare(document):
    """A steady row of the page is where the page says: exactly on the same kernel and OpenSSL, else nearby."""
    page = data.load(os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs", "instructions.json"))
    there = page["settings"]["6.1"]
    same = all(document[key] == there[key] for key in ("kernel", "openssl", "cpu"))
    if not same:
        note(f"the page is about {there['kernel']} and {there['openssl']}, this is {document['kernel']} and {document['openssl']}")
    found = data.figures({"rows": data.compact("6.1", 0, document["rows"])})
    steady = [key for key, figure in data.figures(page).items() if figure.steady and key in found]
    check("the page has steady rows", len(steady) >= 8, len(steady))
    moved = data.moved(found, data.figures(page), data.STEADY if same else data.NEARBY)
    check(f"{len(steady)} rows are where docs/instructions.md says", not moved, moved)


def main(words):
    short = words == ["short"]
    names = data.TABLE_CASES if short or not words else words
    must("modprobe", "-a", "aesni_intel", "tls", "tcp_diag")
    rows = []
    for name in names:
        rows += measure(name, ["--repeat", "1"] if short else [])
    document = settings() | {"drivers": aes_drivers(), "rows": rows}
    equal("one CPU", os.cpu_count(), 1)
    if short:
        compare(document)
    with open(os.path.join(os.environ["LAB_EXCHANGE"], "instructions.json"), "w", encoding="utf-8") as file:
        json.dump(document, file)
    finish()


main(sys.argv[1:])
