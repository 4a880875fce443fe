#!/usr/bin/env python3
"""recorded_programs.py MACHINE [PATH=JSON…]: gives a recorded machine the file of a bundle that has its programs: nginx without kernel TLS.

PATH=JSON changes a value of it: programs.programs.0.pids=[-1].
"""
import json
import os
import sys

SITE = "/etc/nginx/conf.d/web.conf"


def nginx(name="nginx", place=SITE):
    use = {"answer": "no", "sure": True, "because": "x"}
    library = {"kind": "openssl", "path": "/usr/lib/x86_64-linux-gnu/libssl.so.3", "version": "OpenSSL 3.0.19", "origin": "system", "replaced": False}
    config = {"tls": True, "tls_place": {"file": place, "line": 2}, "ktls": None, "place": None, "tls13": None, "doubts": []}
    openssl = {"path": "/etc/ssl/openssl.cnf", "from_environment": False, "ktls": None, "place": None, "tls12": True, "tls13": True}
    return {"name": name, "service": f"{name}.service", "executable": f"/usr/sbin/{name}", "pids": [], "at_boot": True, "libraries": [library],
            "transport": "socket", "uses_ktls": use, "config": config, "openssl": openssl, "ignores_environment": None, "risk": None,
            "not_looked_at": []}


def document(machine, programs, sessions=()):
    def word(path):
        try:
            with open(os.path.join(machine, "proc/sys/kernel", path), encoding="utf-8") as file:
                return file.read().strip()
        except FileNotFoundError:
            return ""
    host = {"hostname": "host", "kernel": word("osrelease"), "boot_id": word("random/boot_id"), "emulated": False}
    return {"format_version": "1.0", "kind": "recorded-programs", "tool": {"name": "ktls-tuner", "version": "0.1.0"}, "host": host,
            "started_at": "2026-11-30T05:00:00Z", "duration_ms": 0, "exit_code": 0, "errors": [],
            "programs": {"programs": programs, "gnutls_asks": False, "not_looked_at": []},
            "sessions": {"processes": list(sessions), "multipath": 0, "not_looked_at": []}, "probe": None, "accepted_risks": [], "failures": []}


def save(machine, saved):
    with open(os.path.join(machine, "programs.json"), "w", encoding="utf-8") as file:
        json.dump(saved, file)


def main():
    machine, *changes = sys.argv[1:]
    program = nginx()
    program.update(pids=[812, 813], ignores_environment=False)
    workers = {"pid": 813, "listens": True, "kernel": 0, "outside": 2, "without_keys": 0, "because": {"it does not ask": 2}}
    saved = document(machine, [program], [workers])
    for change in changes:
        path, value = change.split("=", 1)
        *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        place = saved
        for key in way:
            place = place[key]
        place[last] = json.loads(value)
    save(machine, saved)


if __name__ == "__main__":
    main()
