#!/usr/bin/env python3
"""The modules on recorded machines: they run the built program, which refuses to write there, and a stand-in where it has to."""
import json
import os
import subprocess

from collection import BUILD, ROOT, Collection, check, equal, finish

PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - name: ask
      ktls_tuner.host.{module}: {arguments}
      register: answer
      ignore_errors: true
    - ansible.builtin.copy: {{ dest: "{out}", content: "{{{{ answer | to_json }}}}" }}
      check_mode: false
      diff: false
"""


class Asked:
    """One task, as a play has it."""

    def __init__(self, collection):
        self.collection = collection

    def __call__(self, module, check_mode=False, **arguments):
        out, play = f"{self.collection.folder}/answer.json", f"{self.collection.folder}/play.yml"
        with open(play, "w", encoding="utf-8") as file:
            file.write(PLAY.format(module=module, arguments=json.dumps(arguments), out=out))
        words = ["--check", "--diff"] if check_mode else ["--diff"]
        ran = self.collection.run("ansible-playbook", "-i", "localhost,", "-c", "local", "-e",
                                  "ansible_python_interpreter=/usr/bin/python3", *words, play)
        if not os.path.exists(out):
            raise AssertionError(ran.stdout[-2000:] + ran.stderr[-2000:])
        with open(out, encoding="utf-8") as file:
            answer = json.load(file)
        os.remove(out)
        return answer


def program(collection, name, text):
    path = f"{collection.folder}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)
    return path


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
    nowhere = ask("ktls_profile", name="x", program="/nowhere/ktls-tuner")
    check("no program: what to do", nowhere["failed"] and "install the ktls-tuner package first" in nowhere["msg"], nowhere["msg"])
    equal("nothing to roll back without it", ask("ktls_profile", state="absent", program="/nowhere/x")["changed"], False)
    equal("and info says so", ask("ktls_profile_info", program="/nowhere/x")["installed"], False)


def main():
    os.chdir(ROOT)
    with Collection() as collection:
        ask = Asked(collection)
        on_a_recorded_machine(collection, ask)
        on_every_exit_code(collection, ask)
    finish()


main()
