#!/usr/bin/env python3
"""No two files of a build define one symbol that belongs to each of them alone.

    linkage.py BUILD-FOLDER

A weak symbol whose name contains something of an unnamed namespace is merged with every other of that name, and each file has
an unnamed namespace of its own: the linker then takes the functions of one file for those of another. g++ 14 does that to
lambdas in templates; three families of NIC settings once wrote through the functions of the first.
"""
import collections
import pathlib
import subprocess
import sys

LOCAL = "_GLOBAL__N_"


def weak_local_symbols(build):
    objects = sorted(str(path) for path in pathlib.Path(build).rglob("*.o"))
    if not any("/tuner_knobs.dir/" in path for path in objects):
        sys.exit(f"{build}: the program's object files are not among its {len(objects)}")
    listing = subprocess.run(["nm", "-A", *objects], check=True, capture_output=True, text=True).stdout
    found = collections.defaultdict(set)
    seen = 0
    for line in listing.splitlines():
        place, _, rest = line.partition(":")
        fields = rest.split()
        if len(fields) < 2:
            continue
        seen += LOCAL in fields[-1]
        if fields[-2] in "WVu" and LOCAL in fields[-1]:
            found[fields[-1]].add(pathlib.Path(place).name)
    if seen == 0:
        sys.exit(f"{build}: nm names no symbol of an unnamed namespace, so nothing was looked at")
    return found


def main():
    found = weak_local_symbols(sys.argv[1])
    for symbol, files in sorted(found.items()):
        print(f"{symbol}: one file's own, but merged by name, in {', '.join(sorted(files))}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
