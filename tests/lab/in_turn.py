#!/usr/bin/env python3
"""Several tests of the fresh host in one boot, which takes longer than some of them: in_turn.py SCRIPT...

Before each but the first, the host is put back to how it booted: settings, files, units. A setting that does not come back fails the test
that changed it.
"""
import os
import shutil
import subprocess
import sys

from lab import HERE, check, difference, everything, finish, loaded, must, note, read_or_reason, run, wait_until, write

# What the tests change on the host. Everything else that they write is in /tmp, /run/lab-boot, /srv and the folders
# of the services that they start.
FOLDERS = ("/etc", "/var/lib/ktls-tuner", "/var/lib/prometheus", "/run/systemd/system")
EMPTIED = ("/tmp", "/run/lab-boot", "/srv", "/run/ktls-tuner")
COPY = "/run/lab-copy"


def seen(folder):
    """{path: what shows a change}: owner and mode; size and time of a file, target of a link."""
    found = {}
    for place, folders, files in os.walk(folder):
        for path in (os.path.join(place, name) for name in folders + files):
            stat = os.lstat(path)
            plain = not os.path.islink(path) and not os.path.isdir(path)
            owner = (stat.st_uid, stat.st_gid, stat.st_mode)
            found[path] = owner + ((stat.st_size, stat.st_mtime_ns) if plain else (os.path.islink(path) and os.readlink(path),))
    return found


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def empty(folder):
    if os.path.isdir(folder):
        for name in os.listdir(folder):
            remove(os.path.join(folder, name))


def put_back(copy, path, then):
    """A folder without its content, which comes after it."""
    if os.path.isdir(copy) and not os.path.islink(copy):
        os.makedirs(path, exist_ok=True)
        shutil.copystat(copy, path)
    else:
        shutil.copy2(copy, path, follow_symlinks=False)
    os.chown(path, *then[:2], follow_symlinks=False)  # the copy is root's


def restore_files(before):
    for folder, then in before.items():
        now = seen(folder)
        for path in sorted(now.keys() | then.keys()):
            if now.get(path) == then.get(path):
                continue
            if not (path in then and os.path.isdir(path) and os.path.isdir(COPY + path)):
                remove(path)
            if path in then:
                put_back(COPY + path, path, then[path])


def restore_settings(before):
    for path, value in before.items():
        if path.startswith("/") and os.path.exists(path) and os.stat(path).st_mode & 0o200 and read_or_reason(path) != value:
            write(path, f"{value}\n")
    if loaded("tls"):
        wait_until(lambda: run("rmmod", "tls").code == 0, 10)


def restore(files, settings, services):
    for line in run("systemctl", "list-units", "--all", "--plain", "--no-legend", "ktls-tuner-*").out.splitlines():
        run("systemctl", "stop", line.split()[0])
    for unit in running() - services:
        run("systemctl", "stop", unit)
    while run("umount", "/proc/sys/kernel/random/boot_id").code == 0:
        pass
    for folder in EMPTIED:
        empty(folder)
    restore_files(files)
    must("systemctl", "daemon-reload")
    run("systemctl", "reset-failed")
    for unit in services:
        must("systemctl", "start", unit)
    restore_settings(settings)


def running():
    listed = run("systemctl", "list-units", "--plain", "--no-legend", "--type=service,timer", "--state=running,waiting").out
    return {line.split()[0] for line in listed.splitlines()}


def main(scripts):
    must("systemctl", "stop", "irqbalance")  # it moves interrupts at any time; each of these tests stops it
    settings, services = everything(), running()
    for folder in FOLDERS:
        os.makedirs(folder, exist_ok=True)
        shutil.copytree(folder, COPY + folder, symlinks=True)
    files = {folder: seen(folder) for folder in FOLDERS}
    for script in scripts:
        print(f"=== {script}", flush=True)
        done = subprocess.run([os.path.join(HERE, script)], stdin=subprocess.DEVNULL, check=False)
        check(f"{script} ends well", done.returncode == 0, done.returncode)
        restore(files, settings, services)
        left = difference(settings, everything())
        check(f"after {script} every setting is as it was at boot", not left, left)
        left = "; ".join(difference(files[folder], seen(folder)) for folder in FOLDERS if seen(folder) != files[folder])
        check(f"after {script} every file is as it was at boot", not left, left)
    note(f"{len(scripts)} tests in one boot")
    finish()


main(sys.argv[1:])
