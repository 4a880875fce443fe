#!/usr/bin/env python3
"""A stock Debian 13: diagnose has no false alarm there, neither on the bare host nor beside services as Debian configures them.

On a host of its own with that suite's kernel, systemd and OpenSSL, and with the package that was built there (on-debian-13). Then nginx without
the option is found, and PostgreSQL 17 shows what Options = KTLS does to it.
    stock-debian-13.py PACKAGE
"""
import os
import subprocess
import sys

from findings import a_stock_host, codes, diagnose, finding, show, type_it
from lab import check, check_documents, equal, finish, loaded, must, note, read, run, tuner, wait_until, write

SERVICES = ("nginx", "memcached", "postgresql@17-main")
KEY, CERTIFICATE = "/etc/ssl/private/lab.key", "/etc/ssl/lab.pem"
SITE = "/etc/nginx/conf.d/lab.conf"
OPENSSL = "/etc/ssl/openssl.cnf"
ASKS = "openssl_conf = openssl_init\n[openssl_init]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nOptions = KTLS\n"
CLUSTER = "postgresql@17-main"
LOADS = "/usr/lib/modules-load.d/lighttpd-mod-openssl.conf"


def it_is_debian_13(package):
    release = dict(line.split("=", 1) for line in read("/etc/os-release").splitlines())
    equal("Debian 13", (release["ID"], release["VERSION_ID"]), ("debian", '"13"'))
    check("with its own kernel 6.12", os.uname().release.startswith("6.12.") and "+deb13" in os.uname().release, os.uname().release)
    check("and OpenSSL 3.5", must("openssl", "version").out.startswith("OpenSSL 3.5."), must("openssl", "version").out)
    ran = run("dpkg", "-i", package, timeout=300)
    check("the package of its own build is installed, with what it depends on", ran.code == 0, ran.told())


def with_lighttpd_installed():
    """Debian 13's lighttpd-mod-openssl loads the module at every boot. Without that file the host is one that never had it."""
    equal("tls is loaded at boot because lighttpd-mod-openssl is installed", (os.path.exists(LOADS), loaded("tls")), (True, True))
    document = diagnose()
    show(document)
    equal("and nothing is wrong or unknown", (codes(document, "unsafe", "off-path", "advice"), document["unknown"], document["exit_code"]), ([], [], 0))
    os.unlink(LOADS)
    must("rmmod", "tls")


def beside_services():
    """Debian starts these when they are installed. PostgreSQL has TLS, the others have none."""
    must("systemctl", "start", *SERVICES)
    check("all run", wait_until(lambda: all(run("systemctl", "is-active", name).code == 0 for name in SERVICES), 60),
          run("systemctl", "list-units", "--failed", "--plain", "--no-legend").out)
    a_stock_host("the same beside services as Debian configures them")
    must("systemctl", "stop", "memcached")


def nginx_without_the_option():
    must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", KEY, "-out",
         CERTIFICATE, "-subj", "/CN=lab", "-days", "2")
    write(SITE, f"server {{\n  listen 127.0.0.1:8443 ssl;\n  ssl_certificate {CERTIFICATE};\n  ssl_certificate_key {KEY};\n}}\n")
    must("modprobe", "tls")
    must("systemctl", "restart", "nginx")
    document = diagnose()
    it = finding(document, "server-option-missing")
    equal("nginx with TLS and without the option is the only finding, by file and line", (codes(document), it.get("place")),
          (["server-option-missing"], {"file": SITE, "line": 2}))
    note(diagnose("--service", "nginx")["answer"])
    type_it(it["command"])
    document = diagnose()
    show(document)
    equal("after its next step nothing is wrong", (codes(document), document["exit_code"]), ([], 0))
    must("systemctl", "stop", "nginx")


def connects(version):
    """Whether psql, which no option reaches, gets its answer over this version of TLS, and what it says."""
    environment = {"PATH": os.environ["PATH"], "PGSSLMODE": "require", "PGSSLMINPROTOCOLVERSION": version, "PGSSLMAXPROTOCOLVERSION": version,
                   "OPENSSL_CONF": "/dev/null"}
    done = subprocess.run(["timeout", "30", "runuser", "-u", "postgres", "--", "psql", "-h", "127.0.0.1", "-Atc", "select repeat('x', 100000)"],
                          env=environment, capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == "x" * 100000, done.stderr.strip()


def postgresql_17():
    write("/etc/postgresql/17/main/pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
    must("systemctl", "restart", CLUSTER)
    answer = diagnose("--service", CLUSTER)["answer"]
    check("diagnose says that the option must not be added", "do not add it" in answer, answer)
    note(answer)
    check("control: TLS 1.2 and 1.3 work", wait_until(lambda: connects("TLSv1.2")[0] and connects("TLSv1.3")[0], 20),
          (connects("TLSv1.2"), connects("TLSv1.3")))
    before = read(OPENSSL)
    write(OPENSSL, ASKS)
    must("systemctl", "restart", CLUSTER)
    check("it listens", wait_until(lambda: run("ss", "-Hltn", "sport = :5432").out != "", 20))
    results = {version: connects(version) for version in ("TLSv1.2", "TLSv1.3")}
    note(f"under Options = KTLS: {results}")
    document = diagnose()
    equal("under a system-wide Options = KTLS diagnose says that it breaks", codes(document), ["program-breaks"])
    note(finding(document, "program-breaks").get("message"))
    check("and TLS 1.2 does break", not results["TLSv1.2"][0], results)
    check("and so does TLS 1.3: this OpenSSL receives it in the kernel, too", not results["TLSv1.3"][0], results)
    write(OPENSSL, before + "\n")
    must("systemctl", "stop", CLUSTER)


def main():
    it_is_debian_13(sys.argv[1])
    must("systemctl", "stop", "irqbalance")  # as in each test of the fresh host: it moves interrupts at any time
    with_lighttpd_installed()
    a_stock_host("a stock Debian 13")
    beside_services()
    nginx_without_the_option()
    postgresql_17()
    check("tls is unloaded again", wait_until(lambda: not loaded("tls") or run("rmmod", "tls").code == 0, 10))
    note(tuner("--version").out.strip())
    check_documents()
    finish()


main()
