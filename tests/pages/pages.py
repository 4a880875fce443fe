#!/usr/bin/python3
"""Checks the pages of `report --format html` and of `bench` in a headless Chromium: desktop, phone, dark, on paper.

usage: pages.py BIN PICTURES

A page must load nothing, run nothing, log nothing and never scroll sideways, and every text must have a contrast of at least
4.5. The documents are hostile. Screenshots go to the folder PICTURES, for manual review.
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import browser

HERE = pathlib.Path(__file__).resolve().parent
CONTRAST = 4.5
VIEWS = {"desktop": (1280, 900, False, ""), "desktop-dark": (1280, 900, True, ""), "phone": (360, 740, False, ""), "phone-dark": (360, 740, True, ""),
         "paper": (794, 1123, False, "print")}

# The first five texts with too low a contrast, as "ratio tag class text".
LOW_CONTRAST = """(() => {
  const parse = color => { const n = color.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const light = ([r, g, b]) => { const f = c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
                                 return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const behind = node => { for (; node; node = node.parentElement) { const c = parse(getComputedStyle(node).backgroundColor); if (c[3] > 0) return c; }
                           return [255, 255, 255, 1]; };
  const low = [];
  for (const node of document.querySelectorAll("body *")) {
    if (node.tagName === "SCRIPT" || ![...node.childNodes].some(c => c.nodeType === 3 && c.data.trim())) continue;
    const ink = light(parse(getComputedStyle(node).color)), ground = light(behind(node));
    const ratio = (Math.max(ink, ground) + .05) / (Math.min(ink, ground) + .05);
    if (ratio < %s) low.push(`${ratio.toFixed(2)} ${node.tagName} ${node.className} ${node.textContent.slice(0, 40)}`);
  }
  return low.slice(0, 5);
})()""" % CONTRAST

# Colours of plots that do not stand out from the card below them: at least 3, as WCAG 1.4.11 wants it for what is no text.
PALE = """(() => {
  const light = color => { const [r, g, b] = color.match(/[\\d.]+/g).map(Number), f = c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
                           return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const card = light(getComputedStyle(document.querySelector(".plot")).backgroundColor), fills = {};
  for (const node of document.querySelectorAll("svg rect:not(.unknown), svg path:not(.unknown)")) fills[node.getAttribute("class")] = getComputedStyle(node).fill;
  const ratio = fill => { const ink = light(fill); return (Math.max(ink, card) + .05) / (Math.min(ink, card) + .05); };
  return {kinds: Object.keys(fills).length, pale: Object.entries(fills).filter(([, fill]) => !fill.startsWith("rgb") || ratio(fill) < 3)};
})()"""

failed = []


def expect(wanted, what):
    if not wanted:
        failed.append(what)
        print(f"FAILED {what}", flush=True)


def make_pages(binaries, folder):
    """Makes two pages: of a hostile fleet, and of single documents, one of them hostile."""
    subprocess.run([HERE.parent / "cases/make-fleet", folder / "fleet", "200", "hostile"], check=True)
    pages = {}
    one_host = [folder / "fleet" / f"{name}.json" for name in ("edge-0000-check", "edge-0000-probe", "edge-0000-facts", "web-0007-check", "web-0001-check")]
    for name, arguments, code in (("fleet", ["--fleet", folder / "fleet"], 65), ("documents", one_host, 0)):
        done = subprocess.run([binaries / "ktls-tuner", "report", "--format", "html", *arguments], capture_output=True, check=False)
        expect(done.returncode == code, f"report of {name} exits with {done.returncode}, not {code}: {done.stderr.decode()[-300:]}")
        pages[name] = folder / f"{name}.html"
        pages[name].write_bytes(done.stdout)
    return pages


def as_measured(row, like, factor, path):
    """A row of kernel TLS as a host with it would have it: `factor` times as fast as user space. On this host it has only its reason."""
    row.update(rounds=like["rounds"], bytes=like["bytes"], checked_bytes=like["checked_bytes"], path=path, because="", verdict="pays_off",
               counters={"TlsTxSw": like["rounds"]}, ulp={"version": row["version"], "cipher": row["cipher"], "txconf": "sw", "rxconf": "none"},
               figures=copy.deepcopy(like["figures"]))
    figures = row["figures"]
    figures["gbit_per_second"] *= factor
    figures["rounds"]["gbit_per_second"] = [value * factor for value in figures["rounds"]["gbit_per_second"]]
    figures["rounds"]["cpu_seconds_per_gb"] = [value / factor for value in figures["rounds"]["cpu_seconds_per_gb"]]
    figures["cpu_seconds_per_gb"]["total"] /= factor
    figures["speed_to_tls"] = {"ratio": factor, "low": factor * 0.96, "high": factor * 1.03, "pairs": 10}
    figures["cpu_to_tls"] = {"ratio": 1 / factor, "low": 0.97 / factor, "high": 1.05 / factor, "pairs": 10}


def ten_rounds(value):
    return [max(value, 0.001) * (1 + 0.002 * (number % 3)) for number in range(10)]


def run_bench(binaries, *arguments):
    # Root's results are kept in /var/lib: not on this machine.
    apart = ["unshare", "-m", "bash", "-c", 'mount -t tmpfs none /var/lib && exec "$@"', "apart"]
    shelter = apart if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode == 0 else []
    done = subprocess.run([*shelter, binaries / "ktls-tuner", "bench", "--duration", "5s", "--json", *arguments], capture_output=True, check=True)
    return json.loads(done.stdout)


def with_messages(document):
    """Messages of a host with kernel TLS: one of its rows is faster than user space and one is not measured."""
    like = next(row for row in document["rows"] if row["mode"] == "tls")["messages"]
    row = next(row for row in document["rows"] if row["mode"] == "ktls-receive")
    row.update(rounds=6, path="kernel", because="", verdict="pays_off", counters={"TlsRxSw": 6}, messages=copy.deepcopy(like))
    for stage in row["messages"]["stages"]:
        if stage["stage"] in ("epoll_to_recv", "decrypt"):
            stage.update(count=0, p50_us=None, p99_us=None, because="one call with decrypt" if stage["stage"] != "decrypt" else "one call with receive")
    for part in row["messages"]["sums"]:
        part.update(p50_us=part["p50_us"] * 0.8, to_tls={"ratio": 0.8, "low": 0.74, "high": 0.87, "pairs": 10})
    return document


def with_series(document, factors):
    """A series of a host with kernel TLS, as many times as fast as user space as `factors` says, point by point; 0 is not measured."""
    points = sorted({row["point"] for row in document["rows"]})
    like = {row["point"]: row for row in document["rows"] if row["mode"] == "tls"}
    crossed = []
    for row in document["rows"]:
        for own in [row["figures"]] if row["figures"] else []:  # a loaded machine has too few rounds for an interval
            own["rounds"] = {"gbit_per_second": ten_rounds(own["gbit_per_second"]), "cpu_seconds_per_gb": ten_rounds(own["cpu_seconds_per_gb"]["total"])}
    for row in (row for row in document["rows"] if row["mode"].startswith("ktls")):
        factor = factors[points.index(row["point"])]
        if not factor or not like[row["point"]]["figures"]:
            row["because"] = "the peer closed the connection <b>during the handshake</b>"
            continue
        as_measured(row, like[row["point"]], factor, "kernel")
        row["figures"]["operations"] = {key: value * (factor if key == "per_second" else 1 / factor) for key, value in row["figures"]["operations"].items()}
        crossed.append((row["point"], factor > 1))
    pays = [point for point, better in crossed if better]
    document["crossovers"] = [{"mode": "ktls", "version": "TLSv1.3", "cipher": "AES-128-GCM", "points": [point for point, _ in crossed],
                               "pays_off_at": pays, "from": pays[0] if pays else None}]
    return document


def make_workload_documents(binaries, folder):
    """Benchmarks of messages and of records of several sizes, of this host and as a host with kernel TLS would have them."""
    for workload, change in (("messages", with_messages), ("small-records", lambda document: with_series(document, (0.7, 0.9, 0, 1.2, 1.45)))):
        here = run_bench(binaries, "--workload", workload)
        (folder / f"{workload}.json").write_text(json.dumps(here))
        (folder / f"{workload}-ktls.json").write_text(json.dumps(change(copy.deepcopy(here))))


def make_bench_documents(binaries, folder):
    """A benchmark of this host, and the same on a host with kernel TLS, faster and slower than user space, with hostile names."""
    before = run_bench(binaries)
    for row in before["rows"]:  # a loaded machine has too few rounds for an interval
        if row["figures"]:
            row["figures"]["rounds"] = {"gbit_per_second": ten_rounds(row["figures"]["gbit_per_second"]),
                                        "cpu_seconds_per_gb": ten_rounds(row["figures"]["cpu_seconds_per_gb"]["total"])}
    after = copy.deepcopy(before)
    like = {row["version"]: row for row in after["rows"] if row["mode"] == "tls"}
    for number, row in enumerate(row for row in after["rows"] if row["mode"].startswith("ktls")):
        as_measured(row, like[row["version"]], (1.42, 0.81, 1.0, 1.9)[number % 4], ("kernel", "kernel", "device", "userspace")[number % 4])
    for factor, row in zip((1.2, 0.9, 1.0), (row for row in after["rows"] if row["figures"])):
        figures = row["figures"]
        figures["gbit_per_second"] *= factor
        figures["rounds"]["gbit_per_second"] = [value * factor for value in figures["rounds"]["gbit_per_second"]]
    after.update(library="OpenSSL <b>3.5.0</b>\u202e & more", verdict="mixed",
                 because="whether kernel TLS pays off here for this workload depends on how it is used: ktls TLSv1.2 AES-128-GCM has 1.42 times "
                         "(1.36 to 1.46) the throughput of user space and 0.70 times (0.68 to 0.74) its CPU time per GB")
    after["not_comparable"].append({"reason": "virtual_machine", "because": "this is a virtual machine: what its host does meanwhile is not known",
                                    "voids": False})
    after["host"].update(kernel="7.3.4", hostname="web-1 <script>alert(1)</script>")
    for name, document in (("before", before), ("after", after)):
        (folder / f"{name}.json").write_text(json.dumps(document))


def make_bench_pages(binaries, folder):
    make_bench_documents(binaries, folder)
    make_workload_documents(binaries, folder)
    tuner, pages = binaries / "ktls-tuner", {}
    compare = ["bench", "--compare", folder / "before.json", folder / "after.json", "--html", folder / "comparison.html"]
    reports = [(name, ["report", "--format", "html", folder / f"{file}.json"])
               for name, file in (("bench", "after"), ("messages", "messages-ktls"), ("series", "small-records-ktls"), ("series-none", "small-records"))]
    for name, arguments in (*reports, ("comparison", compare)):
        done = subprocess.run([tuner, *arguments], capture_output=True, check=False)
        expect(done.returncode == 0, f"{name} exits with {done.returncode}: {done.stderr.decode()[-300:]}")
        pages[name] = folder / f"{name}.html"
        if arguments[0] == "report":
            pages[name].write_bytes(done.stdout)
        expect(pages[name].stat().st_size < 500_000, f"{name} has {pages[name].stat().st_size} bytes")
    return pages


def forbidden_actions(messages, page):
    """The messages that show an action which a page must not do."""
    for message in messages:
        method, about = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent" and about["request"]["url"] != f"file://{page}":
            yield f"loads {about['request']['url'][:80]}"
        elif method in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening"):
            yield f"{method} {str(about)[:200]}"


def look(chromium, page, name, view, pictures):
    width, height, dark, media = VIEWS[view]
    chromium.open(page, width, height, dark, media)
    where = f"{name} {view}"
    expect(chromium.ask("document.styleSheets.length") == 1 and chromium.ask("getComputedStyle(document.body).margin") == "0px",
           f"{where}: the style sheet is not applied: its hash is wrong")
    expect(chromium.ask("document.images.length + document.scripts.length") == 1, f"{where}: has an image, or a script besides the data")
    expect(chromium.ask("JSON.parse(document.getElementById('data').textContent) !== null"), f"{where}: the data are not JSON")
    if media == "":
        dark_ground = chromium.ask("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every(c => c < 64)")
        expect(dark_ground == dark, f"{where}: dark is {dark_ground}")
        plots = chromium.ask(PALE)
        expect(plots["kinds"] >= 2 and not plots["pale"], f"{where}: colours of plots {plots}")
        chromium.picture(pictures / f"{name}-{view}.png", 2600)
    for state in ("closed", "open"):
        if state == "open":
            chromium.ask("document.querySelectorAll('details').forEach(d => d.open = true)")
        wide = chromium.ask("document.documentElement.scrollWidth")
        expect(media == "print" or wide <= width, f"{where}, {state}: {wide} pixels wide in a window of {width}")
        low = chromium.ask(LOW_CONTRAST)
        expect(not low, f"{where}, {state}: contrast {low}")
    for what in forbidden_actions(chromium.messages, page):
        expect(False, f"{where}: {what}")


def main():
    if browser.program() is None:
        print(f"needs {' or '.join(browser.PROGRAMS)} (scripts/setup pages)")
        return 77
    binaries, pictures = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ktls-pages.") as name, browser.Browser() as chromium:
        folder = pathlib.Path(name)
        for page_name, page in {**make_pages(binaries, folder), **make_bench_pages(binaries, folder)}.items():
            for view in VIEWS:
                look(chromium, page, page_name, view, pictures)
                print(f"looked at {page_name}, {view}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
