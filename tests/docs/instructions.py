#!/usr/bin/python3
"""docs/instructions.md is made from docs/instructions.json: the tables are what was measured, and each row took its path.

    instructions.py ROOT
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(sys.argv[1], "tests", "support"))
import instructions_data as data  # noqa: E402 pylint: disable=wrong-import-position
from checks import check, equal, finish  # noqa: E402 pylint: disable=wrong-import-position


def measured(mode, version, instructions, **more):
    return {"case": "bulk", "mode": mode, "version": version, "path": None, "receive_path": None, "driver": "aesni", "counters": {},
            "bytes": 1000, "instructions": instructions, "process_ns": instructions - 10, "switches": 2, "tcp": {"OutSegs": 3}, "call": 64} | more


def check_figures():
    boots = [data.compact("6.1", 1, [measured("plain", None, 1000), measured("plain", None, 1002), measured("plain", None, 3000)]),
             data.compact("6.1", 2, [measured("plain", None, 1004)])]
    equal("one row for each mode of a boot", [len(rows) for rows in boots], [1, 1])
    equal("what other threads took", boots[0][0]["other"], [10, 10, 10])
    saved = {"settings": {"6.1": {}}, "rows": boots[0] + boots[1]}
    figure = data.figures(saved)["6.1", "bulk", "plain", None]
    equal("the figure of a boot is the median of its rounds", figure.boots, [1.002, 1.004])
    equal("the figure of a row is the median of its boots", round(figure.median, 6), 1.003)
    check("one round that differs makes a row unsteady", figure.round_spread > 1.9 and not figure.steady, figure.round_spread)
    check("the boots are near", figure.spread < 0.01, figure.spread)
    equal("saved and read again", json.loads(data.text_of(saved)), saved)
    equal("two groups of values", data.clusters([8.5, 7.88, 7.89, 8.53]), [[7.88, 7.89], [8.5, 8.53]])


def check_moved():
    page = data.figures({"rows": data.compact("6.1", 1, [measured("plain", None, 1000)] * 2)})
    near = data.figures({"rows": data.compact("6.1", 1, [measured("plain", None, 1004)])})
    far = data.figures({"rows": data.compact("6.1", 1, [measured("plain", None, 1030)])})
    equal("a near row has not moved", data.moved(near, page, 0.005), [])
    equal("a far row has moved", [key for key, _seen, _page in data.moved(far, page, 0.005)], [("6.1", "bulk", "plain", None)])
    unsteady = data.figures({"rows": data.compact("6.1", 1, [measured("plain", None, 1000), measured("plain", None, 1300)])})
    equal("nothing is said of a row that was never steady", data.moved(far, unsteady, 0.005), [])


def check_proof():
    honest = measured("ktls", "TLSv1.3", 1000, path="kernel", receive_path="userspace", counters={"TlsTxSw": 1})

    def complaints(**lie):
        return len(data.unproved(data.compact("6.1", 1, [honest | lie])[0]))
    equal("a row that took its path", complaints(), 0)
    equal("kernel TLS that the kernel did not count", complaints(counters={}), 1)
    equal("kernel TLS that fell back", complaints(path="userspace", counters={}), 2)
    equal("user space that the kernel counted", complaints(mode="tls", path="userspace"), 1)
    equal("a time in which the CPU was idle is no count", complaints(process_ns=900), 1)


def check_segments():
    rows = [measured("tls", None, count, case="bulk-two-threads", tcp={"OutSegs": segments})
            for count, segments in ((1000, 10), (1200, 12), (1100, 11))]
    saved = {"settings": {"6.1": {}}, "rows": data.compact("6.1", 1, rows)}
    last = data.segment_table(saved, "6.1", "bulk-two-threads").splitlines()[-1].split(" | ")
    equal("the fewest and the most instructions, and how closely they follow the segments", (last[1], last[4], last[7]), ("1.000", "1.200", "1.00 |"))


def check_page(root):
    saved = data.load(os.path.join(root, "docs", "instructions.json"))
    with open(os.path.join(root, "docs", "instructions.md"), encoding="utf-8") as file:
        page = file.read()
    equal("each table is on the page", [name for name in data.TABLES if f"<!-- table {name} -->" not in page], [])
    check("the tables are what was saved (scripts/instructions --page)", data.fill(page, saved) == page)
    digit = next(index for index in range(page.index("<!-- table bulk -->"), len(page)) if page[index].isdigit())
    altered = page[:digit] + str((int(page[digit]) + 1) % 10) + page[digit + 1:]
    check("a digit that was altered by hand is noticed", data.fill(altered, saved) != altered)
    wrong = [(row["kernel"], row["boot"], row["case"], row["mode"]) for row in saved["rows"] if data.unproved(row)]
    equal("each saved row took the path of its mode", wrong, [])
    measured_cases = {(row["kernel"], row["case"]) for row in saved["rows"]}
    equal("each case of the tables on each kernel of the lab", [(kernel, case) for kernel in ("6.1", "6.12", "7.3") for case in data.TABLE_CASES
                                                              if (kernel, case) not in measured_cases], [])
    boots = {key: len(figure.rows) for key, figure in data.figures(saved).items()}
    equal("five boots of each row of the kernels' tables", {key: count for key, count in boots.items()
                                                         if key[1] in data.TABLE_CASES and count != 5}, {})


check_figures()
check_moved()
check_proof()
check_segments()
check_page(sys.argv[1])
finish()
