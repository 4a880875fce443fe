#!/usr/bin/env python3
"""The promise test: each promise of our pages is a numbered row of docs/promises.md, with the tests that try it.

    promises.py [SOURCE-FOLDER]     fails on a row without a test, a test that does not exist, a promise without a number
    promises.py --self-test         tables that lie are found out

A row is `| P12 | the promise | where | tests |`. Where: `FILE`, in which the tag <!-- P12 --> stands, or `FILE: words that
stand there`. Tests: `Suite.Name` (GoogleTest), `FILE.case: its name`, or the name of a ctest test.
"""
import pathlib
import re
import sys
import tempfile

TABLE = "docs/promises.md"
# The promises of these sections carry a number each: what a page promises stands in blocks that begin so, and a block ends
# with the tag of its last promise. What promises nothing says so: <!-- no promise -->.
BLOCKS = {
    ("SECURITY.md", "What counts"): "- ",
    ("SECURITY.md", "What it relies on"): "- ",
    ("README.md", "On a real host"): "**",
    ("README.md", "Exit codes"): "With `",
    ("README.md", "What it changes"): "**",
}
TAG = re.compile(r"<!-- (P[0-9]+(?: P[0-9]+)*|no promise) -->")
ROW = re.compile(r"\| (P[0-9]+) \| (.+?) \| (.+?) \| (.*?) ?\|")


def read(path):
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def squeezed(text):
    return re.sub(r"\s+", " ", text)


# --- What there is to try a promise with ----------------------------------------------------------

def gtests(root):
    """{"Plan.NeverWrites", ...} of the sources; a disabled test tries nothing."""
    found = set()
    for source in root.glob("tests/**/*.cc"):
        for suite, name in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", read(source), re.MULTILINE):
            if not suite.startswith("DISABLED_") and not name.startswith("DISABLED_"):
                found.add(f"{suite}.{name}")
    return found


def cases(root):
    """{"trust.case: a link at …", ...}"""
    return {f"{file.name}: {name}" for file in root.glob("tests/cases/*.case")
            for name in re.findall(r"^NAME (.+?) *$", read(file), re.MULTILINE)}


def loops(text):
    """The text of each foreach(x a b c) … endforeach() once for each word, as CMake does it; one level."""
    def unrolled(match):
        return "".join(match[3].replace(f"${{{match[1]}}}", word) for word in match[2].split())
    return re.sub(r"foreach\((\w+) ((?!IN)[^)]+)\)(.*?)endforeach\(\)", unrolled, text, flags=re.DOTALL)


def ctests(root):
    found = set()
    prefixes = {"lab": "lab.", "host": "lab.", "package": "package."}
    for file in [root / "tests/CMakeLists.txt", *root.glob("tests/**/*.cmake")]:
        text = loops(read(file))
        found.update(name for name in re.findall(r"add_test\(NAME (\S+)", text) if "$" not in name)
        for kind, name in re.findall(r"^tuner_(lab|host|package)_test\((\S+)", text, re.MULTILINE):
            found.add(prefixes[kind] + name)
        for names in re.findall(r"set\(fuzz_targets ([^)]+)\)", text):
            found.update(f"fuzz.{name}" for name in names.split())
    return {name.rstrip(")") for name in found}


# --- The table and the pages ----------------------------------------------------------------------

def rows_of(table, wrong):
    """[(number, promise, places, tests)]; a line of the table that is none is wrong."""
    rows, seen = [], set()
    for line in table.splitlines():
        if not re.match(r"\| *P[0-9]", line):
            continue
        match = ROW.fullmatch(line.strip())
        if not match:
            wrong.append(f"not a row: {line[:80]}")
            continue
        number, promise, places, tests = match.groups()
        if number in seen:
            wrong.append(f"{number} stands there twice")
        seen.add(number)
        rows.append((number, promise, re.findall(r"`([^`]+)`", places), re.findall(r"`([^`]+)`", tests)))
    if not rows:
        wrong.append(f"{TABLE} has no row")
    return rows


def tags_of(page):
    return {number for tag in TAG.findall(page) if tag != "no promise" for number in tag.split()}


def blocks_of(page, section, start):
    """The blocks of a section that begin with `start`: up to an empty line, or the next one of them."""
    found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    blocks, inside = [], False
    for line in (found[1] if found else "").splitlines():
        if line.startswith(start):
            blocks.append(line)
            inside = True
        elif not line.strip():
            inside = False
        elif inside:
            blocks[-1] += " " + line.strip()
    return blocks


def check_places(root, number, places, wrong):
    if not places:
        wrong.append(f"{number} is promised nowhere")
    for place in places:
        name, _, words = place.partition(": ")
        page = read(root / name)
        if not page:
            wrong.append(f"{number}: there is no page {name}")
        elif words and squeezed(words) not in squeezed(page):
            wrong.append(f"{number}: {name} does not say: {words}")
        elif not words and number not in tags_of(page):
            wrong.append(f"{number}: {name} has no <!-- {number} -->")


def check_pages(root, rows, wrong):
    tagged = {number: {place for place in places if ": " not in place} for number, _, places, _ in rows}
    for path in [root / "README.md", root / "SECURITY.md", *sorted(root.glob("docs/*.md"))]:
        name = str(path.relative_to(root))
        for number in sorted(tags_of(read(path)) if name != TABLE else []):
            if number not in tagged:
                wrong.append(f"{name}: {number} has no row in {TABLE}")
            elif name not in tagged[number]:
                wrong.append(f"{name}: {number} is not said to be promised there")
    for (name, section), start in BLOCKS.items():
        blocks = blocks_of(read(root / name), section, start)
        if not blocks:
            wrong.append(f"{name}: no promise found in the section {section}")
        wrong += [f"{name}, {section}: a promise without a number: …{block[-70:]}" for block in blocks
                  if not re.search(TAG.pattern + r"$", block.strip())]


def check(root):
    """What is wrong, and how many promises and tests there are."""
    wrong = []
    rows = rows_of(read(root / TABLE), wrong)
    known = {"gtest": gtests(root), "case": cases(root), "ctest": ctests(root)}
    wrong += [f"no {kind} found at all" for kind, names in known.items() if not names]
    there = set().union(*known.values())
    for number, promise, places, tests in rows:
        if not tests:
            wrong.append(f"{number} has no test: {promise}")
        wrong += [f"{number}: there is no test {test}" for test in tests if test not in there]
        check_places(root, number, places, wrong)
    check_pages(root, rows, wrong)
    return wrong, len(rows), len({test for row in rows for test in row[3]})


# --- The lies -------------------------------------------------------------------------------------

HONEST = {
    "SECURITY.md": "# S\n\n## What counts\n\n- a thing\n  of two lines <!-- P1 -->\n- another <!-- P2 -->\n\n"
                   "## What it relies on\n\n- trust <!-- no promise -->\n",
    "README.md": "# R\n\n## On a real host\n\n**Drift.** Silent. <!-- P1 -->\n\n## Exit codes\n\nWith `--json` one. <!-- P2 P3 -->\n\n"
                 "## What it changes\n\n**Back.** Always.\nAnd whole. <!-- P3 -->\n",
    "docs/other.md": "Never\nwritten twice.\n",
    TABLE: "| | promise | promised in | tried by |\n|---|---|---|---|\n"
           "| P1 | One. | `SECURITY.md`, `README.md` | `Suite.Name` |\n"
           "| P2 | Two. | `SECURITY.md`, `README.md`, `docs/other.md: Never written twice` | `a.case: it, and so on`, `lab.way` |\n"
           "| P3 | Three. | `README.md` | `check.it`, `ansible.role` |\n",
    "tests/x/x_test.cc": "TEST(Suite, Name) {}\nTEST_F(Suite,\n       DISABLED_Not) {}\n",
    "tests/cases/a.case": "NAME it, and so on\nRUN true\n",
    "tests/t.cmake": "add_test(NAME check.it COMMAND true)\ntuner_lab_test(way 6.1 240 COMMAND x)\n"
                     "foreach(one rules role)\n  add_test(NAME ansible.${one} COMMAND x)\nendforeach()\n",
}
LIES = [
    ("a row without a test", TABLE, "`Suite.Name`", "", "P1 has no test"),
    ("a test that is none", TABLE, "`Suite.Name`", "`Suite.Gone`", "there is no test Suite.Gone"),
    ("a test that is disabled", TABLE, "`Suite.Name`", "`Suite.DISABLED_Not`", "there is no test Suite.DISABLED_Not"),
    ("a test that was renamed", "tests/x/x_test.cc", "Name", "Other", "there is no test Suite.Name"),
    ("a case that is gone", "tests/cases/a.case", "and so on", "and on", "there is no test a.case: it, and so on"),
    ("a lab test that is gone", "tests/t.cmake", "tuner_lab_test(way", "tuner_lab_test(weg", "there is no test lab.way"),
    ("a number twice", TABLE, "| P3 | Three", "| P2 | Three", "P2 stands there twice"),
    ("a number that has no row", "README.md", "P2 P3", "P2 P3 P9", "P9 has no row"),
    ("a row whose tag is gone", "SECURITY.md", " <!-- P2 -->", " <!-- no promise -->", "SECURITY.md has no <!-- P2 -->"),
    ("a tag where the row does not say so", "SECURITY.md", "<!-- P2 -->", "<!-- P2 P3 -->", "P3 is not said to be promised there"),
    ("a page without the words", "docs/other.md", "twice", "often", "does not say: Never written twice"),
    ("a page that is gone", TABLE, "docs/other.md", "docs/none.md", "there is no page docs/none.md"),
    ("a bullet without a number", "SECURITY.md", "- another", "- new\n- another", "a promise without a number: …- new"),
    ("a sentence behind the number", "README.md", "<!-- P3 -->", "<!-- P3 --> More.", "a promise without a number"),
    ("a row that is none", TABLE, "| P3 | Three. |", "| P3 | ", "not a row"),
    ("a section that is gone", "README.md", "## What it changes", "## What changes", "no promise found in the section What it changes"),
    ("an empty table", TABLE, "| P", "| Q", "has no row"),
]


def lay_out(files, folder):
    for name, text in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def self_test():
    failed = 0
    for what, name, old, new, complaint in [("the honest table", "README.md", "", "", None), *LIES]:
        with tempfile.TemporaryDirectory() as folder:
            text = HONEST[name]
            if old and old not in text:
                sys.exit(f"{what}: {name} has no '{old}'")
            lay_out({**HONEST, name: text.replace(old, new) if old else text}, folder)
            wrong, rows, _tests = check(pathlib.Path(folder))
        right = (not wrong and rows == 3) if complaint is None else any(complaint in one for one in wrong)
        if not right:
            failed += 1
            print(f"not ok: {what}: {wrong}")
    print(f"{len(LIES)} lies, {failed} of them not found out" if failed else f"{len(LIES)} lies found out")
    return 1 if failed else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    wrong, promises, tests = check(root)
    print("\n".join(wrong) or f"{promises} promises, tried by {tests} tests")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
