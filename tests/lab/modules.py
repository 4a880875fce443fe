#!/usr/bin/python3
"""In the lab: the states of a module. Deny-listed, loaded by another program, in use, and a kernel with module loading
disabled: that one last, because it lasts until the next boot."""
import os

from lab import check, equal, finish, journal_is_gone, loaded, must, named, same, settings, tuner, write

DENIAL = "/etc/modprobe.d/no-tls.conf"


def told(ran):
    return " ".join(f"{error['message']} {error['hint']}" for error in ran.doc["errors"])


def check_refused(what, *parts):
    """A required module is blocked: exit code 4 with the reason, and nothing at all is written."""
    before = settings()
    for verb in ("plan", "check", "apply", "tune"):
        ran = tuner(verb, "-p", "edge-server", "--json")
        equal(f"{what}: {verb} ends 4", ran.code, 4)
        check(f"{what}: {verb} says why", all(part in told(ran) for part in parts), told(ran))
    same(f"{what}: nothing was written", before, settings())
    check(f"{what}: the journal says nothing", journal_is_gone())
    facts = tuner("facts")
    check(f"{what}: facts knows it", all(part in facts.out for part in parts[:1]), facts.out[:300])


def check_deny_list():
    for line in ("blacklist tls", "install tls /bin/false"):
        write(DENIAL, f"# by the administrator\n\n{line}\n")
        check_refused(line, f"{DENIAL}:3: {line}")
    os.remove(DENIAL)
    equal("without that line check ends 2", tuner("check", "-p", "edge-server").code, 2)


def check_denied_but_loaded():
    must("modprobe", "tls")
    write(DENIAL, "blacklist tls\n")
    equal("deny-listed, but loaded by hand: in sync", tuner("check", "-p", "base").code, 0)
    os.remove(DENIAL)


def check_loaded_before():
    """Another program loaded the module and may need it: rollback undoes only what the tool did."""
    before = settings()
    ran = tuner("apply", "-p", "edge-server", "--json")
    equal("loaded before: apply ends 0", ran.code, 0)
    check("loaded before: the module is none of its steps that were done",
          ("module", "tls") not in named(ran.doc["steps"], "done") and named(ran.doc["steps"], "done"),
          named(ran.doc["steps"], "done"))
    equal("loaded before: rollback ends 0", tuner("rollback").code, 0)
    check("loaded before: it still is", loaded("tls"))
    same("loaded before: all is as before", before, settings())
    must("modprobe", "-r", "tls")


def check_no_modules():
    write("/proc/sys/kernel/modules_disabled", "1")
    check_refused("kernel.modules_disabled", "kernel.modules_disabled is 1",
                  "no module can be loaded until the next boot", "/etc/modules-load.d")
    ran = tuner("apply", "-p", "edge-server", "--skip", "module", "--json")
    equal("kernel.modules_disabled: all but the module can be applied", ran.code, 0)
    equal("kernel.modules_disabled: and rolled back", tuner("rollback").code, 0)


def main():
    check_deny_list()
    check_denied_but_loaded()
    check_loaded_before()
    check_no_modules()


main()
finish()
