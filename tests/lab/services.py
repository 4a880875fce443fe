#!/usr/bin/env python3
"""run and the family services: unmodified programs are in the kernel and near their NIC, and everything can be undone.

On the fresh host: real systemd, nginx, OpenSSL and Python, two NUMA nodes (eth0 on node 1, CPUs 2 and 3).
"""
import os
import signal
import socket
import ssl
import subprocess
import threading

from lab import (as_after_a_reboot, check, check_documents, equal, finish, loaded, must, named, note, read, run, tuner, wait_until,
                 write)

KEY = "/srv/lab.pem"
PROFILE = "/etc/ktls-tuner/profiles.d/services.yaml"
DROP_INS = "/etc/systemd/system/nginx.service.d"
KTLS, NEAR = f"{DROP_INS}/zz-ktls-tuner-ktls.conf", f"{DROP_INS}/zz-ktls-tuner-near.conf"
CONF = "/etc/ssl/ktls-tuner/nginx.cnf"
PYTHON_SERVER = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
server = socket.create_server(("127.0.0.1", 4434))
while True:
    try:
        with context.wrap_socket(server.accept()[0], server_side=True) as tls:
            tls.sendall(tls.recv(100))
    except OSError:
        pass
"""


def sessions():
    return {line.split()[0]: int(line.split()[1]) for line in read("/proc/net/tls_stat").splitlines()}["TlsTxSw"]


def talk(port):
    """How many sessions were sent in the kernel by one exchange with a server. This client never does."""
    before = sessions()
    context = ssl.create_default_context(cafile=KEY)
    context.check_hostname = False
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port), 20)) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        got = client.recv(100)
    return bool(got), sessions() - before


def listens(port):
    return run("ss", "-Hltn", f"sport = :{port}").out != ""


class Server:
    """A command that runs while its block does."""

    def __init__(self, port, *words):
        self.port, self.words = port, words

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.errors = []
        self.reader = threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True)
        self.reader.start()
        check(f"{self.words[0]} … listens or has ended", wait_until(lambda: listens(self.port) or self.process.poll() is not None, 40), "".join(self.errors))
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.code = self.process.wait(20)
        self.reader.join(20)


def servers_get_into_the_kernel():
    programs = {4433: ("openssl", "s_server", "-accept", "4433", "-cert", KEY, "-www", "-quiet"),
                4434: ("/usr/bin/python3", "/srv/server.py", KEY)}
    for port, words in programs.items():
        with Server(port, *words):
            equal(f"control: {words[0]} alone sends nothing in the kernel", talk(port), (True, 0))
        ran = tuner("run", "--near", "eth0", "--ktls", "--", *words)
        check(f"{words[0]}: a peer could break it: refused", ran.code == 4 and "--accept-risk key-update" in ran.err, ran.told())
        with Server(port, "ktls-tuner", "run", "--near", "eth0", "--ktls", "--accept-risk", "key-update", "--", *words) as server:
            equal(f"run: {words[0]} sends in the kernel, unmodified", talk(port), (True, 1))
            pid = server.process.pid
            equal("it is the same process", read(f"/proc/{pid}/cmdline").split("\0")[0], words[0])
            status = dict(line.split(":", 1) for line in read(f"/proc/{pid}/status").splitlines())
            equal("on the CPUs of eth0's node", status["Cpus_allowed_list"].strip(), "2-3")
            policies = {line.split()[1] for line in read(f"/proc/{pid}/numa_maps").splitlines()}
            check("its memory is preferred there", policies == {"prefer:1"} or "prefer=static:1" in policies, policies)
            conf = dict(one.split("=", 1) for one in read(f"/proc/{pid}/environ").split("\0") if "=" in one)["OPENSSL_CONF"]
            check("under a file that stays", conf.startswith("/run/ktls-tuner/openssl/") and os.path.exists(conf), conf)
        equal("SIGTERM ended it as without run", server.code, -signal.SIGTERM)
        note("".join(server.errors))


def what_gains_nothing_is_said():
    must("cp", "/usr/bin/openssl", "/srv/capable")
    os.setxattr("/srv/capable", "security.capability", bytes.fromhex("01000002" "00040000" "00000000" "00000000" "00000000"))
    must("cp", "/usr/bin/openssl", "/srv/setuid")
    must("chown", "1", "/srv/setuid")
    must("chmod", "4755", "/srv/setuid")
    for name, why in (("capable", "it has file capabilities"), ("setuid", "it is set-uid, for user 1")):
        ran = run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "XDG_RUNTIME_DIR=/tmp", "ktls-tuner", "run", "--ktls",
                  "--dry-run", "--json", "--", f"/srv/{name}", "version")
        equal(f"{name}: it gains nothing", (ran.code, ran.doc["ktls"]["effect"]), (0, "no-effect"))
        check("with the reason", why in ran.doc["ktls"]["because"], ran.told())
    asked = {"OPENSSL_CONF": "/srv/no-such-file"}
    done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/srv/capable", "version", "-a"], env={**os.environ, **asked},
                          capture_output=True, text=True, check=False)
    equal("control: such a program does run", done.returncode, 0)
    with Server(4433, "ktls-tuner", "run", "--ktls", "--", "/srv/capable", "s_server", "-accept", "4433", "-cert", KEY, "-quiet") as server:
        pass
    check("as root it is no such program: the risk is asked for", "--accept-risk" in "".join(server.errors), "".join(server.errors))


def site(protocols="TLSv1.2", more=""):
    write("/etc/nginx/nginx.conf", "user www-data;\npid /run/nginx.pid;\nevents {}\nhttp {\n  server {\n    listen 127.0.0.1:443 ssl;\n"
          f"    ssl_certificate {KEY};\n    ssl_certificate_key {KEY};\n    ssl_protocols {protocols};\n    root /srv;\n{more}  }}\n}}\n")


def steps(ran, *statuses):
    return [subject for knob, subject in named(ran.doc["steps"], *statuses) if knob == "services"]


def a_service_by_profile():
    site()
    must("systemctl", "restart", "nginx")
    write(PROFILE, "schema: ktls-tuner/profile/v1\nname: services\nsafety: { key-update: require }\n"
                   "services:\n  nginx: { ktls: on, near: eth0 }\n")
    before = run("systemctl", "cat", "nginx").out
    equal("control: nginx sends nothing in the kernel", talk(443), (True, 0))
    ran = tuner("plan", "-p", "services", "--json")
    equal("plan: both are to be set", (ran.code, steps(ran, "change")), (2, ["nginx.service/ktls", "nginx.service/near"]))
    note(tuner("plan", "-p", "services").out)
    ran = tuner("apply", "-p", "services", "--persist", "--json")
    equal("apply", (ran.code, steps(ran, "done")), (0, ["nginx.service/ktls", "nginx.service/near"]))
    equal("nothing was restarted: it still sends nothing in the kernel", talk(443), (True, 0))
    ran = tuner("status", "--json")
    equal("status says who runs without it", ran.doc["services_behind"], ["nginx.service"])
    must("systemctl", "restart", "nginx")
    equal("after a restart nginx sends in the kernel", talk(443), (True, 1))
    pid = run("systemctl", "show", "--property", "MainPID", "--value", "nginx").out.strip()
    check("on the node of eth0", "Cpus_allowed_list:\t2-3\n" in read(f"/proc/{pid}/status") and "prefer" in read(f"/proc/{pid}/numa_maps"), pid)
    equal("status has none that runs without it", tuner("status", "--json").doc["services_behind"], [])
    equal("check is in sync", tuner("check").code, 0)
    return before


def drift_and_repair():
    text = read(CONF) + "\n"
    write(CONF, text.replace("KTLS", "-KTLS"))
    ran = tuner("check", "--json")
    equal("an edited configuration is drift", (ran.code, steps(ran, "change")), (2, ["nginx.service/ktls"]))
    os.unlink(NEAR)
    equal("a removed drop-in, too", steps(tuner("check", "--json"), "change"), ["nginx.service/ktls", "nginx.service/near"])
    must("systemctl", "restart", "ktls-tuner-apply.service")
    equal("the sandboxed boot unit may write both", (tuner("check").code, os.path.exists(NEAR)), (0, True))
    equal("and it is as it was", read(CONF) + "\n", text)


def a_reboot_keeps_it():
    as_after_a_reboot("ktls-tuner-apply.service")
    must("systemctl", "restart", "nginx")
    equal("after a reboot nginx sends in the kernel", talk(443), (True, 1))
    must("systemctl", "restart", "ktls-tuner-apply.service")
    equal("and the profile is in sync", tuner("check").code, 0)


def gone_after_rollback(before):
    ran = tuner("rollback")
    equal("rollback", ran.code, 0)
    equal("the service is as before", run("systemctl", "cat", "nginx").out, before)
    check("no file is left", not any(os.path.exists(path) for path in (KTLS, NEAR, CONF)), os.listdir(DROP_INS))
    must("systemctl", "restart", "nginx")
    equal("and sends nothing in the kernel", talk(443), (True, 0))


def a_restart_on_request():
    ran = tuner("apply", "-p", "services", "--restart-services")
    check("restarted, and said", ran.code == 0 and "restarted nginx.service" in ran.err, ran.told())
    equal("nginx sends in the kernel at once", talk(443), (True, 1))
    ran = tuner("apply", "-p", "services", "--restart-services")
    check("one that has it is not restarted again", ran.code == 0 and "restarted" not in ran.err, ran.told())
    must("ktls-tuner", "rollback")
    # It refuses to start with any OPENSSL_CONF.
    os.makedirs(DROP_INS, exist_ok=True)
    write(f"{DROP_INS}/10-refuses.conf", "[Service]\nExecStartPre=/bin/sh -c 'test -z \"$OPENSSL_CONF\"'\n")
    must("systemctl", "daemon-reload")
    must("systemctl", "restart", "nginx")
    ran = tuner("apply", "-p", "services", "--restart-services", timeout=200)
    check("one that does not come back is reverted, and started without it", ran.code == 1 and "nginx.service did not come back" in ran.err
          and "started without them" in ran.err, ran.told())
    equal("it runs and answers", (run("systemctl", "is-active", "nginx").out.strip(), talk(443)), ("active", (True, 0)))
    check("without a drop-in", not os.path.exists("/run/systemd/system/nginx.service.d/zz-ktls-tuner-ktls.conf"))
    note(ran.err)
    os.unlink(f"{DROP_INS}/10-refuses.conf")
    must("systemctl", "daemon-reload")
    must("ktls-tuner", "rollback")


def refusals():
    site("TLSv1.2 TLSv1.3")
    ran = tuner("apply", "-p", "services", "--json")
    step = next((it for it in ran.doc["steps"] if it["subject"] == "nginx.service/ktls"), {})
    check("with TLS 1.3 a peer could break it: blocked, nothing is written", ran.code == 4 and step.get("status") == "blocked"
          and "KeyUpdate" in step["because"] and not os.path.exists("/run/systemd/system/nginx.service.d"), ran.told())
    ran = tuner("apply", "-p", "services", "--accept-risk", "key-update")
    equal("accepted: it is written", ran.code, 0)
    must("ktls-tuner", "rollback")
    for name, status, reason in (("postgresql@15-main", "blocked", "breaks"), ("apache2", "unsupported", "a BIO of its own"),
                                 ("no-such", "no_subject", "no unit")):
        write(PROFILE, f"schema: ktls-tuner/profile/v1\nname: services\nsafety: {{ key-update: require }}\nservices:\n  {name}: {{ ktls: on }}\n")
        ran = tuner("plan", "-p", "services", "--json")
        step = ran.doc["steps"][0]
        equal(f"{name}: {status}", (ran.code, step["status"]), (4, status))
        check("with the reason", reason in step["because"], step["because"])
    write(PROFILE, "schema: ktls-tuner/profile/v1\nname: services\nservices:\n  lighttpd: { ktls: off }\n")
    write("/etc/lighttpd/lighttpd.conf", f'server.modules = ("mod_openssl")\nserver.port = 444\nserver.document-root = "/srv"\nssl.engine = "enable"\nssl.pemfile = "{KEY}"\n')
    ran = tuner("plan", "-p", "services")
    check("lighttpd is not edited: the line to write is said", ran.code == 4 and 'ssl.openssl.ssl-conf-cmd += ("Options" => "-KTLS")' in ran.out + ran.err,
          ran.told())
    note(ran.out + ran.err)
    with open("/etc/lighttpd/lighttpd.conf", "a", encoding="utf-8") as conf:
        conf.write('ssl.openssl.ssl-conf-cmd += ("Options" => "-KTLS")\n')
    equal("with the line it is in sync", tuner("plan", "-p", "services").code, 0)


def main():
    must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=lab", "-keyout", KEY, "-out", "/tmp/cert")
    write(KEY, read(KEY) + "\n" + read("/tmp/cert") + "\n")
    write("/srv/index.html", "hello\n")
    write("/srv/server.py", PYTHON_SERVER)
    os.makedirs(os.path.dirname(PROFILE), exist_ok=True)
    must("modprobe", "tls")
    servers_get_into_the_kernel()
    what_gains_nothing_is_said()
    before = a_service_by_profile()
    drift_and_repair()
    a_reboot_keeps_it()
    gone_after_rollback(before)
    a_restart_on_request()
    refusals()
    must("systemctl", "stop", "nginx")
    check("tls is unloaded again", wait_until(lambda: not loaded("tls") or run("rmmod", "tls").code == 0, 10))
    check_documents()
    finish()


main()
