#!/usr/bin/env python3
"""The vocabulary test: no source, message or page uses a word that docs/vocabulary.md replaces.

    vocabulary.py [--count]     each place with the word to use instead; --count: how many a word, and exit status 0
    vocabulary.py --self-test   a planted word is found, an allowed one is not
"""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = "docs/vocabulary.md"
ENDINGS = (".cc", ".h", ".py", ".md", ".yaml", ".yml", ".case", ".json", ".cmake", ".service", ".timer", ".j2")
# The table itself; recorded bytes; licence texts, which are not ours to word.
EXCEPT = re.compile(r"^(docs/vocabulary\.md|tests/vocabulary\.py|tests/fuzz/corpus/|tests/hosts/|package/copyright|LICENSES?/)")
ROW = re.compile(r"^\| (?P<say>[^|]+) \| (?P<what>[^|]*) \| `(?P<not>.+?)(?<!\\)` \| (?:`(?P<but>.+?)`)? ?\|$")


class Word:
    def __init__(self, say, pattern, but):
        self.say, self.bad, self.but = say, re.compile(pattern, re.I), re.compile(but, re.I) if but else None

    def places(self, line):
        """What of the line is to be said otherwise. An exception covers the match that it contains."""
        allowed = [m.span() for m in self.but.finditer(line)] if self.but else []
        for match in self.bad.finditer(line):
            if not any(start <= match.start() and match.end() <= end for start, end in allowed):
                yield match.group()


def words(table):
    """The rows with a pattern; in a table a | of the pattern is written \\|."""
    found = []
    for line in table.splitlines():
        if row := ROW.match(line):
            found.append(Word(row["say"], row["not"].replace("\\|", "|"), (row["but"] or "").replace("\\|", "|")))
    return found


def sources():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in sorted(set(listed.splitlines())):
        path = ROOT / name
        if EXCEPT.match(name) or path.is_symlink() or not path.is_file():
            continue
        if name.endswith(ENDINGS) or (name.startswith("scripts/") and "." not in path.name):
            yield name, path.read_text(encoding="utf-8", errors="replace")


def self_test():
    known = words((ROOT / TABLE).read_text(encoding="utf-8"))
    assert len(known) >= 8, "the table is not read"
    [claim] = [w for w in known if w.bad.search("claims")]
    assert list(claim.places("// The claims of others")) == ["claims"]
    assert not list(claim.places('{"claims", external}')), "a fixed name is allowed"
    assert list(claim.places('{"claims", claims}')) == ["claims"], "and nothing beside it"
    print(f"vocabulary: {len(known)} rows, planted words found")


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    known = words((ROOT / TABLE).read_text(encoding="utf-8"))
    counts = collections.Counter()
    for name, text in sources():
        for number, line in enumerate(text.splitlines(), 1):
            for word in known:
                for found in word.places(line):
                    counts[word.say, found.lower()] += 1
                    if arguments != ["--count"]:
                        print(f"{name}:{number}: {found}: say {word.say}")
    if arguments == ["--count"]:
        for (say, found), count in counts.most_common():
            print(f"{count:5} {found} (say {say})")
        return 0
    return 1 if counts else 0


sys.exit(main(sys.argv[1:]))
