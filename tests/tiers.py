#!/usr/bin/env python3
"""Every test of the preset gcc is in exactly one tier of `scripts/test --full`: none is forgotten, none runs twice.

    tiers.py SOURCE-FOLDER
"""
import collections
import pathlib
import re
import subprocess
import sys

FIXTURE = "package.build"  # comes along wherever a test needs the package
OF_GCC = ["gcc", "lab", "lab-more", "lab-6.12", "lab-7.3", "lab-long", "measures", "ansible", "ansible-cost"]


def names(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return re.findall(r"^ *Test +#\d+: (\S+)", done.stdout, re.MULTILINE)


def main():
    source = pathlib.Path(sys.argv[1])
    if not (source / "build/gcc/CTestTestfile.cmake").exists():
        print("skipped: there is no build of the preset gcc")
        return 77
    everything = names(["ctest", "--test-dir", str(source / "build/gcc"), "-N"])
    tiers = collections.defaultdict(set)
    for tier in OF_GCC:
        for name in names([str(source / "scripts/test"), "--list", tier]):
            tiers[name].add(tier)
    wrong = [f"{name}: in {', '.join(sorted(tiers[name])) or 'no tier'}" for name in everything
             if len(tiers[name]) != 1 and name != FIXTURE]
    print("\n".join(wrong) or f"{len(everything)} tests, each in one of {len(OF_GCC)} tiers")
    return 1 if wrong or not everything else 0


if __name__ == "__main__":
    sys.exit(main())
