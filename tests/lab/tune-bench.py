#!/usr/bin/python3
"""tune --bench on a kernel without its TLS module loaded: before, the rows of the kernel have their reason; after, they are measured and proved.
Then the two kept runs of bench are compared, and the page of it is made. Run in the lab: scripts/lab -- tests/lab/tune-bench.py"""
import json
import os

from lab import check, equal, finish, note, tuner

ASKS = ("ktls", "ktls-sendfile")


def rows_of(bench):
    return {(row["mode"], row["version"]): row for row in bench["rows"]}


def main():
    ran = tuner("tune", "-p", "base", "--bench", "--json", timeout=400)
    equal("tune --bench ends well", [ran.code, ran.doc["errors"], ran.doc["verdict"]], [0, [], "ok"])
    bench = ran.doc["bench"]
    before, after = rows_of(bench["before"]), rows_of(bench["after"])
    equal("the same rows before and after", list(before), list(after))
    for name, row in before.items():
        if row["mode"] in ASKS:
            check(f"before, {name}: not measured, with the reason", row["rounds"] == 0 and row["because"], row)
            check(f"after, {name}: in the kernel", after[name]["path"] == "kernel" and after[name]["rounds"] > 0, after[name])
    comparison = bench["comparison"]
    changes = {(row["mode"], row["version"]): {one["change"] for one in row["measures"]} for row in comparison["rows"]}
    equal("what only tuning made possible is said to be so", {name[0] for name, words in changes.items() if words == {"only_after"}}, set(ASKS))
    equal("on an emulated CPU nothing is concluded", comparison["verdict"], "not_comparable")
    pages = {}
    for form in ("html", "markdown", "text"):
        with open("/tmp/tune.json", "w", encoding="utf-8") as file:
            json.dump(ran.doc, file)
        pages[form] = tuner("report", "--format", form, "/tmp/tune.json")
        equal(f"report of it as {form}", pages[form].code, 0)
    check("the page is small", len(pages["html"].out) < 500_000)
    for _ in range(2):
        equal("bench", tuner("bench", "--duration", "5s", "--json", timeout=200).code, 0)
    compared = tuner("bench", "--compare", "--json")
    equal("the last two kept runs are compared", [compared.code, compared.doc["comparison"]["verdict"], compared.doc["comparison"]["environment"]],
          [0, "not_comparable", []])
    check("they are kept", os.path.exists("/var/lib/ktls-tuner/reports/bench.1.json"))
    note(comparison["because"])


main()
finish()
