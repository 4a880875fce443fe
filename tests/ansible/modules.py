#!/usr/bin/env python3
"""The modules on recorded machines: they run the built program, which refuses to write there, and a stand-in where it has to."""
import importlib.util
import json
import os
import subprocess

from collection import BUILD, ROOT, Asked, Collection, check, equal, finish, program

def canned(collection, code, errors=(), **body):
    """A stand-in that answers the same to everything."""
    document = {"format_version": "1.0", "kind": "apply", "exit_code": code, "errors": list(errors), "steps": [], **body}
    path = f"{collection.folder}/canned.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    return program(collection, "canned", f"#!/bin/sh\ncat {path}\nexit {code}\n")


def on_a_recorded_machine(collection, ask):
    machine = f"{collection.folder}/machine"
    subprocess.run([f"{BUILD}/bin/make-machine", "cloud-virtio", machine], check=True)
    recorded = program(collection, "recorded", f'#!/bin/sh\nexec {BUILD}/bin/ktls-tuner --root {machine} "$@"\n')
    plan = json.loads(subprocess.run([recorded, "plan", "-p", "edge-server", "--json"], capture_output=True, check=False).stdout)
    wanted = [(step["knob"], step["subject"]) for step in plan["steps"] if step["status"] in ("change", "deferred")]
    check("the machine has something to change", len(wanted) > 3, wanted)

    planned = ask("ktls_profile", check_mode=True, name="edge-server", persist=False, program=recorded)
    check("check mode says that it changes", planned["changed"] and not planned["failed"], planned)
    named = [(entry["before_header"].split(": ")[1], subject) for entry in planned["diff"] for subject in entry["after"]]
    equal("and names the very settings that the program plans", sorted(named), sorted(wanted))
    equal("one entry a family", len(planned["diff"]), len({knob for knob, _subject in wanted}))
    goals = {step["subject"]: step["target"] for step in plan["steps"] if step["status"] == "change"}
    after = {subject: value for entry in planned["diff"] for subject, value in entry["after"].items()}
    equal("with what they become", {subject: after[subject] for subject in goals}, goals)

    refused = ask("ktls_profile", name="edge-server", persist=False, program=recorded)
    check("what the program refuses fails the task in its words", refused["failed"] and "--root" in refused["msg"], refused["msg"])
    info = ask("ktls_profile_info", gather=["facts", "check"], name="edge-server", program=recorded)
    check("info tells facts and drift", info["facts"]["kind"] == "facts" and not info["in_sync"] and not info["changed"], info)
    equal("as many as the plan has", len(info["drifted"]), len(wanted))

    own = "schema: ktls-tuner/profile/v1\nname: own\nsummary: Mine\nextends: [base]\n"
    draft = ask("ktls_profile", check_mode=True, name="own", content=own, persist=False, program=recorded)
    check("a local profile is planned before it is there, and in the diff", draft["changed"] and
          draft["diff"][0]["after"] == own, draft)
    check("and not written", not os.path.exists("/etc/ktls-tuner/profiles.d/own.yaml"), "it is there")
    wrong = ask("ktls_profile", check_mode=True, name="own", content=own + "sysctls: {}\n", persist=False, program=recorded)
    check("its mistakes come with line and column", wrong["failed"] and "own.yaml:5:1" in wrong["msg"], wrong["msg"])


def on_a_denied_module(collection, ask):
    machine = f"{collection.folder}/denied"
    subprocess.run([f"{BUILD}/bin/make-machine", "deny-listed", machine], check=True)
    recorded = program(collection, "denied-program", f'#!/bin/sh\nexec {BUILD}/bin/ktls-tuner --root {machine} "$@"\n')
    told = ask("ktls_diagnose", program=recorded)
    check("diagnose returns the code of what is wrong", not told["failed"] and not told["changed"] and
          told["because"][0] == "module-deny-listed", told)
    check("and a line with the next step for the log", "[module-deny-listed]" in told["lines"][0] and "modprobe tls" in told["lines"][0],
          told["lines"])
    strict = ask("ktls_diagnose", require=True, program=recorded)
    check("or fails with the sentence", strict["failed"] and "hardening.conf:3" in strict["msg"], strict["msg"])
    error = {"code": "not-found", "message": "no program named x", "hint": "those that do: nginx.service"}
    wrong = ask("ktls_diagnose", service="x", program=canned(collection, 64, [error]))
    check("an unknown service fails with those that there are", wrong["failed"] and "nginx.service" in wrong["msg"], wrong["msg"])
    late = ask("ktls_diagnose", program=canned(collection, 1, [error]))
    check("without an answer it fails, too", late["failed"] and "no answer" in late["msg"], late["msg"])


def on_every_exit_code(collection, ask):
    error = {"code": "busy", "message": "another run (pid 7) holds the lock", "hint": "wait for it"}
    for code, name in ((1, "failed"), (4, "unsupported"), (64, "usage"), (75, "busy"), (77, "not permitted"), (78, "invalid")):
        answer = ask("ktls_profile", name="edge-server", program=canned(collection, code, [error]))
        check(f"exit {code} ({name}) fails with message and hint", answer["failed"] and
              f"ended with {code}: another run (pid 7) holds the lock (wait for it)" in answer["msg"], answer["msg"])
    step = {"knob": "sysctl", "subject": "net.core.rmem_max", "status": "done", "observed": 1, "target": 2,
            "goal": {"op": "at_least", "value": 2}}
    done = ask("ktls_profile", name="edge-server", program=canned(collection, 0, steps=[step]))
    check("what was written is a change", done["changed"] and done["changes"] == ["sysctl net.core.rmem_max: 1 -> 2"], done)
    same = ask("ktls_profile", name="edge-server", program=canned(collection, 0, steps=[{**step, "status": "in_sync"}]))
    check("what was not is none", not same["changed"] and same["diff"] == [], same)
    kept = ask("ktls_profile", name="edge-server", program=canned(collection, 0, steps=[{**step, "puts_back": True, "restores": True}]))
    check("nor is what the run itself threw away and put back", not kept["changed"] and kept["diff"] == [], kept)
    later = ask("ktls_profile", check_mode=True, name="edge-server",
                program=canned(collection, 2, steps=[{**step, "status": "deferred"}]))
    check("a deferred step is a change to come, and marked", later["changed"] and later["changes"][0].endswith("(deferred)"), later)
    cell = {"version": "TLSv1.2", "cipher": "AES-128-GCM", "result": "fail", "because": "no CONFIG_TLS"}
    probe = ask("ktls_probe", program=canned(collection, 3, cells=[cell], verdict="path_not_taken"))
    check("a path that is not taken fails with the reason", probe["failed"] and "AES-128-GCM: no CONFIG_TLS" in probe["msg"], probe)
    lenient = ask("ktls_probe", require=False, program=canned(collection, 3, cells=[cell], verdict="path_not_taken"))
    check("or is told", not lenient["failed"] and lenient["verdict"] == "path_not_taken", lenient)
    garbage = ask("ktls_profile", name="x", program=program(collection, "garbage", "#!/bin/sh\necho Segmentation fault\nexit 139\n"))
    check("no document at all is told as such", garbage["failed"] and "139 and no JSON document" in garbage["msg"], garbage["msg"])
    back = canned(collection, 2, steps=[{**step, "status": "change"}])
    dry = ask("ktls_profile", check_mode=True, state="absent", program=back)
    check("check mode of a way back names what is restored", dry["changed"] and len(dry["changes"]) == 1, dry)
    theirs = canned(collection, 2, steps=[{**step, "status": "blocked", "because": "changed by others"}])
    dry = ask("ktls_profile", check_mode=True, state="absent", program=theirs)
    check("and fails where the run fails, with the reason", dry["failed"] and
          "net.core.rmem_max: changed by others" in dry["msg"], dry)
    blind = ask("ktls_profile_info", gather=["check"], program=canned(collection, 1, [error], steps=[{**step, "status": "unreadable"}]))
    check("info tells what cannot be read, too", not blind["failed"] and not blind["in_sync"] and
          blind["check"]["steps"][0]["status"] == "unreadable", blind)
    wrong = ask("ktls_profile_info", gather=["check"], program=canned(collection, 78, [error]))
    check("but not without a profile", wrong["failed"] and "ended with 78" in wrong["msg"], wrong)
    early = ask("ktls_profile", check_mode=True, name="x", program="/nowhere/ktls-tuner")
    check("check mode without the program guesses nothing", early["skipped"] and not early["changed"], early)
    nowhere = ask("ktls_profile", name="x", program="/nowhere/ktls-tuner")
    check("no program: what to do", nowhere["failed"] and "install the ktls-tuner package first" in nowhere["msg"], nowhere["msg"])
    equal("nothing to roll back without it", ask("ktls_profile", state="absent", program="/nowhere/x")["changed"], False)
    equal("and info says so", ask("ktls_profile_info", program="/nowhere/x")["installed"], False)


def on_the_installation(collection, ask):
    """The package's version and its units, by the system's own programs; here by stand-ins."""
    path = f"{collection.folder}/bin"
    os.makedirs(path)
    program(collection, "bin/dpkg-query", '#!/bin/sh\n[ "$4" = ktls-tuner ] && '
            'printf "ktls-tuner installed 1.0.0-2\\nlibssl3 installed 3.0.22-1\\nlibssl3t64 not-installed \\n"\n')
    program(collection, "bin/systemctl", '#!/bin/sh\ncase $1 in is-enabled) printf "enabled\\ndisabled\\n" ;; '
            'is-active) printf "active\\ninactive\\n"; exit 3 ;; esac\n')
    before = collection.environment["PATH"]
    collection.environment["PATH"] = f"{path}:{before}"
    there = ask("ktls_profile_info", gather=["installation"], program="/nowhere/x")["installation"]
    equal("the package's version, and libssl's", (there["version"], there["libssl"]), ("1.0.0-2", "3.0.22-1"))
    equal("and each unit", there["units"], {"ktls-tuner-apply.service": {"enabled": True, "active": True},
                                            "ktls-tuner-check.timer": {"enabled": False, "active": False}})
    program(collection, "bin/dpkg-query", '#!/bin/sh\necho "ktls-tuner config-files 1.0.0-2"\n')
    equal("a package that was removed is not there",
          ask("ktls_profile_info", gather=["installation"], program="/nowhere/x")["installation"]["version"], "")
    collection.environment["PATH"] = before
    host = ask("ktls_profile_info", gather=["host"], program="/nowhere/x")["host"]
    equal("the host, as the role asks for it", (host["system"], host["uid"], host["systemd"]),
          (os.uname().sysname, os.geteuid(), os.path.isdir("/run/systemd/system")))


def on_local_profiles(collection, ask):
    """A file that this host cannot meet takes no other's place."""
    own = "schema: ktls-tuner/profile/v1\nname: own\nsummary: Mine\nextends: [base]\n"
    refusing = canned(collection, 4, [{"code": "unsupported", "message": "no TLS here", "hint": ""}])
    answer = ask("ktls_profile", name="own", content=own, program=refusing)
    check("a profile that this host cannot meet fails", answer["failed"] and "ktls-tuner plan ended with 4: no TLS here" in answer["msg"],
          answer)
    check("and is not kept", not os.path.exists("/etc/ktls-tuner/profiles.d/own.yaml"), "it is there")


HOSTILE = ("../x", "../../../../../../../../etc/cron.d/x", "/etc/cron.d/x", "x/y", "-p", "--help", "x; reboot", "$(reboot)", "x y", "X",
           "x.yaml", "", "x\ny", "x\n", "x\0", "\u00fc", ".x", "a" * 65)
NO_PATH = ("relative/x.yaml", "/srv/../etc/x.yaml", "/srv/./x.yaml", "/etc/shadow", "//x.yaml", "/srv//x.yaml", "/x\ny.yaml", "/x.yaml\n",
           "-/x.yaml")


def on_hostile_names(collection, ask):
    """A name is a name on the host, too, whatever the playbook's variables made of it."""
    spec = importlib.util.spec_from_file_location("tuner", "ansible/plugins/module_utils/tuner.py")
    tuner = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tuner)

    def refuses(name, content):
        try:
            tuner.check_profile(name, content)
        except tuner.TunerError as error:
            return "cannot be the name of a profile" in str(error)
        return False

    equal("content is kept under a profile's name alone", [name for name in HOSTILE + ("/srv/x.yaml",) if not refuses(name, "x")], [])
    equal("no argument but a name or a path is passed on", [name for name in HOSTILE + NO_PATH if not refuses(name, None)], [])
    equal("a name is", [name for name in ("edge-server", "a.b_c-1", "0") if refuses(name, "x") or refuses(name, None)], [])
    check("a path is", not refuses("/srv/profiles/own one.yaml", None), "refused")
    ran, target = f"{collection.folder}/ran", f"{collection.folder}/escaped"
    listening = program(collection, "listening", f"#!/bin/sh\necho \"$@\" >>{ran}\necho '{{\"steps\": [], \"exit_code\": 0}}'\n")
    climb = "../" * 12 + target.lstrip("/")
    answer = ask("ktls_profile", name=climb, content="schema: ktls-tuner/profile/v1\n", persist=False, program=listening)
    check("a name that climbs is refused", answer["failed"] and "cannot be the name of a profile" in answer["msg"], answer)
    check("and nothing is written there", not os.path.exists(target + ".yaml"), target)
    for module in ("ktls_profile", "ktls_profile_info", "ktls_probe"):
        answer = ask(module, name="--help", program=listening)
        check(f"{module} passes on no option", answer["failed"] and "cannot be the name of a profile" in answer["msg"], answer)
    check("the program is not asked", not os.path.exists(ran), ran)
    check("a name is passed on", not ask("ktls_profile", name="edge-server", persist=False, program=listening)["failed"] and
          os.path.exists(ran), ran)


def main():
    os.chdir(ROOT)
    with Collection() as collection:
        ask = Asked(collection)
        on_a_recorded_machine(collection, ask)
        on_a_denied_module(collection, ask)
        on_every_exit_code(collection, ask)
        on_the_installation(collection, ask)
        on_local_profiles(collection, ask)
        on_hostile_names(collection, ask)
    finish()


main()
