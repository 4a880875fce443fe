#!/usr/bin/env python3
"""The drift job as the host runs it: the timer fires, drift is in metrics, report and log, and is repaired if the settings say so.

On the fresh host, with the units' sandboxes: they allow the work of the unit and nothing else.
"""
import json
import os
import re
import time

from lab import (as_after_a_reboot, check, check_documents, equal, finish, loaded, must, named, note, profile, queue_irq, read, read_or_reason, run,
                 tuner, wait_until, write)

TEXTFILES = "/var/lib/prometheus/node-exporter"
METRICS = f"{TEXTFILES}/ktls_tuner.prom"
REPORT = "/var/lib/ktls-tuner/reports/check.json"
ASKED = "/run/ktls-tuner/repair"
FEATURES = "/etc/kubernetes/node-feature-discovery/features.d/ktls-tuner"
SETTINGS = "/etc/ktls-tuner/ktls-tuner.yaml"
SYSCTLS = "/etc/sysctl.d/90-ktls-tuner.conf"
LOWAT = "/proc/sys/net/ipv4/tcp_notsent_lowat"
WMEM = "/proc/sys/net/core/wmem_max"
GOVERNOR = "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor"
CHECK, APPLY, REPAIR = (f"ktls-tuner-{name}.service" for name in ("check", "apply", "repair"))
TIMER = "ktls-tuner-check.timer"
CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sockets_child.py")
ASKS = "openssl_conf = o\n[o]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nOptions = KTLS\n"


def metrics():
    lines = [line for line in read(METRICS).splitlines() if not line.startswith("#")]
    return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines)}


def drifted(values):
    return {series: value for series, value in values.items() if 'state="change"' in series and value}


def drop_in(unit, text):
    folder = f"/run/systemd/system/{unit}.d"
    os.makedirs(folder, exist_ok=True)
    write(f"{folder}/lab.conf", text)
    must("systemctl", "daemon-reload")


def no_drop_in(unit):
    os.unlink(f"/run/systemd/system/{unit}.d/lab.conf")
    must("systemctl", "daemon-reload")


def start(unit=CHECK):
    """Runs the unit to its end: (exit code of systemctl, log of the unit)."""
    cursor = re.search(r"-- cursor: (\S+)", must("journalctl", "--lines", "0", "--show-cursor").out)[1]
    ran = run("systemctl", "restart", unit)
    must("journalctl", "--sync")
    return ran.code, must("journalctl", "--unit", unit, "--after-cursor", cursor, "--output", "cat").out


def steps():
    return json.loads(read(REPORT))["steps"]


def slot():
    """(minute, second) of the half hour at which the timer fires next."""
    when = must("systemctl", "show", "--property", "NextElapseUSecRealtime", "--value", TIMER).out
    _hour, minute, second = map(int, re.search(r"(\d+):(\d+):(\d+)", when).groups())
    return minute % 30, second


def the_timer():
    must("systemctl", "start", TIMER)
    first = slot()
    slots = set()
    for _ in range(3):
        must("systemctl", "restart", TIMER)
        slots.add(slot())
    equal("the host has a slot of its own, the same at every start", slots, {first})
    note(f"minute {first[0]}, second {first[1]} of each half hour")
    check("no check has run yet", not os.path.exists(METRICS), METRICS)
    drop_in(TIMER, "[Timer]\nOnCalendar=\nOnCalendar=*:*:0/3\nRandomizedDelaySec=0\nAccuracySec=1s\n")
    must("systemctl", "restart", TIMER)
    check("the timer fires the check", wait_until(lambda: os.path.exists(METRICS), 90), run("systemctl", "status", TIMER).out)
    must("systemctl", "stop", TIMER)
    no_drop_in(TIMER)
    wait_until(lambda: run("systemctl", "is-active", CHECK).out.strip() == "inactive", 90)


def in_sync():
    code, said = start()
    values = metrics()
    equal("in sync: exit 0, no drift in any family", (code, values["ktls_tuner_check_exit_code"], drifted(values)), (0, 0, {}))
    check("a family has settings, and the profile its digest", values['ktls_tuner_settings{knob="sysctl",state="in_sync"}'] == 2
          and any(series.startswith('ktls_tuner_profile_info{profile="job",digest="') for series in values), values)
    check("tls_stat is there now that tls is", 'ktls_tuner_tls_stat_sessions{direction="tx",path="kernel"}' in values, values)
    lines = [line for line in said.splitlines() if "ktls-tuner-check.service" not in line]
    equal("and the log is empty", lines, [])
    equal("metrics and report are readable by all", [os.stat(path).st_mode & 0o777 for path in (METRICS, REPORT)], [0o644] * 2)
    equal("and whole: nothing else is in the folder", os.listdir(TEXTFILES), ["ktls_tuner.prom"])


def sessions(values, service):
    """{path: sessions} of a service."""
    found = (re.fullmatch(f'ktls_tuner_service_sessions{{service="{service}",path="(\\w+)"}}', series) for series in values)
    return {match[1]: values[match[0]] for match in found if match}


def programs_and_sessions():
    """In the unit's sandbox: a service of another user whose TLS is partly in the kernel, and that any peer can break."""
    write("/tmp/demo.cnf", ASKS)
    must("systemd-run", "--unit", "demo", "--uid", "nobody", "--setenv", "OPENSSL_CONF=/tmp/demo.cnf", "/usr/bin/python3", CHILD, "raw")
    attached = wait_until(lambda: len(tuner("sockets", "--json").doc["sockets"]) == 2, 60)
    check("a service has two sockets with the kernel's TLS", attached, run("systemctl", "status", "demo").out)
    code, said = start()
    values = metrics()
    # One with keys, one without, and the far ends of both.
    equal("its sessions are counted by path", sessions(values, "demo.service"), {"none": 3, "kernel": 1, "device": 0, "cannot": 0})
    check("with their bytes", values['ktls_tuner_service_session_bytes{service="demo.service",path="none"}'] > 0, values)
    equal("all was seen from within the sandbox", [values[f'ktls_tuner_look_complete{{of="{what}"}}'] for what in ("programs", "sessions")], [1, 1])
    at_risk = [series for series in values if "program_at_risk" in series and "demo.service" in series]
    equal("it is at risk", at_risk, ['ktls_tuner_program_at_risk{service="demo.service",risk="key-update",accepted="no"}'])
    check("the host is in sync, and the log warns of it", code == 0 and values["ktls_tuner_check_exit_code"] == 0 and
          re.search('^program="python3 .demo.service." risk=key-update ', said, re.MULTILINE), said)
    ran = tuner("check")
    check("a plain check shows the job's look with its age", ran.code == 0 and "warning: python3 (demo.service) uses kernel TLS" in ran.out and
          " ago)" in ran.out, ran.told())
    document = json.loads(read(REPORT))
    equal("the report has both", ([row["service"] for row in document["programs"]["at_risk"]],
                                  [(row["none_sessions"], row["kernel_sessions"]) for row in document["sessions"]["services"]
                                   if row["service"] == "demo.service"]), (["demo.service"], [(3, 1)]))
    equal("so does status", [row["service"] for row in tuner("status", "--json").doc["programs"]["at_risk"]], ["demo.service"])
    run("systemctl", "stop", "demo")
    start()
    check("without the service both are gone", "demo.service" not in read(METRICS) and "demo.service" not in read("/var/lib/ktls-tuner/drift"),
          read(METRICS))


def drift():
    write(LOWAT, "4096")
    code, said = start()
    values = metrics()
    equal("drift: the unit ends well, the metrics have it", (code, values["ktls_tuner_check_exit_code"], drifted(values)),
          (0, 2, {'ktls_tuner_settings{knob="sysctl",state="change"}': 1}))
    drift_line = 'status=change knob=sysctl subject=net.ipv4.tcp_notsent_lowat observed=4096 goal=131072 '
    check("the log names it with its cause", drift_line in said and 'cause="unknown: not a reboot' in said, said)
    warned = must("journalctl", "--unit", CHECK, "--priority", "warning", "--output", "cat").out
    known = ("profile=job status=change", 'program="python3 (demo.service)"')  # the second of programs_and_sessions()
    check("as a warning, and nothing else is one", drift_line in warned and all(
        line.startswith(known) for line in warned.splitlines()), warned)
    first = [step for step in steps() if step["status"] == "change"][0]
    equal("so does the report", (first["subject"], first["cause"]), ("net.ipv4.tcp_notsent_lowat",
          "unknown: not a reboot, no known file or program sets it"))
    time.sleep(1.1)  # the record has a resolution of one second
    start()
    second = [step for step in steps() if step["status"] == "change"][0]
    check("the next check keeps since when", second["drift"]["first_seen"] == first["drift"]["first_seen"] and
          second["drift"]["last_seen"] > first["drift"]["last_seen"], (first["drift"], second["drift"]))
    equal("without repair: true nothing is repaired", (read(LOWAT), os.path.exists(ASKED)), ("4096", False))
    write(LOWAT, "131072")
    start()
    equal("back in sync, it is forgotten", (drifted(metrics()), json.loads(read("/var/lib/ktls-tuner/drift"))["drifted"]), ({}, {}))


def sandbox():
    """Runs the same writes in the sandboxes of the check unit and of the boot unit."""
    attempt = f"echo 4096 >{LOWAT}; echo 1 >/usr/lab; echo 1 >/etc/lab; echo schedutil >{GOVERNOR}; true"
    for unit, result in ((CHECK, "131072"), (APPLY, "4096")):
        drop_in(unit, f"[Service]\nExecStart=\nExecStart=/bin/sh -c '{attempt}'\n")
        code, said = start(unit)
        equal(f"the sandbox of {unit} allows the work of the unit", (code, read(LOWAT)), (0, result))
        check("and nothing else", not os.path.exists("/usr/lab") and not os.path.exists("/etc/lab"), said)
        no_drop_in(unit)
    write(LOWAT, "131072")


def reboot():
    """Simulates a reboot: changes the boot id, empties /run, and resets the settings."""
    as_after_a_reboot(APPLY, CHECK, REPAIR, "ktls-tuner-nic@.service")
    os.unlink(SYSCTLS)
    write(LOWAT, "4294967295")
    write(WMEM, "212992")
    write(GOVERNOR, "schedutil")
    wait_until(lambda: run("rmmod", "tls").code == 0, 10)


def boot_unit():
    reboot()
    drop_in(APPLY, "[Service]\nExecStart=\nExecStart=/bin/false\n")
    start(APPLY)
    start()
    causes = {step["cause"] for step in steps() if step["status"] == "change"}
    check("a boot unit that failed is the cause", causes and all(
        "ktls-tuner-apply.service failed with exit code 1" in cause for cause in causes), causes)
    no_drop_in(APPLY)
    code, said = start(APPLY)
    equal("within its sandbox it sets all of it", (code, tuner("check").code), (0, 0))
    equal("module, governor, sysctls and the file that the next boot reads", (
        loaded("tls"), read(GOVERNOR), read(LOWAT), os.path.exists(SYSCTLS)), (True, "performance", "131072", True))
    note(said.strip().splitlines()[-1])
    path = f"/proc/irq/{queue_irq('eth0/rxtx-0')}/smp_affinity_list"
    placed = read(path)
    write(path, "0")
    code, _said = start("ktls-tuner-nic@eth0.service")
    equal("and so does the unit of a NIC", (code, read(path)), (0, placed))


def repair():
    os.makedirs(os.path.dirname(FEATURES))
    os.makedirs(os.path.dirname(SETTINGS), exist_ok=True)
    write(SETTINGS, f"repair: true\nfeature_file: {FEATURES}\n")
    before = metrics()["ktls_tuner_check_repaired_settings_total"]
    write(LOWAT, "4096")
    write(GOVERNOR, "schedutil")
    start()
    check("with repair: true the check has it repaired", wait_until(lambda: (read(LOWAT), read(GOVERNOR)) == ("131072", "performance"), 90),
          (read(LOWAT), read(GOVERNOR)))
    wait_until(lambda: run("systemctl", "is-active", REPAIR).out.strip() == "inactive", 90)
    values = metrics()
    equal("then metrics are of the host as it is now", (drifted(values), values["ktls_tuner_check_repaired_settings_total"]),
          ({}, before + 2))
    equal("the report lists the re-applied settings", sorted(step["subject"] for step in json.loads(read(REPORT))["repaired"]),
          ["net.ipv4.tcp_notsent_lowat", "policy0"])
    equal("the history, too", tuner("status", "--history", "--json").doc["history"][-1]["verb"], "check")
    check("and nothing is asked for any more", not os.path.exists(ASKED), ASKED)
    labels = read(FEATURES).splitlines()
    check("labels for Kubernetes", "ktls.kernel=true" in labels and "ktls.in-sync=true" in labels, labels)


def refusals():
    write(SETTINGS, "textfile_directory: /var/lib/none\n")
    code, said = start()
    check("a textfile directory that is not there: the unit fails, naming it", code != 0 and
          "there is no folder /var/lib/none" in said, said)
    check("and it is not made", not os.path.exists("/var/lib/none"), "")
    write(SETTINGS, "repare: true\n")
    code, said = start()
    check("settings with an error: the unit fails, naming the place", code != 0 and f"{SETTINGS}:1:1: error" in said, said)
    must("systemctl", "reset-failed", CHECK)
    write(SETTINGS, "splay: 1s\n")


def named_folders():
    """After a daemon-reload the sandbox can write the folders that the settings name, and no others."""
    folder = "/srv/lab %h"
    for name in ("metrics", "features", "other"):
        os.makedirs(f"{folder}/{name}")
    write(SETTINGS, f"repair: true\ntextfile_directory: {folder}/metrics\nfeature_file: {folder}/features/ktls\n")
    code, said = start()
    check("control: before the daemon-reload the folder is closed", code != 0 and "Read-only file system" in said, said)
    must("systemctl", "reset-failed", CHECK)
    must("systemctl", "daemon-reload")
    paths = must("systemctl", "show", "--property", "ReadWritePaths", "--value", CHECK).out
    check("systemd has both folders, as they are named", all(f"-{folder}/{name}" in paths for name in ("metrics", "features")), paths)
    write(LOWAT, "4096")
    start()
    check("the check leaves its results there, and the repair writes", wait_until(lambda: read(LOWAT) == "131072", 90), read(LOWAT))
    wait_until(lambda: run("systemctl", "is-active", REPAIR).out.strip() == "inactive", 90)
    check("both files are there", os.path.exists(f"{folder}/metrics/ktls_tuner.prom") and
          "ktls.in-sync=true" in read_or_reason(f"{folder}/features/ktls"), os.listdir(f"{folder}/features"))
    drop_in(CHECK, "[Service]\nExecStart=\nExecStart=/bin/sh -c 'cd \"/srv/lab %%h\"; echo 1 >other/x; echo 1 >x; true'\n")
    start()
    equal("and nothing beside them", (os.listdir(f"{folder}/other"), sorted(os.listdir(folder))), ([], ["features", "metrics", "other"]))
    no_drop_in(CHECK)
    write(SETTINGS, "splay: 1s\n")
    must("systemctl", "daemon-reload")
    equal("without the settings they are closed", must(
        "systemctl", "show", "--property", "ReadWritePaths", "--value", CHECK).out.count("/srv"), 0)


def undone():
    """Rollback in the boot unit's sandbox undoes everything that was set from a shell and persisted."""
    drop_in(APPLY, "[Service]\nExecStart=\nExecStart=/usr/sbin/ktls-tuner rollback --force\n")
    code, said = start(APPLY)
    no_drop_in(APPLY)
    equal("rolled back, from the sandbox of the boot unit", (code, read(LOWAT), read(WMEM)), (0, "4294967295", "212992"))
    check("with the files of the next boot", not os.path.exists(SYSCTLS) and not os.path.exists("/var/lib/ktls-tuner/persisted"), said)


def cron():
    """Runs the line of the cron table as cron does, with and without systemd."""
    line, = [line for line in read("/etc/cron.d/ktls-tuner").splitlines() if "check --job" in line]
    command = line.split(None, 6)[6]
    before = metrics()
    equal("where systemd runs the line does nothing", (run("sh", "-c", command).out, metrics()), ("", before))
    bare = ("unshare", "--mount", "sh", "-c", f"mount -t tmpfs none /run/systemd && {{ {command}; }}")
    ran = run(*bare)
    equal("otherwise it checks, silently if all is in sync", (ran.code, ran.out, ran.err), (0, "", ""))
    last = "ktls_tuner_check_last_run_timestamp_seconds"
    check("it did check", metrics()[last] > before[last], (metrics()[last], before[last]))
    write(LOWAT, "4096")
    ran = run(*bare)
    check("cron mails the drift", ran.code == 2 and "net.ipv4.tcp_notsent_lowat" in ran.out, ran.told())


def main():
    must("systemctl", "stop", "irqbalance")
    must("systemctl", "enable", APPLY)
    os.makedirs(TEXTFILES)
    os.chown(TEXTFILES, 65534, 65534)  # owned by another user, as Debian's node_exporter has it
    verified = run("systemd-analyze", "verify", *(f"/lib/systemd/system/{unit}" for unit in (CHECK, APPLY, REPAIR, TIMER)))
    check("the units are well formed", verified.code == 0 and "ktls-tuner" not in verified.err, verified.told())
    start()
    values = metrics()
    check("on a host without a profile the metrics say just that it was looked", values["ktls_tuner_check_exit_code"] == 0 and
          not any("settings" in series or "profile" in series for series in values if "repaired" not in series), values)
    os.unlink(METRICS)

    applied = tuner("apply", "-p", profile("job"), "--persist", "--json")
    check("applied and persisted", applied.code == 0 and not named(applied.doc["steps"], "failed"), applied.told())
    the_timer()
    in_sync()
    programs_and_sessions()
    drift()
    sandbox()
    boot_unit()
    repair()
    refusals()
    named_folders()
    cron()
    undone()
    start()
    check("then the metrics name no profile any more", not any("profile_info" in series for series in metrics()), read_or_reason(METRICS))
    tuner("check", "--json")
    check_documents()
    finish()


main()
