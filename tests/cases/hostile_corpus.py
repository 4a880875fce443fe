"""The names of tests/hostile-names.txt, as bytes."""
import os
import re

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hostile-names.txt")


def unescaped(line):
    return re.sub(rb"\\(x[0-9a-f]{2}|\\)", lambda m: b"\\" if m[1] == b"\\" else bytes([int(m[1][1:], 16)]), line)


def names():
    with open(FILE, "rb") as lines:
        kept = [line.rstrip(b"\n") for line in lines]
    return [unescaped(line) for line in kept if line and (not line.startswith(b"# ") or line == b"# heading")]
