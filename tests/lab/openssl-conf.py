#!/usr/bin/env python3
"""openssl-conf: nginx really is in the kernel with what it prints, the distribution's own options stay, and PostgreSQL is refused.

On the fresh host, with its own services. The recipe that the guide once had is the control: it does nothing here.
"""
import os
import subprocess

from lab import check, check_documents, equal, finish, loaded, must, note, read, run, tuner, wait_until, write

KEY = "/etc/nginx/lab.pem"
NGINX = "/etc/nginx/nginx.conf"  # Debian's allows TLS 1.3 for all servers
FILE = 2_000_000
SYSTEM = "/etc/ssl/openssl.cnf"
# As Debian 10 has it: another first section than most recipes expect, and an option of its own.
OWN = ("openssl_conf = default_conf\n[default_conf]\nssl_conf = ssl_sect\n[ssl_sect]\nsystem_default = system_default_sect\n"
       "[system_default_sect]\nMinProtocol = TLSv1.2\nOptions = -SessionTicket\n")
RECIPE = ("openssl_conf = openssl_init\n.include /etc/ssl/openssl.cnf\n[openssl_init]\nssl_conf = ktls_ssl\n[ktls_ssl]\n"
          "system_default = ktls_defaults\n[ktls_defaults]\nOptions = KTLS\n")
KTLS, NO_TICKET = 1 << 3, 1 << 14  # SSL_OP_ENABLE_KTLS, SSL_OP_NO_TICKET


def site(protocols):
    write(NGINX, "user www-data;\npid /run/nginx.pid;\nevents {}\nhttp {\n  server {\n    listen 127.0.0.1:443 ssl;\n"
                 f"    ssl_certificate {KEY};\n    ssl_certificate_key {KEY};\n    ssl_protocols {protocols};\n"
                 "    sendfile on;\n    root /srv;\n  }\n}\n")
    must("systemctl", "restart", "nginx")


def sessions():
    return {line.split()[0]: int(line.split()[1]) for line in read("/proc/net/tls_stat").splitlines()}["TlsTxSw"]


def fetched():
    """The bytes that a client gets of the file, and how many sessions nginx then sent in the kernel. The client's curl never does."""
    before = sessions()
    done = subprocess.run(["curl", "-sk", "https://127.0.0.1/file"], capture_output=True, timeout=60, check=False)
    return done.stdout.count(b"x") if done.returncode == 0 else done.stderr, sessions() - before


def options(config):
    """What another program than ours has under a configuration."""
    code = "import ssl; print(int(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).options))"
    return int(subprocess.run(["python3", "-c", code], env={**os.environ, "OPENSSL_CONF": config}, capture_output=True, text=True,
                              check=True).stdout)


def prepare():
    must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=lab", "-keyout", KEY, "-out", "/tmp/cert")
    with open(KEY, "a", encoding="utf-8") as key:
        key.write(read("/tmp/cert") + "\n")
    write("/srv/file", "x" * FILE)
    must("modprobe", "tls")


def nginx_gets_into_the_kernel():
    site("TLSv1.2")
    equal("control: nginx without it sends nothing in the kernel", fetched(), (FILE, 0))
    ran = tuner("openssl-conf", "--for", "nginx", "--json")
    equal("it is printed", ran.code, 0)
    body = ran.doc
    equal("for nginx, which gains by it", (body["program"]["service"], body["program"]["effect"], body["program"]["sure"]),
          ("nginx.service", "gains", True))
    equal("and was read back", [body["proof"][end] for end in ("server", "client")], [{"asks_ktls": True, "unchanged": True}] * 2)
    check("nothing is written", not os.path.exists(body["file"]), body["file"])
    text = tuner("openssl-conf", "--for", "nginx")
    equal("the text is that of the document", (text.code, text.out), (0, body["configuration"]))
    note(f"ktls-tuner openssl-conf --for nginx\n{text.err}{text.out}")
    write(body["file"], text.out)
    folder = f"/etc/systemd/system/{body['drop_in']['unit']}.d"
    os.makedirs(folder)
    write(f"{folder}/ktls.conf", "\n".join(body["drop_in"]["lines"]) + "\n")
    must("systemctl", "daemon-reload")
    must("systemctl", "restart", "nginx")
    equal("with the configuration and the drop-in nginx sends in the kernel, and every byte arrives", fetched(), (FILE, 1))
    ran = tuner("openssl-conf", "--for", "nginx.service", "--json")
    equal("asked again it keeps that one, and replaces none of its lines",
          (ran.code, ran.doc["base"], ran.doc["program"]["already"], "ktls-tuner-2.Options = KTLS" in ran.doc["configuration"]),
          (0, {"path": body["file"], "exists": True, "from_environment": True}, True, True))


def a_key_update_has_to_be_accepted():
    site("TLSv1.2 TLSv1.3")
    ran = tuner("openssl-conf", "--for", "nginx")
    check("with TLS 1.3 a peer could break nginx: refused, with the reason and the ways out", ran.code == 4 and not ran.out
          and "KeyUpdate" in ran.err and "ssl_protocols TLSv1.2;" in ran.err and "--accept-risk key-update" in ran.err, ran.told())
    ran = tuner("openssl-conf", "--for", "nginx", "--accept-risk", "breaks")
    equal("another accepted risk does not cover it", (ran.code, ran.out), (4, ""))
    ran = tuner("openssl-conf", "--for", "nginx", "--accept-risk", "key-update", "--json")
    equal("accepted: it is printed and says so", (ran.code, ran.doc["accepted_risks"]), (0, ["key-update"]))


def postgresql_is_refused():
    must("systemctl", "start", "postgresql@15-main")
    ran = tuner("openssl-conf", "--for", "postgresql@15-main")
    check("PostgreSQL breaks: refused before anything is written", ran.code == 4 and not ran.out
          and "postgres (postgresql@15-main.service) breaks" in ran.err and "--accept-risk breaks" in ran.err, ran.told())
    note(f"ktls-tuner openssl-conf --for postgresql@15-main\n{ran.err}")
    ran = tuner("openssl-conf", "--for", "postgres", "--accept-risk", "breaks", "--json")
    equal("it can be accepted", (ran.code, ran.doc.get("accepted_risks")), (0, ["breaks"]))
    ran = tuner("probe", "--json", timeout=300)
    warning = next((it for it in ran.doc["warnings"] if "does not ask for kTLS" in it), "")
    check("the probe names it among those that the system-wide option would break, and the way to one program",
          "Do not add the option there: connections of postgres (postgresql@15-main.service) would break" in warning
          and "ktls-tuner openssl-conf --for" in warning, warning or ran.told())
    note(warning)
    must("systemctl", "stop", "postgresql@15-main")


def others_gain_nothing():
    write("/etc/apache2/ports.conf", "Listen 127.0.0.1:8080\n")
    must("a2enmod", "-q", "ssl")
    must("systemctl", "start", "apache2")
    ran = tuner("openssl-conf", "--for", "apache2")
    check("Apache has a BIO of its own: refused", ran.code == 4 and not ran.out and "a BIO of its own" in ran.err, ran.told())
    must("systemctl", "stop", "apache2")
    # Version 2 of struct vfs_cap_data: CAP_NET_BIND_SERVICE, effective.
    must("cp", "/usr/bin/memcached", "/srv/capable")
    os.setxattr("/srv/capable", "security.capability", bytes.fromhex("01000002" "00040000" "00000000" "00000000" "00000000"))
    with subprocess.Popen(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/srv/capable", "-l", "127.0.0.1"]) as capable:
        folder = f"/proc/{capable.pid}"
        check("it runs", wait_until(lambda: read(f"{folder}/comm") == "capable" and "libssl" in read(f"{folder}/maps"), 20))
        ran = tuner("openssl-conf", "--for", "capable")
        check("a program with file capabilities ignores the variable: refused", ran.code == 4 and not ran.out
              and "file capabilities" in ran.err, ran.told())
        capable.terminate()
    ran = tuner("openssl-conf", "--for", "no-such-program")
    check("an unknown name: usage, with those that there are", ran.code == 64 and "nginx.service" in ran.err, ran.told())


def the_distributions_options_stay():
    before = read(SYSTEM)
    write(SYSTEM, OWN)
    write("/srv/recipe.cnf", RECIPE)
    got = options("/srv/recipe.cnf")
    equal("control: the old recipe does nothing where the first section has another name", got & KTLS, 0)
    write("/srv/plain.cnf", ".include /etc/ssl/openssl.cnf\n[system_default_sect]\nOptions = KTLS\n")
    got = options("/srv/plain.cnf")
    equal("control: a plain Options loses those of the distribution", (got & KTLS, got & NO_TICKET), (KTLS, 0))
    ran = tuner("openssl-conf")
    write("/srv/ours.cnf", ran.out)
    got = options("/srv/ours.cnf")
    equal("openssl-conf asks and keeps them", (ran.code, got & KTLS, got & NO_TICKET), (0, KTLS, NO_TICKET))
    check("in the section that this file names", "\n[system_default_sect]\nktls-tuner.Options = KTLS\n" in ran.out, ran.out)
    write(SYSTEM, before + "\n")


def main():
    prepare()
    nginx_gets_into_the_kernel()
    a_key_update_has_to_be_accepted()
    postgresql_is_refused()
    others_gain_nothing()
    the_distributions_options_stay()
    must("systemctl", "stop", "nginx")
    check("tls is unloaded again", wait_until(lambda: not loaded("tls") or run("rmmod", "tls").code == 0, 10))
    check_documents()
    finish()


main()
