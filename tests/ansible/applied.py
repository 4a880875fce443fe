#!/usr/bin/env python3
"""The module for real: the built program sets sysctls of a network namespace that nobody else has, and check mode tells the truth."""
import os
import subprocess
import sys

from collection import BUILD, ROOT, Asked, Collection, check, equal, finish

PROFILE = """
schema: ktls-tuner/profile/v1
name: mine
sysctl:
  net.core.somaxconn: {at_least: 8192}
  net.ipv4.tcp_notsent_lowat: 131072
  net.ipv4.tcp_slow_start_after_idle: 0
"""
NAMES = ("net.core.somaxconn", "net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_slow_start_after_idle")


def values():
    """In this namespace, by the kernel."""
    found = {}
    for name in NAMES:
        with open(f"/proc/sys/{name.replace('.', '/')}", encoding="utf-8") as file:
            found[name] = int(file.read())
    return found


def states():
    """Where the tool keeps its own: names and times."""
    folders = ("/run/ktls-tuner", "/var/lib/ktls-tuner")
    return sorted((path, os.stat(path).st_mtime_ns) for folder in folders for place, _folders, files in os.walk(folder)
                  for path in (f"{place}/{name}" for name in files) if not path.endswith("/lock"))


def named(answer):
    return {subject: (entry["before"][subject], value) for entry in answer["diff"] for subject, value in entry["after"].items()}


def main():
    with Collection() as collection:
        profile = f"{collection.folder}/mine.yaml"
        with open(profile, "w", encoding="utf-8") as file:
            file.write(PROFILE)
        ask = Asked(collection)

        def applied(**how):
            return ask("ktls_profile", name=profile, persist=False, program=f"{BUILD}/bin/ktls-tuner", **how)

        def absent(**how):
            return ask("ktls_profile", state="absent", program=f"{BUILD}/bin/ktls-tuner", **how)

        before = values()
        planned = applied(check_mode=True)
        equal("check mode writes nothing", (values(), states()), (before, []))
        done = applied()
        equal("it named what the run then changed, from what to what", named(planned), named(done))
        equal("which is so", {name: goal for name, (_was, goal) in named(done).items()}, {
            name: value for name, value in values().items() if value != before[name]})
        stood = states()
        again = applied()
        equal("a second run changes nothing", (again["changed"], again["diff"]), (False, []))
        equal("and writes nothing", states(), stood)

        subprocess.run(["sysctl", "-q", "-w", "net.ipv4.tcp_notsent_lowat=4096"], check=True)
        equal("one drifted: check mode names exactly that one", named(applied(check_mode=True)),
              {"net.ipv4.tcp_notsent_lowat": (4096, 131072)})
        equal("the run mends exactly that one", named(applied()), {"net.ipv4.tcp_notsent_lowat": (4096, 131072)})

        with open("/run/ktls-tuner/lock", "rb") as lock:
            subprocess.run(["flock", "-n", str(lock.fileno())], pass_fds=[lock.fileno()], check=True)
            busy = applied(timeout=1)
        check("busy for longer than it may wait: who, and what to do", busy["failed"] and "ended with 75" in busy["msg"] and
              "holds /run/ktls-tuner/lock" in busy["msg"], busy["msg"])

        back = absent(check_mode=True)
        equal("check mode of the way back names it", {name: goal for name, (_was, goal) in named(back).items()},
              {name: before[name] for name in named(done)})
        equal("and leaves it", values(), {**before, **{name: goal for name, (_was, goal) in named(done).items()}})
        check("rolled back", absent()["changed"], "nothing changed")
        equal("to the values before", values(), before)
        equal("and nothing is left to go back to", absent()["changed"], False)
    finish()


if "KTLS_IN_NAMESPACE" in os.environ:
    os.chdir(ROOT)
    main()
if subprocess.run(["unshare", "-mn", "true"], capture_output=True, check=False).returncode != 0:
    print("no namespaces here")
    sys.exit(77)
os.environ["KTLS_IN_NAMESPACE"] = "1"
os.execv(f"{ROOT}/tests/cases/in-namespace", ["in-namespace", f"exec /usr/bin/python3 {os.path.abspath(__file__)}"])
