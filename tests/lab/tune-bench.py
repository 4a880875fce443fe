#!/usr/bin/python3
"""tune --bench on a kernel without its TLS module loaded: before, the rows of the kernel have their reason; after, they are measured and proved.
Both runs are kept, compared, and shown as pages. Ctrl-C in the second run costs neither what is set nor the first result.
Run in the lab: scripts/lab -- tests/lab/tune-bench.py"""
import json
import os
import signal
import subprocess

from bench_rows import check_row
from lab import check, check_documents, equal, finish, note, profile, read, run, tuner, wait_until

KEPT = "/var/lib/ktls-tuner/reports"
LAST, OLDER = f"{KEPT}/bench.json", f"{KEPT}/bench.1.json"


def rows_of(bench):
    return {(row["mode"], row["version"]): row for row in bench["rows"]}


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def check_runs(bench):
    before, after = rows_of(bench["before"]), rows_of(bench["after"])
    equal("the same rows before and after", list(before), list(after))
    for name, row in before.items():
        if row["mode"].startswith("ktls"):
            check(f"before, {name}: not measured, with the reason", row["rounds"] == 0 and "tls is not loaded" in row["because"], row)
    for row in after.values():
        check_row(bench["after"], row)
    changes = {(row["mode"], row["version"]): {one["change"] for one in row["measures"]} for row in bench["comparison"]["rows"]}
    equal("what only tuning made possible is said to be so", [name for name, words in changes.items() if words == {"only_after"}],
          [name for name, row in after.items() if row["rounds"] > 0 and before[name]["rounds"] == 0])
    equal("on an emulated CPU nothing is concluded", bench["comparison"]["verdict"], "not_comparable")


def check_kept(bench):
    equal("both are kept", [load(OLDER)["rows"], load(LAST)["rows"]], [bench["before"]["rows"], bench["after"]["rows"]])
    compared = tuner("bench", "--compare", "--json")
    equal("bench --compare says the same of them",
          [compared.code, {**compared.doc["comparison"], "before": None, "after": None}],
          [0, {**bench["comparison"], "before": None, "after": None}])


def check_pages(document):
    pages = {}
    with open("/tmp/tune.json", "w", encoding="utf-8") as file:
        json.dump(document, file)
    for form in ("html", "markdown", "text"):
        pages[form] = tuner("report", "--format", form, "/tmp/tune.json")
        equal(f"report of it as {form}", pages[form].code, 0)
    check("the page is small", len(pages["html"].out) < 500_000)


def check_interrupted():
    """Ctrl-C in the second run. In the text, as a person sees it."""
    last = os.stat(LAST).st_ino
    with subprocess.Popen(["ktls-tuner", "tune", "-p", profile("three-sysctls"), "--bench"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        check("interrupted: the first result is kept before the first write", wait_until(lambda: os.stat(LAST).st_ino != last, 120))
        first = load(LAST)
        check("interrupted: there is a second run", wait_until(lambda: run("pgrep", "-x", "-P", str(running.pid), "ktls-tuner-benc").code == 0, 120))
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)[0]
    equal("interrupted: exit 1, and the verdict is of the tuning", [running.returncode, "\nverdict: ok\n" in said], [1, True])
    check("interrupted: it says what was interrupted, and that what is set stays",
          "error: bench after tuning: interrupted" in said and "the tuning stays as it is" in said, said[-800:])
    equal("interrupted: what was set is set", read("/proc/sys/net/ipv4/tcp_slow_start_after_idle"), "0")
    kept = [load(path)["rows"] for path in (OLDER, LAST) if os.path.exists(path)]
    check("interrupted: the first result is still kept", first["rows"] in kept)


def main():
    ran = tuner("tune", "-p", "base", "--bench", "--json", timeout=400)
    equal("tune --bench ends well", [ran.code, ran.doc["errors"], ran.doc.get("verdict")], [0, [], "ok"])
    bench = ran.doc["bench"]
    check_runs(bench)
    check_kept(bench)
    check_pages(ran.doc)
    note(bench["comparison"]["because"])
    check_interrupted()


main()
check_documents()
finish()
