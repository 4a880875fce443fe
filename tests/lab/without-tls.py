#!/usr/bin/python3
"""In the lab, on a kernel without TLS (5.10): the tool fails early with a clear reason and the next step, and the
machine does not change."""
import os

from lab import check, check_documents, equal, everything, finish, journal_is_gone, modules, named, same, tuner

before, had = everything(), modules()

tune = tuner("tune", "-p", "edge-server", "--json")
equal("tune ends 4", tune.code, 4)
doc = tune.doc
equal("the verdict is unsupported", doc["verdict"], "unsupported")
equal("nothing was written by it", named(doc["apply"]["steps"], "done", "failed"), [])
check("there is no probe after that", "probe" not in doc, doc.keys())
told = " ".join(f"{error['message']} {error['hint']}" for error in doc["errors"])
check("it says that this kernel was built without CONFIG_TLS", "CONFIG_TLS is not set" in told, told)
check("and where it knows that from", f"/boot/config-{os.uname().release}" in told, told)
check("and what to do", "boot a kernel built with CONFIG_TLS" in told, told)
equal("the module is the only required setting that cannot be",
      [step["subject"] for step in doc["plan"]["steps"] if step["need"] == "required"
       and step["status"] in ("unsupported", "blocked", "unreadable")], ["tls"])

text = tuner("tune", "-p", "edge-server")
equal("tune as text also ends 4", text.code, 4)
check("and says that nothing was written", "nothing was written" in text.out and "CONFIG_TLS" in text.out + text.err,
      text.told())

equal("apply ends 4", tuner("apply", "-p", "edge-server", "--json").code, 4)
equal("check ends 4", tuner("check", "-p", "edge-server", "--json").code, 4)
equal("plan ends 4", tuner("plan", "-p", "edge-server", "--json").code, 4)

facts = tuner("facts", "--json")
equal("facts ends 0", facts.code, 0)
check("and knows it", "CONFIG_TLS" in facts.out and "not_built" in facts.out.replace("-", "_"), facts.out[:400])

probe = tuner("probe", "-p", "edge-server", "--json")
equal("probe ends 4: this machine cannot", probe.code, 4)
for cell in probe.doc["cells"]:
    name = f"{cell['version']} {cell['cipher']}"
    equal(f"{name}: user space, intact", [cell["tx"], cell["rx"], cell["intact"]], ["userspace", "userspace", True])
    check(f"{name}: because of the kernel", "built without" in cell["because"], cell["because"])

found = {finding["because"]: finding["message"] for finding in tuner("diagnose", "--json").doc["findings"]}
check("diagnose finds a kernel without TLS", "CONFIG_TLS is not set" in found.get("kernel-without-tls", ""), found)
check("and an old one", "receiving without a copy" in found.get("kernel-old", ""), found)

same("no setting was touched", before, everything())
equal("no module was loaded", [name for name in modules() if name not in had and "diag" not in name], [])
equal("nothing of the tool's own is in the journal", journal_is_gone(), True)
equal("the history knows of no change", [change for run in tuner("status", "--history", "--json").doc["history"]
                                         for change in run["changes"]], [])
check_documents()
finish()
