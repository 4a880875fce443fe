#!/usr/bin/env python3
"""Debian 12's programs, each told from its files alone: how it hands its connections to its TLS library, and whether it uses kernel TLS.

On the fresh host, where all are installed and none is enabled. First nothing of them runs, then some do: the same answers. `programs.py` shows
what happens to them.
"""
import os
import shutil

from lab import check, check_documents, equal, finish, must, note, read, run, tuner, wait_until, write

WANTS = "/etc/systemd/system/multi-user.target.wants"
UNITS = "/etc/systemd/system"
OPENSSL = "/etc/ssl/openssl.cnf"
ASKS = "openssl_conf = openssl_init\n[openssl_init]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nOptions = KTLS\n"
RUST, STATIC_NODE = "/srv/rust-server", "/srv/node-static"

# By service: the name of the program, its TLS, transport, what it does once the kernel has TLS, and the same under Options = KTLS.
CLASSES = {
    "nginx.service": ("nginx", "openssl", "socket", "no", "yes"),
    "lighttpd.service": ("lighttpd", "openssl", "socket", "yes", "yes"),
    "hitch.service": ("hitch", "openssl", "socket", "no", "yes"),
    "stunnel@own.service": ("stunnel4", "openssl", "socket", "no", "yes"),
    "memcached.service": ("memcached", "openssl", "socket", "no", "yes"),
    "redis-server.service": ("redis-server", "openssl", "socket", "no", "yes"),
    "postgresql@15-main.service": ("postgres", "openssl", "inherited_bio", "no", "yes"),
    "apache2.service": ("apache2", "openssl", "own_bio", "never", "never"),
    "haproxy.service": ("haproxy", "openssl", "own_bio", "never", "never"),
    "own-curl.service": ("curl", "openssl", "own_bio", "never", "never"),
    "own-node.service": ("node", "openssl", "own_bio", "never", "never"),
    "dovecot.service": ("dovecot", "openssl", "memory_bio", "never", "never"),
    "webhook.service": ("webhook", "go", "none", "never", "never"),
    "own-rust.service": ("rust-server", "rustls", "none", "never", "never"),
    "own-static.service": ("node-static", "openssl", "none", "no", "yes"),
}
RUNNING = ("nginx", "memcached", "redis-server", "apache2", "haproxy", "stunnel@own", "own-node", "webhook", "own-rust")


def unit(name, command):
    write(f"{UNITS}/{name}.service", f"[Service]\nExecStart={command}\n")


def static_program(path, text):
    """A static program that runs: busybox, with the text by which TLS in a program is told."""
    shutil.copyfile("/run/lab/busybox", path)
    with open(path, "ab") as file:
        file.write(b"\0" + text.encode() + b"\0")
    os.chmod(path, 0o755)


def prepare():
    must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=lab",
         "-keyout", "/srv/key.pem", "-out", "/srv/cert.pem")
    os.unlink("/etc/nginx/sites-enabled/default")
    write("/etc/nginx/conf.d/tls.conf",
          "server {\n  listen 8441 ssl;\n  ssl_certificate /srv/cert.pem;\n  ssl_certificate_key /srv/key.pem;\n}\n")
    write("/etc/lighttpd/conf-enabled/10-tls.conf",
          'server.modules += ( "mod_openssl" )\n$SERVER["socket"] == ":8442" {\n  ssl.engine = "enable"\n  ssl.pemfile = "/srv/key.pem"\n}\n')
    write("/etc/stunnel/own.conf", "foreground = yes\n[own]\naccept = 8443\nconnect = 80\ncert = /srv/cert.pem\nkey = /srv/key.pem\n")
    with open("/etc/haproxy/haproxy.cfg", "a", encoding="utf-8") as file:
        file.write("frontend own\n  bind 127.0.0.1:8444\n")
    write("/etc/apache2/ports.conf", "Listen 127.0.0.1:8445\n")
    os.symlink("../mods-available/ssl.load", "/etc/apache2/mods-enabled/ssl.load")
    write("/etc/webhook.conf", "[]\n")
    unit("own-curl", "/usr/bin/curl -s https://127.0.0.1/")
    write("/srv/own.js", "setTimeout(() => {}, 1e6)\n")
    unit("own-node", "/usr/bin/node /srv/own.js")
    static_program(RUST, "/root/.cargo/registry/src/rustls-0.21.7/src/client.rs")
    unit("own-rust", f"@{RUST} sleep 1000")
    static_program(STATIC_NODE, "OpenSSL 3.0.19 27 Jan 2026\0TLSv1.3\0OPENSSLDIR: \"/etc/ssl\"")
    unit("own-static", f"{STATIC_NODE} /srv/own.js")


def facts():
    began = os.times()
    ran = tuner("facts", "--programs", "--json")
    ended = os.times()
    equal("facts end 0", ran.code, 0)
    spent.append(ended.children_user + ended.children_system - began.children_user - began.children_system)
    return ran.doc


def by_service(document):
    return {row["service"]: row for row in document["programs"]["programs"]}


def told(row):
    return (row["name"], row["libraries"][0]["kind"], row["transport"], row["uses_ktls"]["answer"])


def services_of(classes):
    """Enables what is not a unit of its own: PostgreSQL's cluster comes by postgresql.service and systemd's generator."""
    return {"postgresql.service" if name.startswith("postgresql@") else name for name in classes}


def enable():
    for name in services_of(CLASSES):
        template = name.split("@")[0] + "@.service" if "@" in name else name
        folder = UNITS if name.startswith("own-") else "/lib/systemd/system"
        os.symlink(f"{folder}/{template}", f"{WANTS}/{name}")


def check_files_alone():
    enable()
    document = facts()
    rows = by_service(document)
    for service, (name, kind, transport, use, _asked) in CLASSES.items():
        row = rows.get(service)
        if check(f"{service}, which does not run, is found", row is not None, sorted(map(str, rows))):
            equal(f"{name} by its files", told(row), (name, kind, transport, use))
            equal(f"{name} starts at boot and has no process", (row["at_boot"], row["pids"]), (True, []))
    equal("the version of a system's library", rows["nginx.service"]["libraries"][0]["version"],
          " ".join(run("openssl", "version").out.split()[:2]))
    equal("where libraries come from", [rows[name]["libraries"][0]["origin"] for name in ("nginx.service", "webhook.service", "own-static.service")],
          ["system", "built_in", "built_in"])
    lighttpd = rows["lighttpd.service"]
    check("lighttpd's risk and its own switch are said", lighttpd["risk"]["kind"] == "key-update"
          and any("-KTLS" in way for way in lighttpd["risk"]["ways_out"]), lighttpd["risk"])
    return document


def check_options_of_the_system():
    before = read(OPENSSL)
    write(OPENSSL, ASKS)
    rows = by_service(facts())
    for service, (name, _kind, _transport, _use, asked) in CLASSES.items():
        equal(f"under Options = KTLS: {name}", rows[service]["uses_ktls"]["answer"], asked)
    equal("PostgreSQL is named as one that breaks", rows["postgresql@15-main.service"]["risk"]["kind"], "breaks")
    place = rows["memcached.service"]["openssl"]["place"]
    check("with the line that asks", place is not None and place["file"].endswith("openssl.cnf") and place["line"] == 7, place)
    write(OPENSSL, before + "\n")


def check_running():
    must("systemctl", "daemon-reload")
    must("systemctl", "start", "--no-block", *RUNNING)
    names = {f"{name}.service" for name in RUNNING}

    # A look at programs takes seconds under emulation, so systemd is asked until all are up.
    wait_until(lambda: run("systemctl", "is-active", *RUNNING).out.split() == ["active"] * len(RUNNING), 60)
    rows = by_service(facts())
    for _again in range(3):
        if all(rows.get(name, {}).get("pids") for name in names):
            break
        rows = by_service(facts())
    if not check("those that were started are seen running", all(rows.get(name, {}).get("pids") for name in names),
                 run("systemctl", "list-units", "--failed", "--plain", "--no-legend").out):
        return
    for service in sorted(names):
        name, kind, transport, use, _asked = CLASSES[service]
        equal(f"{name} running is told the same", told(rows[service]), (name, kind, transport, use))
    must("systemctl", "stop", *RUNNING)


def check_defects(document):
    release = read("/proc/sys/kernel/version").split("Debian ")[1].split("-")[0]
    kernel = [row for row in document["defects"] if row["of"] == "kernel"]
    equal("the defects are those of Debian's own release number", {row["version"] for row in kernel}, {release})
    check("each of OpenSSL is judged by the library of the programs", any(
        row["of"] == "openssl" and row["version"].startswith("OpenSSL 3.0.") and row["state"] == "fixed" for row in document["defects"]),
        [row["version"] for row in document["defects"]])
    text = tuner("facts")
    check("as text, too", f"kernel {release}" in text.out and "facts --programs" in text.out, text.out[-800:])


def main():
    prepare()
    document = check_files_alone()
    check_options_of_the_system()
    check_running()
    check_defects(document)
    check_documents()
    note(f"facts --programs took {', '.join(f'{seconds:.1f}' for seconds in spent)} s of emulated CPU")
    finish()


spent = []
main()
