#!/usr/bin/python3
"""The files in the package: what docs/package.md lists is there, dashboard and alert rules are those of the source, and links lead somewhere."""
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "../.."))
MONITORING = ("ktls-tuner.rules.yml", "ktls-tuner.dashboard.json")

sys.path.insert(0, os.path.join(HERE, "../support"))
from checks import check, equal, finish  # noqa: E402 pylint: disable=wrong-import-position


def package_file():
    found = glob.glob("build/package/ktls-tuner_*.deb")
    if len(found) != 1:
        raise SystemExit(f"one package in build/package, not {found}: scripts/package makes it")
    return found[0]


def expanded(path):
    """/usr/share/{a,b} as /usr/share/a and /usr/share/b; what follows an ellipsis is left out."""
    path = path.split("…")[0].rstrip("/")
    group = re.search(r"\{([^}]*)\}", path)
    if not group:
        return [path]
    return [one for word in group[1].split(",") for one in expanded(path[:group.start()] + word + path[group.end():])]


def listed():
    """The paths of the table below "Contents" in docs/package.md."""
    with open(f"{ROOT}/docs/package.md", encoding="utf-8") as page:
        table = page.read().split("## Contents")[1].split("\n\n")[1]
    cells = [line.split("|")[1] for line in table.splitlines()[2:]]
    return [path for cell in cells for quoted in re.findall(r"`([^`]+)`", cell) for path in expanded(quoted)]


def text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def has(top, path):
    """/lib is /usr/lib on every host of this release."""
    return os.path.exists(top + path) or (path.startswith("/lib/") and os.path.exists(f"{top}/usr{path}"))


def monitoring(top):
    for name in MONITORING:
        packed, source = f"{top}/usr/share/ktls-tuner/monitoring/{name}", text(f"{ROOT}/docs/monitoring/{name}")
        check(f"{name} is in the package, as in the source", os.path.exists(packed) and text(packed) == source)
        equal(f"{name} is readable by everybody", oct(os.stat(packed).st_mode & 0o777), "0o644")


def pages(top):
    """The pages on monitoring keep their links to each other, to the rules and to the dashboard."""
    doc = f"{top}/usr/share/doc/ktls-tuner"
    for page in glob.glob(f"{doc}/monitoring/*.md"):
        missing = [link for link in re.findall(r"\]\(([^)#:]+)\)", text(page))
                   if not os.path.exists(os.path.join(os.path.dirname(page), link))]
        equal(f"the links of monitoring/{os.path.basename(page)} lead somewhere", missing, [])
    broken = [path for path in glob.glob(f"{top}/**", recursive=True) if os.path.islink(path) and not os.path.exists(path)]
    equal("no symbolic link leads nowhere", broken, [])


def main():
    with tempfile.TemporaryDirectory() as top:
        subprocess.run(["dpkg-deb", "-x", package_file(), top], check=True)
        paths = listed()
        check("docs/package.md lists paths", len(paths) > 12, paths)
        equal("what docs/package.md lists is in the package", [path for path in paths if not has(top, path)], [])
        monitoring(top)
        pages(top)
    finish()


main()
