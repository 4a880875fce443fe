"""The saved measurements behind docs/instructions.md (docs/instructions.json), their figures and the page's tables. Pure, but for
load() and save().

A row is one mode in one boot: its rounds are measured one after the other. Figures are instructions per byte. The figure of a boot is
the median of its rounds; the figure of a row the median of its boots; its spread (highest - lowest boot) / median.
"""
import json
import re
import statistics

# Larger than the content of count-instructions, and on each machine that has the lab.
COLD_FILE = "/usr/bin/qemu-system-x86_64"

KEY = ("kernel", "case", "mode", "version")
# A row is steady if its boots lie within this; then docs/instructions.md compares it with others.
STEADY = 0.005
# As far may a steady row be from the page with another build of the same kernel, or another OpenSSL.
NEARBY = 0.1
# More of a measurement than this was not the process: other threads ran, or the CPU was idle and the clock was the host's.
OF_OTHERS = 0.05
# The cases that are measured on each kernel, and those that only explain them, on 6.1.
TABLE_CASES = ("bulk", "bulk-two-threads", "small-records", "receive")
SUSPECT_CASES = ("no-delay", "fixed-buffers", "batch", "receiver-first", "first-use", "no-warm-up", "openssl-without-aes-ni",
                 "kernel-without-aes-ni", "warm-file", "cold-file")


def unproved(row):
    """What is wrong with a measurement; empty: its bytes took the way that its mode says, by the kernel's counters."""
    asks, tls = row["mode"].startswith("ktls"), row["version"] is not None
    both = row["case"] == "receive"
    # OpenSSL 3.0 receives in the kernel only with TLS 1.2; there an end that asks gets both directions.
    receives = both and row["version"] == "TLSv1.2"
    wanted = {"path": "kernel" if asks else "userspace" if tls else None,
              "receive_path": "kernel" if receives else "userspace" if tls else None}
    wrong = [f"{key}: {row[key]!r} instead of {value!r}" for key, value in wanted.items() if row[key] != value]
    sockets = 0 if not asks else 2 if both else 1
    if row["counters"].get("TlsTxSw", 0) != sockets:
        wrong.append(f"TlsTxSw: {row['counters'].get('TlsTxSw', 0)} instead of {sockets}")
    of_others = max(other / count for other, count in zip(row["other"], row["instructions"]))
    if of_others > OF_OTHERS and row["case"] != "cold-file":
        wrong.append(f"{percent(of_others)} of the instructions are not this process's")
    return wrong


def compact(kernel, boot, rows):
    """The measurements of one boot, one row for each mode, in the order in which they were first measured."""
    found = {}
    for row in rows:
        saved = found.setdefault((row["case"], row["mode"], row["version"]), {
            "kernel": kernel, "boot": boot, "case": row["case"], "mode": row["mode"], "version": row["version"],
            "path": row["path"], "receive_path": row["receive_path"], "driver": row["driver"], "counters": row["counters"],
            "bytes": row["bytes"], "instructions": [], "other": [], "switches": [], "segments": [], "sent_again": []})
        saved["instructions"].append(row["instructions"])
        # Of other threads, and jumps of the clock of an idle CPU.
        saved["other"].append(row["instructions"] - row["process_ns"])
        saved["switches"].append(row["switches"])
        # Both ends are in one network namespace: data and acknowledgements.
        saved["segments"].append(row["tcp"].get("OutSegs", 0))
        saved["sent_again"].append(row["tcp"].get("RetransSegs", 0))
    return list(found.values())


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def text_of(data):
    """One row a line, so that a new measurement is a readable difference."""
    rows = ",\n".join("  " + json.dumps(row) for row in data["rows"])
    settings = ",\n".join(f"  {json.dumps(kernel)}: {json.dumps(value)}" for kernel, value in data["settings"].items())
    return f'{{"settings": {{\n{settings}\n}},\n"rows": [\n{rows}\n]}}\n'


def per_byte(row):
    """Of each round."""
    return [count / row["bytes"] for count in row["instructions"]]


class Figure:
    def __init__(self, rows):
        self.rows = rows
        self.boots = [statistics.median(per_byte(row)) for row in rows]
        self.rounds = [value for row in rows for value in per_byte(row)]
        self.median = statistics.median(self.boots)
        self.spread = (max(self.boots) - min(self.boots)) / self.median
        # Of all rounds of all boots, so also between rounds of one boot.
        self.round_spread = (max(self.rounds) - min(self.rounds)) / self.median
        self.switches = [1048576 * count / row["bytes"] for row in rows for count in row["switches"]]
        self.segments = [1048576 * count / row["bytes"] for row in rows for count in row["segments"]]

    @property
    def steady(self):
        return self.round_spread <= STEADY


def figures(data):
    """{(kernel, case, mode, version): Figure}"""
    grouped = {}
    for row in data["rows"]:
        grouped.setdefault(tuple(row[key] for key in KEY), []).append(row)
    return {key: Figure(rows) for key, rows in grouped.items()}


def moved(found, page, limit):
    """Measured rows that differ from a steady row of the page by more than `limit` and its spread: [(key, measured, page)]."""
    return [(key, figure.median, page[key].median) for key, figure in found.items()
            if key in page and page[key].steady and abs(figure.median / page[key].median - 1) > limit + page[key].round_spread]


# --- The page ------------------------------------------------------------------------------------

def percent(value):
    return f"{100 * value:.2f} %"


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def name_of(mode, version):
    return f"{mode}, {version.replace('TLSv', 'TLS ')}" if version else mode


def spread_of(figure):
    """Bold: not steady."""
    return percent(figure.round_spread) if figure.steady else f"**{percent(figure.round_spread)}**"


def kernels_of(data):
    return list(data["settings"])


def rows_of(data, case):
    """(mode, version) of a case, in the order of measuring."""
    return list(dict.fromkeys((row["mode"], row["version"]) for row in data["rows"] if row["case"] == case))


def case_table(data, case):
    """A row for each mode; for each kernel the figure and its spread over boots and rounds."""
    all_figures, kernels = figures(data), kernels_of(data)
    head = [""] + [word for kernel in kernels for word in (kernel, "spread")]
    rows = []
    for mode, version in rows_of(data, case):
        cells = [name_of(mode, version)]
        for kernel in kernels:
            figure = all_figures.get((kernel, case, mode, version))
            cells += [f"{figure.median:.3f}", spread_of(figure)] if figure else ["", ""]
        rows.append(cells)
    return table(head, rows)


def ratio_table(data, case):
    """Each kernel TLS mode against user space of the same version and boot: the lowest and the highest ratio of all boots."""
    kernels, rows = kernels_of(data), []
    for mode, version in rows_of(data, case):
        if not mode.startswith("ktls"):
            continue
        cells = [name_of(mode, version)]
        for kernel in kernels:
            of = {(row["mode"], row["boot"]): statistics.median(per_byte(row)) for row in data["rows"]
                  if (row["kernel"], row["case"], row["version"]) == (kernel, case, version)}
            ratios = [value / of["tls", boot] for (which, boot), value in of.items() if which == mode]
            cells.append(f"{min(ratios):.3f} … {max(ratios):.3f}" if ratios else "")
        rows.append(cells)
    return table(["instructions / those of tls"] + kernels, rows)


def clusters(values, gap=0.01):
    """Sorted values in groups: a new one begins where the next value is more than this share higher."""
    groups = []
    for value in sorted(values):
        if groups and value <= groups[-1][-1] * (1 + gap):
            groups[-1].append(value)
        else:
            groups.append([value])
    return groups


def order_table(data, kernel):
    """How each order of the two ends stands: instructions, and context switches and segments per MiB, of all rounds."""
    all_figures = figures(data)
    cases = [case for case in ("bulk", "bulk-two-threads", "no-delay", "fixed-buffers", "batch", "receiver-first") if rows_of(data, case)]
    rows = []
    for mode, version in rows_of(data, "bulk"):
        cells = [name_of(mode, version)]
        for case in cases:
            figure = all_figures.get((kernel, case, mode, version))
            if figure is None:
                cells.append("")
                continue
            groups = [f"{group[0]:.3f}" if group[-1] - group[0] < 0.0005 else f"{group[0]:.3f}–{group[-1]:.3f}"
                      for group in clusters(figure.rounds)]
            beside = [f"{min(counts):.0f}–{max(counts):.0f}" for counts in (figure.switches, figure.segments)]
            cells.append(f"{', '.join(groups)} ({'; '.join(beside)})")
        rows.append(cells)
    return table([""] + cases, rows)


def segment_table(data, kernel, case):
    """Of each row the measurement with the fewest and with the most instructions, what TCP and the scheduler did in each, and how
    closely the instructions of all measurements follow the segments (Pearson)."""
    rows = []
    for mode, version in rows_of(data, case):
        figure = figures(data)[kernel, case, mode, version]
        ordered = sorted(zip(figure.rounds, figure.segments, figure.switches))
        moving = min(len(set(figure.rounds)), len(set(figure.segments))) > 1
        rows.append([name_of(mode, version),
                     *(cell for one in (ordered[0], ordered[-1]) for cell in (f"{one[0]:.3f}", f"{one[1]:.0f}", f"{one[2]:.1f}")),
                     f"{statistics.correlation(figure.rounds, figure.segments):.2f}" if moving else ""])
    return table(["", "fewest", "segments", "switches", "most", "segments", "switches", "correlation"], rows)


def trust_table(data):
    """For each case what all its measurements say about themselves."""
    all_figures, rows = figures(data), []
    for case in TABLE_CASES:
        for kernel in kernels_of(data):
            found = [figure for key, figure in all_figures.items() if key[:2] == (kernel, case)]
            saved = [row for figure in found for row in figure.rows]
            of_others = max((other / count for row in saved for other, count in zip(row["other"], row["instructions"])), default=0)
            rows.append([case, kernel, f"{sum(figure.steady for figure in found)} of {len(found)}",
                         percent(max((figure.spread for figure in found), default=0)),
                         percent(max((figure.round_spread for figure in found), default=0)), percent(of_others),
                         str(sum(count for row in saved for count in row["sent_again"]))])
    return table(["", "kernel", "steady rows", "largest spread of boots", "largest spread", "most of other threads", "sent again"], rows)


def suspect_table(data, kernel, suspects):
    """Rows of a case beside the same rows of the case that it differs from: [(case, other case)]."""
    all_figures, rows = figures(data), []
    for case, against in suspects:
        for mode, version in rows_of(data, case):
            this, other = (all_figures.get((kernel, which, mode, version)) for which in (case, against))
            if this is None or other is None:
                continue
            drivers = "" if version is None or mode == "tls" else this.rows[0]["driver"]
            rows.append([case, name_of(mode, version), f"{other.median:.3f}", f"{this.median:.3f}",
                         f"× {this.median / other.median:.3f}", spread_of(this), drivers])
    return table(["what differs", "row", "usual", "with it", "ratio", "spread", "kernel's driver"], rows)


def settings_table(data):
    rows = []
    for kernel, found in data["settings"].items():
        boots = {row["boot"] for row in data["rows"] if row["kernel"] == kernel and row["case"] == "bulk"}
        rows.append([kernel, f"`{found['kernel']}`", found["cpu"], ", ".join(found["flags"]), found["openssl"].split(" (")[0],
                     ", ".join(f"`{driver}`" for driver in found["drivers"].values()), found["clocksource"], str(len(boots))])
    return table(["kernel", "build", "CPU", "of its AES and vector flags", "OpenSSL", "kernel's AES drivers", "clock", "boots"], rows)


SUSPECTS = (("first-use", "bulk"), ("no-warm-up", "bulk"), ("openssl-without-aes-ni", "bulk"), ("kernel-without-aes-ni", "bulk"),
            ("warm-file", "bulk"), ("cold-file", "warm-file"))
TABLES = {
    "settings": settings_table,
    "bulk": lambda data: case_table(data, "bulk"),
    "ratios": lambda data: ratio_table(data, "bulk"),
    "small-records": lambda data: case_table(data, "small-records"),
    "small-ratios": lambda data: ratio_table(data, "small-records"),
    "receive": lambda data: case_table(data, "receive"),
    "two-threads": lambda data: case_table(data, "bulk-two-threads"),
    "segments": lambda data: segment_table(data, "6.1", "bulk-two-threads"),
    "trust": trust_table,
    "orders": lambda data: order_table(data, "6.1"),
    "suspects": lambda data: suspect_table(data, "6.1", SUSPECTS),
}


def fill(page, data):
    """The page with each `<!-- table NAME -->` … `<!-- end -->` made anew."""
    return re.sub(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)",
                  lambda found: f"{found[1]}{TABLES[found[2]](data)}\n{found[3]}", page, flags=re.S)
