#!/usr/bin/env python3
"""Before the kernel gets TLS: programs of Debian 12 that would suffer by it block the step, with the reason and the ways out.

On the fresh host, with its own services. The test also shows the breakage itself, so that nothing is blocked without a reason.
"""
import os
import socket
import subprocess

from lab import check, check_documents, equal, finish, loaded, must, read, run, tuner, wait_until, write
from s_client import fetched

CERTIFICATE = "/etc/lighttpd/server.pem"
TLS = "/etc/lighttpd/conf-enabled/10-tls.conf"
WITH_TLS = f"""server.modules += ( "mod_openssl" )
$SERVER["socket"] == ":443" {{
  ssl.engine = "enable"
  ssl.pemfile = "{CERTIFICATE}"
}}
"""
OFF = 'ssl.openssl.ssl-conf-cmd += ("Options" => "-KTLS")\n'
FILE = 3_000_000
OPENSSL = "/etc/ssl/openssl.cnf"
ASKS = "openssl_conf = openssl_init\n[openssl_init]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nOptions = KTLS\n"


def module_step(ran):
    if "steps" not in ran.doc:
        raise AssertionError(ran.told())
    return next(step for step in ran.doc["steps"] if step["knob"] == "module")


def plan():
    return tuner("plan", "-p", "edge-server", "--only", "module", "--json")


def told(step):
    return f"{step['because']} | {step['hint']}"


def unload():
    return wait_until(lambda: not loaded("tls") or run("rmmod", "tls").code == 0, 10)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def lighttpd(config):
    write(TLS, config)
    must("systemctl", "restart", "lighttpd")
    if not wait_until(lambda: listens(443), 20):  # it loads its modules after systemd takes it for started
        raise AssertionError(run("systemctl", "status", "lighttpd").out)


def prepare():
    must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=lab", "-keyout", CERTIFICATE,
         "-out", "/tmp/cert.pem")
    with open(CERTIFICATE, "a", encoding="utf-8") as pem, open("/tmp/cert.pem", encoding="utf-8") as cert:
        pem.write(cert.read())
    write("/var/www/html/file", "x" * FILE)


def blocked_while_lighttpd_would_suffer():
    equal("without such a program the plan goes through", module_step(plan())["status"], "change")
    lighttpd(WITH_TLS)
    ran = plan()
    step = module_step(ran)
    check("lighttpd with TLS: the module is blocked, and lighttpd, KeyUpdate and its switch are named",
          step["status"] == "blocked" and "lighttpd (lighttpd.service)" in step["because"] and "KeyUpdate" in step["because"]
          and '"Options" => "-KTLS"' in step["hint"] and "--accept-risk key-update" in step["hint"], told(step))
    check("with the version of its OpenSSL", "OpenSSL 3.0." in step["because"], told(step))
    text = tuner("plan", "-p", "edge-server", "--only", "module")
    check("and a person reads the same", "KeyUpdate" in text.out and "-KTLS" in text.out, text.told())
    ran = tuner("apply", "-p", "edge-server", "--json")
    equal("apply writes nothing and ends 4", (ran.code, loaded("tls")), (4, False))
    ran = tuner("apply", "-p", "edge-server", "--persist", "--json")
    equal("nor is it persisted", (ran.code, os.path.exists("/etc/modules-load.d/ktls-tuner.conf")), (4, False))


def goes_through_with_each_way_out():
    lighttpd(WITH_TLS + OFF)
    step = module_step(plan())
    equal("with the switch in its configuration the plan goes through", step["status"], "change")
    lighttpd(WITH_TLS + 'ssl.openssl.ssl-conf-cmd += ("MaxProtocol" => "TLSv1.2")\n')
    equal("with TLS 1.2 alone, too", module_step(plan())["status"], "change")
    write(TLS, WITH_TLS)
    must("systemctl", "stop", "lighttpd")
    equal("stopped and disabled: too", module_step(plan())["status"], "change")
    at_boot = "/etc/systemd/system/multi-user.target.wants/lighttpd.service"
    os.symlink("/lib/systemd/system/lighttpd.service", at_boot)
    step = module_step(plan())
    check("stopped and enabled: blocked, it starts at boot", step["status"] == "blocked" and "starts at boot" in step["because"], told(step))
    os.unlink(at_boot)
    os.makedirs("/etc/ktls-tuner/profiles.d", exist_ok=True)
    write("/etc/ktls-tuner/profiles.d/warns.yaml",
          "schema: ktls-tuner/profile/v1\nname: warns\nsummary: warns only\nextends: [edge-server]\nsafety: { key-update: warn }\n")
    lighttpd(WITH_TLS)
    ran = tuner("plan", "-p", "warns", "--only", "module", "--json")
    check("a profile that only warns goes through and says it", module_step(ran)["status"] == "change" and any(
        "lighttpd" in note and "KeyUpdate" in note for note in ran.doc["notes"]), str(ran.doc["notes"]))


def accepted():
    lighttpd(WITH_TLS)
    ran = tuner("apply", "-p", "base", "--accept-risk", "key-update", "--json")
    equal("accepted: it is loaded", (ran.code, loaded("tls")), (0, True))
    check("and the risk is still said", any("accepted: lighttpd" in note for note in ran.doc["notes"]), str(ran.doc["notes"]))
    ran = tuner("status", "--history", "--json")
    runs = ran.doc["history"]
    check("the history says which risk was accepted, and by whom", runs and runs[-1]["accepted_risks"] == ["key-update"]
          and runs[-1]["by"] == "root", str(runs[-1:]))
    run("rmmod", "tls")
    must("systemctl", "stop", "lighttpd")
    unload()
    must("systemctl", "start", "lighttpd")
    ran = tuner("check", "--json")
    equal("a later check accepts the same", module_step(ran)["status"], "change")
    must("ktls-tuner", "check", "--repair")
    check("and a repair", loaded("tls"))


def the_breakage_is_real():
    lighttpd(WITH_TLS)
    equal("in the kernel and without a KeyUpdate the file arrives", fetched(False), FILE)
    got = fetched(True)
    check("one requested KeyUpdate ends the transfer", got < FILE, f"{got} bytes")
    lighttpd(WITH_TLS + OFF)
    equal("with the switch it does not", fetched(True), FILE)


def postgresql_breaks():
    must("systemctl", "stop", "lighttpd")
    must("ktls-tuner", "rollback")
    check("tls is unloaded again", unload())
    must("systemctl", "start", "postgresql@15-main")
    connect = ["timeout", "30", "runuser", "-u", "postgres", "--", "psql", "-h", "127.0.0.1", "-c", "select 1"]
    environment = {**os.environ, "PGSSLMODE": "require", "PGPASSWORD": "x", "PGSSLMAXPROTOCOLVERSION": "TLSv1.2"}
    write("/etc/postgresql/15/main/pg_hba.conf", "local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
    must("systemctl", "reload", "postgresql@15-main")

    def connects():
        return subprocess.run(connect, env=environment, capture_output=True, text=True, check=False)

    check("control: PostgreSQL accepts TLS 1.2", wait_until(lambda: connects().returncode == 0, 20), connects().stderr)
    equal("without an option nobody suffers", module_step(plan())["status"], "change")
    with open(OPENSSL, encoding="utf-8") as file:
        before = file.read()
    write(OPENSSL, ASKS)
    must("systemctl", "restart", "postgresql@15-main")
    step = module_step(plan())
    check("under a system-wide Options = KTLS PostgreSQL is named as one that breaks", step["status"] == "blocked"
          and "postgres (postgresql@15-main.service) breaks" in step["because"] and "openssl.cnf:7" in step["because"], told(step))
    ran = tuner("apply", "-p", "base", "--accept-risk", "key-update", "--json")
    equal("another accepted risk does not cover it", (ran.code, loaded("tls")), (4, False))
    must("ktls-tuner", "apply", "-p", "base", "--accept-risk", "breaks", "--accept-risk", "key-update")
    must("systemctl", "restart", "postgresql@15-main")
    check("PostgreSQL listens", wait_until(lambda: listens(5432), 20))
    ran = connects()
    check("and it does break: no connection with TLS 1.2", ran.returncode != 0, ran.stdout + ran.stderr)
    write(OPENSSL, before)
    must("systemctl", "restart", "postgresql@15-main")
    check("without the option it accepts TLS 1.2 again", wait_until(lambda: connects().returncode == 0, 20), connects().stderr)
    must("systemctl", "stop", "postgresql@15-main")


def main():
    prepare()
    blocked_while_lighttpd_would_suffer()
    goes_through_with_each_way_out()
    accepted()
    the_breakage_is_real()
    postgresql_breaks()
    check_documents()
    finish()


main()
