#!/usr/bin/env python3
"""The Debian package on a host without ktls-tuner: files and settings after installing, upgrading, removing and purging."""
import glob
import os
import subprocess

from lab import (JOURNAL, check, difference, equal, files_below, finish, journal_is_gone, must, named, note, read,
                 read_or_reason, run, settings, tuner, write)

PERSISTED = "/var/lib/ktls-tuner/persisted"
SYSCTLS = "/etc/sysctl.d/90-ktls-tuner.conf"
MODULES = "/etc/modules-load.d/ktls-tuner.conf"
CRON = "/etc/cron.d/ktls-tuner"
BAN = "/run/systemd/system/irqbalance.service.d/zz-ktls-tuner.conf"
TIMER, APPLY = "ktls-tuner-check.timer", "ktls-tuner-apply.service"


def the_package():
    found = glob.glob("build/package/ktls-tuner_*_amd64.deb")
    if len(found) != 1:
        raise AssertionError(f"one package in build/package, not {found}: scripts/package makes it")
    return found[0]


def field(package, name):
    return must("dpkg-deb", "-f", package, name).out.strip()


def newer(package):
    """Builds the same package with a higher version and a changed timer."""
    folder = "/tmp/newer"
    must("dpkg-deb", "-R", package, folder)
    write(f"{folder}/DEBIAN/control", read(f"{folder}/DEBIAN/control").replace(
        f"Version: {field(package, 'Version')}", f"Version: {field(package, 'Version')}+next") + "\n")
    timer = f"{folder}/usr/lib/systemd/system/{TIMER}"
    write(timer, read(timer) + "\n# of the next version\n")
    must("dpkg-deb", "-Znone", "--root-owner-group", "-b", folder, "/tmp/newer.deb")
    return "/tmp/newer.deb"


def dpkg(what, *words):
    ran = run("dpkg", *words, timeout=300)
    check(f"{what}: dpkg ends well", ran.code == 0, ran.told())
    return ran


def state(unit):
    """("enabled", "active")"""
    return tuple(run("systemctl", word, unit).out.strip() for word in ("is-enabled", "is-active"))


def etc():
    """{path: mode} of /etc. Only modes are compared, because systemd and dpkg also write there."""
    return {path: known[3] for path, known in files_below("/etc").items()}


def ours(package):
    """The files of ktls-tuner on the host, without dpkg's database: those of the package, and files of that name where it writes."""
    packed = {line.split()[-1].lstrip(".").rstrip("/") for line in must("dpkg-deb", "-c", package).out.splitlines()}
    found = {path for path in packed if "ktls" in path and os.path.lexists(path)}
    for root in ("/etc", "/var/lib/systemd", "/run/systemd", "/run/udev"):
        found |= {path for path in files_below(root) if "ktls" in path}
    return sorted(found | {path for path in ("/run/ktls-tuner", "/var/lib/ktls-tuner") if os.path.exists(path)})


def cron_lines():
    """The commands of the package's cron table."""
    lines = [line for line in read(CRON).splitlines() if line and line[0] in "*@0123456789"]
    return [line.split(None, 2 if line[0] == "@" else 6)[-1] for line in lines]


def installed(package):
    start, before = settings(), etc()
    equal("control: no file of ktls-tuner exists", ours(package), [])
    dpkg("installed", "-i", package)
    equal("it changes no setting", difference(start, settings()), "")
    check("and there is no state of a run", journal_is_gone() and not os.path.exists("/var/lib/ktls-tuner"), "")
    equal("--version is that of the package", tuner("--version").out.split(), ["ktls-tuner", field(package, "Version")])
    listed = tuner("profile", "list").out
    check("its profiles are found", "edge-server" in listed and "shipped" in listed, listed)
    offered = run("bash", "-c", "source /usr/share/bash-completion/completions/ktls-tuner; COMP_CWORD=1; "
                  "COMP_WORDS=(ktls-tuner rol); _ktls_tuner; echo ${COMPREPLY[*]}")
    equal("and its verbs completed", offered.out.split(), ["rollback"])
    equal("the drift check's timer is armed", state(TIMER), ("enabled", "active"))
    equal("the boot unit is enabled, and did not run", state(APPLY), ("enabled", "inactive"))
    for unit in ("ktls-tuner-check.service", APPLY):
        ran = run("systemctl", "start", unit)
        check(f"{unit} has nothing to do on a host without a profile", ran.code == 0 and journal_is_gone(), ran.told())
    equal("what is in /etc belongs to the administrator", sorted(set(etc()) - set(before) - {
        path for path in etc() if path.startswith("/etc/systemd/system/")}), sorted(
            {"/etc/ktls-tuner", "/etc/ktls-tuner/profiles.d"} |
            set(field_lines("/var/lib/dpkg/info/ktls-tuner.conffiles"))))
    wrong = [line for line in must("dpkg", "-V", "ktls-tuner").out.splitlines() if line.strip()]
    equal("all files are as packed", wrong, [])
    return start, before


def field_lines(path):
    return [line for line in read(path).splitlines() if line]


def tuned():
    write("/etc/ktls-tuner/profiles.d/mine.yaml",
          "schema: ktls-tuner/profile/v1\nname: mine\nsummary: of this site\nextends: [edge-server]\nirqbalance: ban\n")
    applied = tuner("apply", "-p", "mine", "--persist", "--json")
    equal("a local profile is applied and persisted", applied.code, 0)
    check("the boot unit is what the rest needs, and there", not [step for step in named(
        applied.doc["steps"], "blocked", "unsupported") if step[0] == "persist"], applied.told())
    equal("in sync", tuner("check").code, 0)
    probe = tuner("probe", "--json", timeout=200)
    check("the probe finds its helper", probe.code in (0, 3) and probe.doc["cells"], probe.told())


def upgraded(package):
    """An upgrade changes nothing on a tuned host with an edited conffile and a disabled timer."""
    write(CRON, read(CRON) + "\n# edited here\n")
    must("systemctl", "disable", "--now", TIMER)
    before, runs = settings(), len(tuner("status", "--history", "--json").doc["history"])
    journal, since = read(JOURNAL), must("systemctl", "show", "-p", "ActiveEnterTimestamp", APPLY).out
    dpkg("upgraded", "-i", newer(package))
    equal("no setting changed", difference(before, settings()), "")
    equal("no run, nothing journaled", (len(tuner("status", "--history", "--json").doc["history"]),
                                        read(JOURNAL) == journal), (runs, True))
    equal("the boot unit was not started", must("systemctl", "show", "-p", "ActiveEnterTimestamp", APPLY).out, since)
    check("an edited conffile stays edited", read(CRON).endswith("# edited here"), read(CRON))
    equal("a timer that was switched off stays off", state(TIMER), ("disabled", "inactive"))
    check("systemd has read the new units", "of the next version" in must("systemctl", "cat", TIMER).out and
          run("systemctl", "show", "-p", "NeedDaemonReload", TIMER).out.strip().endswith("=no"), "")
    must("systemctl", "enable", "--now", TIMER)
    equal("still in sync", tuner("check").code, 0)
    dpkg("the same version once more", "-i", "/tmp/newer.deb")
    equal("the timer that is on stays on", state(TIMER), ("enabled", "active"))


def told_to_others():
    """Creates the files that the drift job writes for node_exporter and node-feature-discovery, at the default and the configured paths."""
    with open("/etc/ktls-tuner/ktls-tuner.yaml", "a", encoding="utf-8") as file:
        file.write("textfile_directory: /srv/metrics\nfeature_file: '/srv/features/ktls'   # of NFD\n")
    files = ["/var/lib/prometheus/node-exporter/ktls_tuner.prom", "/srv/metrics/ktls_tuner.prom", "/srv/features/ktls"]
    for path in files + ["/srv/metrics/other.prom"]:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, "")
    return files


def removed():
    told = told_to_others()
    before, kept = settings(), {path for path in etc() if "ktls-tuner" in path}
    check("control: irqbalance has the policy script", os.path.exists(BAN), "")
    ran = dpkg("removed", "-r", "ktls-tuner")
    check("a message says that the settings stay, and how to undo them", "stay as they are" in ran.out and "rollback" in ran.out, ran.out)
    equal("and they stay", difference(before, settings()), "")
    check("the program is gone", not os.path.exists("/usr/sbin/ktls-tuner") and not os.path.exists("/usr/libexec/ktls-tuner"), "")
    check("the timer is stopped", run("systemctl", "is-active", TIMER).code != 0, state(TIMER))
    equal("state and persisted files stay", [path for path in (PERSISTED, SYSCTLS, MODULES, JOURNAL) if not os.path.exists(path)], [])
    equal("conffiles and local profiles stay", kept - set(etc()), set())
    equal("the files of the last check are gone", [path for path in told if os.path.exists(path)], [])
    check("files of other programs stay", os.path.exists("/srv/metrics/other.prom"), os.listdir("/srv"))
    check("irqbalance's unit does not name a script that is gone", not os.path.exists(BAN), read_or_reason(BAN))
    for command in cron_lines():
        done = subprocess.run(["sh", "-c", command.replace("[ -d /run/systemd/system ]", "false")], capture_output=True, text=True,
                              check=False)
        check("cron's line is silent without the program", done.returncode == 0 and not done.stdout + done.stderr, (command, done))
    hook = subprocess.run(["/etc/network/if-up.d/ktls-tuner"], env={"IFACE": "eth0"}, capture_output=True, text=True, check=False)
    check("so is the hook of ifupdown", hook.returncode == 0 and not hook.stdout + hook.stderr, hook)


def purged(package, before):
    """Purges while a file with the tool's name, but not made by it, exists."""
    write(MODULES, "# of this site\ntls\n")
    dpkg("purged", "-P", "ktls-tuner")
    equal("a file of the administrator stays", read_or_reason(MODULES), "# of this site\ntls")
    os.remove(MODULES)
    equal("no file of ktls-tuner is left", ours(package), [])
    left = {path for path in set(etc()) - set(before)}
    equal("/etc is as before", (left, set(before) - set(etc())), (set(), set()))
    dangling = [path for path in files_below("/etc/systemd") if os.path.islink(path) and "ktls" in os.readlink(path)]
    equal("no link points to a unit that is gone", dangling, [])


def main():
    package = the_package()
    note(f"{os.path.basename(package)}, {os.path.getsize(package) // 1024} KiB")
    must("systemctl", "stop", "irqbalance")  # it would move interrupts during the test
    start, before = installed(package)
    tuned()
    upgraded(package)
    removed()

    dpkg("installed again", "-i", package)
    equal("the profile is still active", tuner("check").code in (0, 2), True)
    equal("and is rolled back", tuner("rollback").code, 0)
    equal("to before the first apply", difference(start, settings()), "")
    equal("applied once more", tuner("apply", "-p", "edge-server", "--persist").code, 0)
    purged(package, before)
    dpkg("installed after a purge", "-i", package)
    equal("as the first time", (state(TIMER), state(APPLY)[0], os.path.exists("/var/lib/ktls-tuner")),
          (("enabled", "active"), "enabled", False))
    finish()


main()
