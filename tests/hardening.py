#!/usr/bin/env python3
"""Each program of a build is hardened as Debian's packages are: what hardening-check(1) looks for, and two things that it
cannot see in a program.

    hardening.py BUILD-FOLDER

Stack clash protection leaves no mark in a program, so the compiler's command lines are looked at. Of control-flow protection
a program keeps the mark only if each archive that it is linked with has it, too: the object files are looked at.
"""
import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

# Those that are installed; they are large enough to use a checked function of glibc.
SHIPPED = ("ktls-tuner", "ktls-tuner-probe", "ktls-tuner-bench")
X86 = platform.machine() == "x86_64"


def readelf(option, path):
    return subprocess.run(["readelf", "-W", option, str(path)], check=True, capture_output=True, text=True).stdout


def is_program(path):
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def missing_in_program(path, shipped):
    headers, segments, dynamic, symbols = (readelf(option, path) for option in ("-h", "-l", "-d", "--dyn-syms"))
    stack = re.search(r"GNU_STACK(?:\s+0x[0-9a-f]+){5}\s+(\w+)", segments)
    imported = set(re.findall(r" UND (\w+)", symbols))
    checked = {name for name in imported if name.endswith("_chk")}
    found = {
        "a position-independent executable": "DYN (" in headers and "PIE" in dynamic,
        "read-only relocations": "GNU_RELRO" in segments,
        "immediate binding": re.search(r"BIND_NOW|\bNOW\b", dynamic) is not None,
        "a stack that runs nothing": stack is not None and "E" not in stack[1],
    }
    if shipped:
        found["the stack protector"] = "__stack_chk_fail" in imported
        found["fortified functions"] = bool(checked)
    return [what for what, there in found.items() if not there]


def missing_in_command(command):
    wanted = ["-fstack-clash-protection", "-fstack-protector-strong", "-fPIE"]
    if "-D_FORTIFY_SOURCE" not in command:
        wanted.append("-D_FORTIFY_SOURCE=2")
    wanted.append("-fcf-protection" if X86 else "-mbranch-protection=standard")
    return [flag for flag in wanted if flag not in command.split()]


def missing_in_object(path):
    if not X86:
        return []
    return [] if re.search(r"IBT.*SHSTK", readelf("-n", path)) else ["control-flow protection (IBT, SHSTK)"]


def check_the_check():
    """A program and an object that have none of it are seen."""
    with tempfile.TemporaryDirectory() as folder:
        source, soft, part = (pathlib.Path(folder, name) for name in ("soft.cc", "soft", "soft.o"))
        source.write_text("int main() {}\n")
        compiler = ["g++", *(["-fcf-protection=none"] if X86 else []), "-fno-stack-protector", "-U_FORTIFY_SOURCE"]
        subprocess.run([*compiler, "-no-pie", "-Wl,-z,norelro,-z,lazy,-z,execstack", source, "-o", soft], check=True, capture_output=True)
        subprocess.run([*compiler, "-c", source, "-o", part], check=True)
        if len(missing_in_program(soft, shipped=True)) != 6 or (X86 and not missing_in_object(part)):
            sys.exit(f"a program without any hardening lacks only: {missing_in_program(soft, shipped=True)}")


def main():
    check_the_check()
    build = pathlib.Path(sys.argv[1])
    commands = [row for row in json.loads((build / "compile_commands.json").read_text())
                if "/tuner/" in row["file"] and not row["file"].endswith("cmake_pch.hxx.cxx")]    # a precompiled header is no object
    if any("-fsanitize=" in row["command"] for row in commands):
        print("a sanitizer build is not hardened")
        return 77
    programs = [path for path in sorted((build / "bin").iterdir()) if path.is_file() and is_program(path)]
    if not set(SHIPPED) <= {path.name for path in programs} or not commands:
        sys.exit(f"{build}: {', '.join(SHIPPED)} or their compiler's commands are not there")
    wrong = [(path.name, missing_in_program(path, path.name in SHIPPED)) for path in programs]
    wrong += [(row["file"], missing_in_command(row["command"])) for row in commands]
    # A program whose linker forgot the objects would still pass: all that were compiled are looked at.
    objects = [pathlib.Path(row["directory"], re.search(r" -o (\S+)", row["command"])[1]) for row in commands]
    wrong += [(path.name, missing_in_object(path)) for path in objects if path.exists()]
    for name, what in wrong:
        if what:
            print(f"{name}: without {', '.join(what)}")
    print(f"{len(programs)} programs, {len(commands)} compiler commands")
    return 1 if any(what for _, what in wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
