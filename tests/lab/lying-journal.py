#!/usr/bin/python3
"""In the lab: a journal that was truncated or altered, or belongs to another network namespace. The tool never concludes that
there is nothing to undo. `long`: truncated at many places, and altered in each line.
"""
import contextlib
import os
import sys

from lab import JOURNAL, check, check_documents, equal, finish, must, note, profile, read, run, same, settings, tuner, write

PROFILE = profile("three-sysctls")
KEYS = ("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_slow_start_after_idle")
HEAD = f"{JOURNAL}.head"
WELL = ("all is as it was", "nothing to roll back", "nothing was applied")
FEW = ("cut to nothing", "cut after line 3", "cut in the last line", "a bit in line 2", "gone", "its head gone")  # the variants without `long`


def path_of(key):
    return f"/proc/sys/{key.replace('.', '/')}"


def values():
    return {key: read(path_of(key)) for key in KEYS}


def raw(path):
    with open(path, "rb") as file:
        return file.read()


def put(path, data):
    with open(path, "wb") as file:
        file.write(data)


def files_of_the_journal():
    folder = os.path.dirname(JOURNAL)
    return {f"{folder}/{name}": raw(f"{folder}/{name}") for name in os.listdir(folder) if name.startswith("journal")}


@contextlib.contextmanager
def as_found():
    """Restores the files of the journal at the end."""
    found = files_of_the_journal()
    yield
    for path in files_of_the_journal():
        os.remove(path)
    for path, data in found.items():
        put(path, data)


def said(ran):
    return f"{ran.out} {ran.err}"


# --- Damage -------------------------------------------------------------------------------------

def ends_of_lines(data):
    return [at + 1 for at, byte in enumerate(data) if byte == 10]


def cuts(data):
    """{name: the truncated journal}"""
    ends = ends_of_lines(data)
    places = {"to nothing": 0, "in line 1": ends[0] // 2, "in the last line": len(data) - 20, "of its last byte": len(data) - 1}
    places |= {f"after line {line}": end for line, end in enumerate(ends[:-1], 1)}
    places |= {f"to {at} bytes": at for at in range(1, len(data), max(1, len(data) // 40))}
    return {f"cut {what}": data[:at] for what, at in places.items()}


def flips(data):
    """{name: the journal with one flipped bit}, once per line: in the original if the line has one, otherwise in its digest."""
    original = b'"before":'
    found, begin = {}, 0
    for number, end in enumerate(ends_of_lines(data), 1):
        at = data.find(original, begin, end)
        at = end - 10 if at < 0 else at + len(original)
        found[f"a bit in line {number}"] = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        begin = end
    return found


def moved(data):
    """{name: the journal with lines missing, doubled or swapped}. Each line by itself is valid."""
    lines = data.splitlines(keepends=True)
    found = {"line 2 missing": lines[:1] + lines[2:], "line 2 doubled": lines[:2] + lines[1:],
             "lines 2 and 3 in turn": [lines[0], lines[2], lines[1], *lines[3:]]}
    return {what: b"".join(found[what]) for what in found}


def variants():
    data, head = raw(JOURNAL), raw(HEAD)
    found = {what: (text, head) for what, text in {**cuts(data), **flips(data), **moved(data)}.items()}
    return found | {"gone": (None, head), "its head gone": (data, None), "its head cut": (data, head[:-3])}


def damage(variant):
    for path, data in zip((JOURNAL, HEAD), variant):
        if data is None:
            os.remove(path)
        else:
            put(path, data)


def check_words(what):
    """Reading verbs and apply: all report the damage, and none writes."""
    before, files = settings(), files_of_the_journal()
    wrong = []
    for words in (("status",), ("check",), ("plan", "-p", PROFILE), ("apply", "-p", PROFILE), ("rollback", "--dry-run")):
        ran = tuner(*words)
        verb = words[0]
        if ran.code not in (1, 2) or (ran.code == 2 and verb != "rollback"):
            wrong.append(f"{verb} ends {ran.code}")
        if "damaged" not in said(ran):
            wrong.append(f"{verb} does not say so: {ran.told()}")
        better = WELL if verb == "rollback" else (*WELL, "in sync")
        wrong += [f"{verb} says '{word}'" for word in better if word in said(ran)]
    check(f"journal, {what}: status, check, plan, apply and rollback --dry-run say that it is damaged, and do not report success",
          not wrong, "; ".join(wrong))
    same(f"journal, {what}: nothing was written", before, settings())
    check(f"journal, {what}: it stays as it is", files == files_of_the_journal())


def check_rollback(what, originals):
    """Rollback restores each setting or names it as unknown, and keeps the file; --salvage moves it aside, then apply works."""
    files = files_of_the_journal()
    undone = tuner("rollback")
    left = [key for key in KEYS if read(path_of(key)) != originals[key]]
    check(f"journal, {what}: rollback ends 1, and names what it did not restore ({len(left)})", undone.code == 1
          and not any(word in said(undone) for word in WELL) and all(key in said(undone) for key in left), f"{left}; {undone.told()}")
    check(f"journal, {what}: it is kept", files == files_of_the_journal())
    salvaged = tuner("rollback", "--salvage")
    aside = [path for path, data in files_of_the_journal().items() if data == files.get(JOURNAL, files.get(HEAD))]
    check(f"journal, {what}: rollback --salvage has moved it aside, and says where", not os.path.exists(JOURNAL) and aside
          and aside[0].removesuffix(".head") in said(salvaged) and not any(word in said(salvaged) for word in WELL),
          f"{list(files_of_the_journal())}; {salvaged.told()}")
    for key, original in originals.items():
        write(path_of(key), original)
    equal(f"journal, {what}: apply runs again, and rollback after it",
          [tuner("apply", "-p", PROFILE).code, tuner("rollback").code, values()], [0, 0, originals])


def damaged(long):
    before, originals = settings(), values()
    must("ktls-tuner", "apply", "-p", PROFILE)
    applied = values()
    all_of_them = variants() if long else {what: variants()[what] for what in FEW}
    note(f"{len(all_of_them)} ways to be damaged, of {len(ends_of_lines(raw(JOURNAL)))} lines")
    for what, variant in all_of_them.items():
        with as_found():
            damage(variant)
            check_words(what)
    for what in [what for what in all_of_them if not what.endswith(" bytes")] if long else FEW[:2]:
        with as_found():
            for key, value in applied.items():
                write(path_of(key), value)
            damage(all_of_them[what])
            check_rollback(what, originals)
    for key, value in applied.items():
        write(path_of(key), value)
    done = tuner("rollback")
    check("the journal as it was written: rollback ends 0", done.code == 0 and "all is as it was" in done.out, done.told())
    same("all is as before", before, settings())


# --- Another network namespace ------------------------------------------------------------------

def there(*words):
    return run("ip", "netns", "exec", "other", "ktls-tuner", *words)


def check_other_namespace(what, here, other):
    """`other` neither judges nor undoes what `here` has applied."""
    before = settings()
    equal(f"{what}: apply and check end 0", [here("apply", "-p", PROFILE).code, here("check").code], [0, 0])
    now, files = settings(), files_of_the_journal()
    for words in (("check",), ("plan", "-p", PROFILE), ("apply", "-p", PROFILE), ("rollback",), ("rollback", "--force"),
                  ("rollback", "--dry-run")):
        ran = other(*words)
        check(f"{what}: {' '.join(words[:2])} from the other one is refused, with the command for the right one", ran.code == 1
              and "another network namespace" in said(ran) and "nsenter --net" in said(ran)
              and not any(word in said(ran) for word in WELL), ran.told())
    check(f"{what}: status reports it there", "another network namespace" in said(other("status")), said(other("status")))
    same(f"{what}: nothing was written", now, settings())
    check(f"{what}: the journal stays as it is", files == files_of_the_journal())
    equal(f"{what}: check ends 0 where it was applied", here("check").code, 0)
    done = here("rollback")
    check(f"{what}: and rollback ends 0", done.code == 0 and "all is as it was" in done.out, done.told())
    same(f"{what}: all is as before", before, settings())


def other_namespace():
    must("ip", "netns", "add", "other")
    check_other_namespace("applied in the initial namespace", tuner, there)
    check_other_namespace("applied in another namespace", there, tuner)
    must("ip", "netns", "del", "other")


def main():
    long = "long" in sys.argv
    damaged(long)
    if not long:
        other_namespace()
        check_documents()


main()
finish()
