#!/usr/bin/env python3
"""Rules, their cases, the dashboard and what the tool really writes: all by the same names.

    monitoring.py --bin FOLDER      the folder of ktls-tuner and make-machine
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.normpath(os.path.join(HERE, "../../docs/monitoring"))
RULES = os.path.join(DOCS, "ktls-tuner.rules.yml")
DASHBOARD = os.path.join(DOCS, "ktls-tuner.dashboard.json")
PROFILES = os.path.normpath(os.path.join(HERE, "../../profiles"))
OUTSIDE = {"instance", "job"}  # labels that Prometheus adds

sys.path.insert(0, os.path.join(HERE, "../support"))
from checks import check, finish  # noqa: E402 pylint: disable=wrong-import-position


def promtool(*words, text=None):
    done = subprocess.run([os.path.join(HERE, "promtool"), *words], input=text, capture_output=True, text=True, check=False)
    if done.returncode == 125:
        sys.exit(done.stderr)
    return done.returncode, (done.stdout + done.stderr).strip()


def documented():
    """{name: {label, ...}} from metrics.md, which is made from the program's own rows."""
    with open(os.path.join(DOCS, "metrics.md"), encoding="utf-8") as file:
        rows = re.findall(r"^\| `(ktls_tuner_\w+)` \| \w+ \| ([^|]*) \|", file.read(), re.MULTILINE)
    return {name: set(re.findall(r"\w+", labels)) for name, labels in rows}


def expressions():
    """[(where, PromQL)] of the dashboard; its variables as Grafana would fill them in."""
    with open(DASHBOARD, encoding="utf-8") as file:
        dashboard = json.load(file)
    ids = [panel["id"] for panel in dashboard["panels"]]
    check("each panel has a number of its own", len(ids) == len(set(ids)), ids)
    return [(panel["title"], target["expr"].replace("$instance", ".*"))
            for panel in dashboard["panels"] for target in panel["targets"]]


def names_are_known(where, expression, known):
    for name, selector in re.findall(r"(ktls_tuner_\w+)(\{[^}]*\})?", expression):
        check(f"{where}: {name} is written", name in known, "no such metric")
        labels = set(re.findall(r"(\w+)\s*(?:=~|!=|!~|=)", selector)) - OUTSIDE
        check(f"{where}: {name} has the labels {sorted(labels)}", labels <= known.get(name, set()), known.get(name))


def rules_hold(known):
    code, said = promtool("test", "rules", os.path.join(HERE, "ktls-tuner.test.yml"))
    check("each alert fires when it should, and only then", code == 0, said)
    with open(RULES, encoding="utf-8") as file:
        text = file.read()
    for alert in re.findall(r"- alert: (\w+)", text):
        with open(os.path.join(HERE, "ktls-tuner.test.yml"), encoding="utf-8") as file:
            cases = file.read()
        check(f"{alert} has a case", f"alertname: {alert}\n" in cases)
        with open(os.path.join(DOCS, "README.md"), encoding="utf-8") as file:
            check(f"{alert} is explained", f"`{alert}`" in file.read())
    for expression in re.findall(r"expr: *(?:\|\n((?: {10}.*\n)+)|(.+))", text):
        names_are_known("rules", "".join(expression), known)


def severities_hold():
    """No page at night for a host that works: what it cannot do, it could not do yesterday."""
    with open(RULES, encoding="utf-8") as file:
        rules = dict(re.findall(r"- alert: (\w+)\n(.*?)(?=\n\n|\Z)", file.read(), re.DOTALL))
    levels = {name: re.search(r"severity: (\w+)", rule)[1] for name, rule in rules.items()}
    check("only a run that is not confirmed is critical",
          [name for name, level in levels.items() if level == "critical"] == ["KtlsTunerUnconfirmed"], levels)
    cannot = {name: levels[name] for name, rule in rules.items() if re.search(r"exit_code\s*==\s*4\b", rule)}
    check("a host that cannot is a warning", cannot == {"KtlsTunerCannot": "warning"}, cannot)


def dashboard_holds(known):
    found = expressions()
    check("the dashboard asks for something", len(found) > 10, len(found))
    groups = [{"record": f"panel:{at}", "expr": expression} for at, (_title, expression) in enumerate(found)]
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
        json.dump({"groups": [{"name": "dashboard", "rules": groups}]}, file)  # JSON is YAML
        file.flush()
        code, said = promtool("check", "rules", file.name)
    check("its expressions are PromQL", code == 0, said)
    for title, expression in found:
        names_are_known(f"panel '{title}'", expression, known)


def tool_writes(bin_folder, known):
    """On machines of which one has TLS and one has not; series by name and label as the page says."""
    with tempfile.TemporaryDirectory() as folder:
        for machine in ("cloud-virtio", "two-socket-mlx5", "no-tls"):
            root, metrics = os.path.join(folder, machine), os.path.join(folder, "ktls_tuner.prom")
            subprocess.run([os.path.join(bin_folder, "make-machine"), machine, root], check=True)
            done = subprocess.run([os.path.join(bin_folder, "ktls-tuner"), "--root", root, "check", "-p", "edge-server", "--metrics",
                                   metrics], capture_output=True, text=True, check=False)
            check(f"{machine}: checked", done.returncode in (0, 2, 4), done.stderr)
            with open(metrics, encoding="utf-8") as file:
                text = file.read()
            code, said = promtool("check", "metrics", text=text)
            check(f"{machine}: promtool check metrics has nothing to say", (code, said) == (0, ""), said)
            check(f"{machine}: everybody may read it", os.stat(metrics).st_mode & 0o777 == 0o644, oct(os.stat(metrics).st_mode))
            series = [line for line in text.splitlines() if not line.startswith("#")]
            check(f"{machine}: settings are counted", any(line.startswith("ktls_tuner_settings{") for line in series), text)
            for line in series:
                name, labels = re.match(r"(\w+)(?:\{(.*)\})? \S+$", line).groups()
                if set(re.findall(r'(\w+)="', labels or "")) != known.get(name):
                    check(f"{machine}: {line} is as metrics.md says", False, known.get(name))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    arguments = parser.parse_args()
    known = documented()
    check("metrics.md lists them", len(known) > 10, known)
    rules_hold(known)
    severities_hold()
    dashboard_holds(known)
    tool_writes(arguments.bin, known)
    finish()


main()
