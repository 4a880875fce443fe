#!/usr/bin/python3
"""The SBOM in the package: as SPDX 2.3 has it, and true of the programs beside it.

What the programs are linked with is asked here in other ways than package/sbom does: of the programs themselves.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = ("usr/sbin/ktls-tuner", "usr/libexec/ktls-tuner/ktls-tuner-probe", "usr/libexec/ktls-tuner/ktls-tuner-bench")
# Text that only this library's own code has, so that it shows up in a program that has it inside.
MARKS = {"libyaml-cpp-dev": b"N4YAML", "zlib1g-dev": b"invalid distance too far back", "libcli11-dev": b"N3CLI",
         "nlohmann-json3-dev": b"nlohmann", "libstdc++-12-dev": b"terminate called after throwing an instance of"}

sys.path.insert(0, os.path.join(HERE, "../support"))
from checks import equal, finish  # noqa: E402 pylint: disable=wrong-import-position


def output(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def needed(top):
    """Packages of the shared libraries that the packed programs ask for."""
    names = {name for program in PROGRAMS for name in re.findall(r"NEEDED\s+(\S+)", output("readelf", "-d", f"{top}/{program}").replace(
        "Shared library: [", "").replace("]", "").replace("(NEEDED)", "NEEDED"))}
    return {output("dpkg-query", "-S", f"*/x86_64-linux-gnu/{name}").split(":")[0] for name in names}


def check(top, version):
    with open(f"{top}/usr/share/doc/ktls-tuner/ktls-tuner.spdx.json", encoding="utf-8") as file:
        sbom = json.load(file)
    with open(f"{HERE}/spdx-2.3.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    errors = [f"{error.json_path}: {error.message[:200]}" for error in jsonschema.Draft202012Validator(schema).iter_errors(sbom)]
    equal("it is as SPDX 2.3 has it", errors, [])

    ids = [package["SPDXID"] for package in sbom["packages"]]
    equal("every element has an identifier of its own", len(set(ids)), len(ids))
    ends = {end for row in sbom["relationships"] for end in (row["spdxElementId"], row["relatedSpdxElement"])}
    equal("relations are between what is there, and nothing stands alone", ends, set(ids) | {"SPDXRef-DOCUMENT"})
    described = [row["relatedSpdxElement"] for row in sbom["relationships"] if row["relationshipType"] == "DESCRIBES"]
    equal("the document describes the package alone", described, ["SPDXRef-Package-ktls-tuner"])

    packages = {package["name"]: package for package in sbom["packages"]}
    equal("of this version", packages.pop("ktls-tuner")["versionInfo"], version)
    installed = {name: output("dpkg-query", "-W", "-f", "${Version}\n", name).splitlines()[0] for name in packages}
    equal("every version is that of the package here", {name: each["versionInfo"] for name, each in packages.items()}, installed)
    names = {package["SPDXID"]: package["name"] for package in sbom["packages"]}
    by_relation = {}
    for row in sbom["relationships"]:
        by_relation.setdefault(row["relationshipType"], set()).add(names[row["relatedSpdxElement"]])
    equal("shared libraries are those that the programs ask for", by_relation["DYNAMIC_LINK"], needed(top))
    depends = set(re.split(r"[ ,]+\(.*?\)[, ]*|, ", output("dpkg-deb", "-f", package_file(), "Depends").strip())) - {""}
    equal("the package depends on them, and on what is opened at run time", by_relation["DYNAMIC_LINK"] | by_relation["DEPENDS_ON"], depends)
    text = b"".join(open(f"{top}/{program}", "rb").read() for program in PROGRAMS)
    inside = by_relation["STATIC_LINK"] | by_relation["CONTAINS"]
    equal("what shows in the programs is in the list", {name for name, mark in MARKS.items() if mark in text} - inside, set())
    equal("control: it shows", {name for name, mark in MARKS.items() if mark not in text}, set())


def package_file():
    found = glob.glob("build/package/ktls-tuner_*.deb")
    if len(found) != 1:
        raise SystemExit(f"one package in build/package, not {found}: scripts/package makes it")
    return found[0]


def main():
    with tempfile.TemporaryDirectory() as top:
        subprocess.run(["dpkg-deb", "-x", package_file(), top], check=True)
        check(top, output("dpkg-deb", "-f", package_file(), "Version").strip())
    finish()


main()
