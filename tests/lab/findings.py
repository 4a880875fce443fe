"""Shared code of the tests of diagnose: asking it, and what it must say of a host on which nothing is wrong."""
import os
import resource

from lab import check, equal, must, note, tuner

ALARMS = ("unsafe", "off-path")


def diagnose(*words):
    ran = tuner("diagnose", *words, "--json", timeout=120)
    if ran.code not in (0, 3) and "--connect" not in words:
        note(ran.told())
    return ran.doc


def codes(document, *severities):
    return [it["because"] for it in document["findings"] if it["severity"] in (severities or ALARMS)]


def finding(document, code):
    return next((it for it in document["findings"] if it["because"] == code), {})


def type_it(command):
    """What an operator copies from the screen."""
    note(f"$ {command}")
    return must("sh", "-c", command)


def show(document):
    for it in document["findings"] + document["unknown"]:
        note(f"{it.get('because', it.get('kind'))}: {it['message']}")


def a_stock_host(what="a stock host"):
    """Finds the module that is not loaded and nothing else, and nothing after its next step. Unloads the module at the end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    document = diagnose()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    note(f"diagnose took {spent * 1000:.0f} ms of an emulated CPU; {document['summary']}")
    show(document)
    equal(f"{what}: only the module that is not loaded, which is so", codes(document), ["module-not-loaded"])
    equal("nothing is unknown to root", document["unknown"], [])
    type_it(finding(document, "module-not-loaded")["command"])
    document = diagnose()
    show(document)
    equal("the next step makes it go, and nothing is wrong any more", (document["exit_code"], codes(document), document["unknown"]), (0, [], []))
    it = finding(document, "module-not-at-boot")
    check("but nothing loads it at the next boot", it)
    type_it(it["command"])
    check("which its next step mends", not finding(diagnose(), "module-not-at-boot"))
    os.unlink("/etc/modules-load.d/tls.conf")
    must("rmmod", "tls")
