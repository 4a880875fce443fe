#!/usr/bin/env python3
"""diagnose: on a stock host no false alarm; each thing that is broken here is found, and its next step, typed as it stands, makes it go.

On the fresh host, with its own services. nginx without the option is named with file and line; with it the kernel's counters move.
"""
import contextlib
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess

from findings import a_stock_host, codes, diagnose, finding, type_it
from lab import check, check_documents, equal, finish, loaded, must, note, read, run, tuner, wait_until, write

CERTIFICATE, KEY = "/etc/ssl/lab.pem", "/etc/ssl/lab.key"
SITE = "/etc/nginx/conf.d/lab.conf"
DENIAL = "/etc/modprobe.d/hardening.conf"
TLSHD = "/etc/systemd/system/tlshd.service"
RECIPE = "/etc/sysctl.d/99-recipe.conf"
BUNDLE = "/root/ktls-tuner-bundle"


def sends_so_far():
    counters = {line.split()[0]: int(line.split()[1]) for line in read("/proc/net/tls_stat").splitlines()}
    return counters["TlsTxSw"]


def connect():
    trust = ssl.create_default_context(cafile=CERTIFICATE)
    trust.check_hostname = False
    connection = http.client.HTTPSConnection("127.0.0.1", 8443, context=trust)
    connection.request("GET", "/")
    connection.getresponse().read()
    return connection


def a_denied_module():
    write(DENIAL, "# hardening\noptions loop max_loop=8\ninstall tls /bin/false\n")
    document = diagnose()
    it = finding(document, "module-deny-listed")
    equal("a denied module is named with file and line", (codes(document), it["place"]), (["module-deny-listed"], {"file": DENIAL, "line": 3}))
    type_it(it["command"])
    equal("the next step allows and loads it", (codes(diagnose()), loaded("tls")), ([], True))


def a_lowered_window():
    write(RECIPE, "net.core.rmem_max = 67108864\nnet.ipv4.tcp_rmem = 4096 87380 67108864\n")
    it = finding(diagnose(), "receive-window-lowered")
    equal("an old recipe is named with file and line", it.get("place"), {"file": RECIPE, "line": 2})
    type_it(it["command"])
    check("the next step removes it", "receive-window-lowered" not in codes(diagnose(), "advice"))
    equal("and restores the kernel's default", read("/proc/sys/net/ipv4/tcp_rmem").split(), ["4096", "131072", "67108864"])


def same_in_a_bundle(document):
    """The host is called "lab", which is no word of a file's name in the bundle."""
    must("ktls-tuner", "facts", "--bundle", f"{BUNDLE}.tar")
    must("tar", "-C", "/root", "-xf", f"{BUNDLE}.tar")
    replay = diagnose("--service", "nginx", "--root", BUNDLE)
    told = [json.dumps([it["answer"], it["findings"], it["exit_code"]]) for it in (document, replay)]
    equal("a bundle gives the same answer and findings, without the host's name", told[1], told[0].replace("/lab.conf", "/host.conf"))
    equal("and doubts what only system calls tell, which no bundle has", [document["unknown"], [it["hides"] for it in replay["unknown"]]],
          [[], [["sock-maps"]]])


def nginx_without_the_option():
    write(SITE, f"server {{\n  listen 127.0.0.1:8443 ssl;\n  ssl_certificate {CERTIFICATE};\n  ssl_certificate_key {KEY};\n}}\n")
    must("systemctl", "restart", "nginx")
    before = sends_so_far()
    connect().close()
    equal("control: nginx sends nothing in the kernel", sends_so_far() - before, 0)
    document = diagnose("--service", "nginx")
    it = finding(document, "server-option-missing")
    equal("nginx without the option: file and line", (it.get("place"), document["exit_code"]), ({"file": SITE, "line": 2}, 3))
    check("in one sentence first, with what the option would bring", f"{SITE}:2" in document["answer"]
          and "any peer can break its TLS 1.3 connections" in document["answer"], document["answer"])
    note(tuner("diagnose", "--service", "nginx").out)
    same_in_a_bundle(document)
    pid = read("/run/nginx.pid")
    equal("the same by the process", diagnose("--pid", pid)["answer"], document["answer"])
    type_it(it["command"])
    check("nginx runs again", wait_until(lambda: run("systemctl", "is-active", "nginx").code == 0, 20))
    before = sends_so_far()
    connect().close()
    equal("after the next step it sends in the kernel", sends_so_far() - before, 1)
    document = diagnose("--service", "nginx")
    equal("and the finding is gone, without another", (codes(document), document["exit_code"]), ([], 0))
    check("the answer says so", "hands TLS to the kernel" in document["answer"], document["answer"])


def an_older_connection():
    """Begun while the kernel had no TLS, it stays in user space; a restart is what makes the finding go."""
    must("systemctl", "stop", "nginx")
    check("tls is unloaded", wait_until(lambda: run("rmmod", "tls").code == 0, 10))
    must("systemctl", "start", "nginx")
    connection = connect()
    must("modprobe", "tls")
    it = finding(diagnose("--service", "nginx"), "sessions-outside")
    check("a worker that got ENOENT is found, with the connections that stayed outside",
          it and any("may have begun before the kernel had TLS" in line for line in it["evidence"]), it)
    type_it(it["command"])
    connection.close()
    connection = connect()
    check("the next step makes it go", not finding(diagnose("--service", "nginx"), "sessions-outside"))
    connection.close()
    must("systemctl", "stop", "nginx")


def a_user_of_the_kernels_own_tls():
    """exports(5) with TLS, and a daemon that stands in for tlshd: Debian 12 has none."""
    write("/etc/exports", "/srv *(ro,xprtsec=tls:mtls)\n")
    shutil.copy("/bin/sleep", "/usr/local/sbin/tlshd")
    write(TLSHD, "[Service]\nExecStart=/usr/local/sbin/tlshd inf\n[Install]\nWantedBy=multi-user.target\n")
    must("systemctl", "daemon-reload")
    it = finding(diagnose(), "tlshd-missing")
    check("an export with TLS and no tlshd", "export /srv" in it.get("message", ""), it)
    type_it(it["command"])
    check("the next step makes it go", not finding(diagnose(), "tlshd-missing"))
    must("systemctl", "disable", "--now", "tlshd")


def a_replaced_library():
    must("systemctl", "restart", "nginx")
    library = must("sh", "-c", "grep -o '/[^ ]*/libssl.so[^ ]*' /proc/$(cat /run/nginx.pid)/maps | head -1").out.strip()
    equal("control: the library is the one on disk", finding(diagnose("--service", "nginx"), "library-replaced"), {})
    shutil.copy2(library, library + ".new")
    os.rename(library + ".new", library)
    it = finding(diagnose("--service", "nginx"), "library-replaced")
    check("a library that was replaced under a running nginx", it)
    type_it(it["command"])
    check("the next step makes it go", not finding(diagnose("--service", "nginx"), "library-replaced"))


FILTERED = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server = socket.socket()
server.bind(("127.0.0.1", 4435))
server.listen()
while True:
    with context.wrap_socket(server.accept()[0], server_side=True) as tls:
        tls.recv(100)
"""


def site(*options):
    """nginx with TLS and these lines. What any peer could do to it is why nothing else tries them."""
    lines = "".join(f"  {option}\n" for option in options)
    write(SITE, f"server {{\n  listen 127.0.0.1:8443 ssl;\n  ssl_certificate {CERTIFICATE};\n  ssl_certificate_key {KEY};\n{lines}}}\n")
    must("systemctl", "restart", "nginx")
    return diagnose("--service", "nginx")


def what_its_configuration_says():
    document = site("ssl_conf_command Options KTLS;")
    check("kernel TLS with TLS 1.3 on this kernel and OpenSSL: a peer can break it", finding(document, "program-key-update"), codes(document))
    check("and it receives in user space", finding(document, "receives-in-user-space"), document["findings"])
    must("rmmod", "tls")
    document = diagnose("--service", "nginx")
    check("without the module: so it would be", finding(document, "loading-breaks"), document["findings"])
    must("modprobe", "tls")
    document = site("ssl_conf_command Options -KTLS;")
    equal("told not to: a note with the line, and no finding", (codes(document), finding(document, "switched-off").get("place")),
          ([], {"file": SITE, "line": 5}))
    must("systemctl", "stop", "nginx")


WITHOUT_KEYS = """
import socket, ssl, time
server = socket.create_server(("127.0.0.1", 4436))
client = socket.create_connection(("127.0.0.1", 4436))
accepted = server.accept()[0]
accepted.setsockopt(6, 31, b"tls")
time.sleep(600)
"""


def a_connection_without_keys():
    """It attaches the kernel's TLS as libssl does, and then gives no key."""
    write("/srv/keyless.py", WITHOUT_KEYS)
    must("systemd-run", "--unit", "keyless", "/usr/bin/python3", "/srv/keyless.py")
    check("it is attached", wait_until(lambda: "tcp-ulp-tls" in run("ss", "-Htie", "sport = :4436").out, 20))
    check("a connection that has the kernel's TLS and no key", finding(diagnose(), "keys-not-set"))
    must("systemctl", "stop", "keyless")


def a_seccomp_filter():
    """It refuses setsockopt, so libssl goes on in user space without a word."""
    write("/srv/filtered.py", FILTERED)
    write("/srv/asks.cnf", "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nOptions = KTLS\n")
    trust = ssl.create_default_context(cafile=CERTIFICATE)
    trust.check_hostname = False
    for filtered in (True, False):
        refuse = ["-p", "SystemCallFilter=~setsockopt", "-p", "SystemCallErrorNumber=EPERM"] if filtered else []
        must("systemd-run", "--unit", "filtered", "-p", "Environment=OPENSSL_CONF=/srv/asks.cnf", *refuse, "/usr/bin/python3",
             "/srv/filtered.py", CERTIFICATE, KEY)
        check("it listens", wait_until(lambda: run("ss", "-Hltn", "sport = :4435").out, 20))
        with trust.wrap_socket(socket.create_connection(("127.0.0.1", 4435), 20)):
            document = diagnose("--service", "filtered")
            note(document["answer"])
            equal(f"a filter that refuses it: {filtered}", [bool(finding(document, code)) for code in ("seccomp-filter", "sessions-outside")],
                  [filtered, filtered])
        must("systemctl", "stop", "filtered")
    must("systemd-run", "--unit", "filtered", "/usr/bin/python3", "/srv/filtered.py", CERTIFICATE, KEY)
    check("it listens", wait_until(lambda: run("ss", "-Hltn", "sport = :4435").out, 20))
    document = diagnose("--service", "filtered")
    equal("the same program without a configuration that asks", codes(document), ["openssl-option-missing"])
    must("sh", "-c", f"{finding(document, 'openssl-option-missing')['command']} --accept-risk key-update")
    must("systemctl", "stop", "filtered")


@contextlib.contextmanager
def server(*words):
    """openssl s_server with these options."""
    with subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:4433", "-cert", CERTIFICATE, "-key", KEY, "-quiet", *words],
                          stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        check("openssl s_server listens", wait_until(lambda: ":1151 00000000:0000 0A " in read("/proc/net/tcp"), 20))
        try:
            yield
        finally:
            process.kill()


def ask(*words):
    return diagnose("--connect", "127.0.0.1:4433", "--server-name", "lab", "--cafile", CERTIFICATE, "--timeout", "100", *words)


def a_server_elsewhere():
    """This host is the client. Without the module that is the reason; with it only a server without a cipher that the kernel takes is a finding."""
    with server():
        document = ask()
        equal("without the module that is why", (codes(document), document["exit_code"]), (["module-not-loaded"], 3))
        check("the answer says what could be in the kernel", "could be sent" in document["answer"], document["answer"])
        type_it(finding(document, "module-not-loaded")["command"])
        before = sends_so_far()
        document = ask()
        equal("a server with AES-GCM: no finding", (codes(document), document["exit_code"]), ([], 0))
        check("its connections were in this host's kernel", sends_so_far() - before >= 4, sends_so_far() - before)
        check("OpenSSL 3.0 receives TLS 1.3 in user space, which the answer says",
              "is sent by this host's kernel; receiving stays in user space, because " in document["answer"], document["answer"])
        equal("notes and advice: that, the KeyUpdate, and that clients must ask", codes(document, "advice", "note"),
              ["server-can-break", "server-one-way", "clients-must-ask"])
        note(tuner("diagnose", "--connect", "127.0.0.1:4433", "--server-name", "lab", "--cafile", CERTIFICATE, timeout=120).out)
    with server("-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"):
        document = ask()
        equal("CHACHA20 alone under TLS 1.2: this kernel takes it", (codes(document), document["exit_code"]), ([], 0))
        check("in both directions", "is sent and received by this host's kernel" in document["answer"], document["answer"])
    with server("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"):
        document = ask()
        equal("CBC alone: no kernel takes it", (codes(document), document["exit_code"]), (["server-off-path"], 3))
        check("the evidence has what it accepts", any(line.startswith("accepted: TLS 1.2 with ECDHE-ECDSA-AES128-SHA256") for line in
                                                      document["evidence"]), document["evidence"])
    document = ask()
    check("nothing listens: not known, and no finding", document["exit_code"] == 1 and not codes(document)
          and "Connection refused" in document["answer"], document["answer"])
    check("tls is unloaded again", wait_until(lambda: run("rmmod", "tls").code == 0, 10))


def hostile_questions():
    ran = tuner("diagnose", "--service", "no-such-program")
    check("an unknown service: usage, with those that there are", ran.code == 64 and "no-such-program" in ran.err, ran.told())
    equal("a process that speaks no TLS: usage", tuner("diagnose", "--pid", "1").code, 64)
    ran = run("ktls-tuner", "diagnose", "--json", user=65534)
    document = ran.doc
    check("an ordinary user is told what was not looked at, and gets no all-clear", ran.code == 1 and document["unknown"]
          and "not all could be" in document["answer"], ran.told())


def main():
    must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", KEY, "-out",
         CERTIFICATE, "-subj", "/CN=lab", "-days", "2")
    try:
        a_stock_host()
        a_server_elsewhere()
        a_denied_module()
        a_lowered_window()
        nginx_without_the_option()
        an_older_connection()
        a_replaced_library()
        what_its_configuration_says()
        a_connection_without_keys()
        a_seccomp_filter()
        a_user_of_the_kernels_own_tls()
        hostile_questions()
    finally:
        run("systemctl", "stop", "nginx")
        for path in (DENIAL, RECIPE, SITE, TLSHD, "/etc/exports", "/usr/local/sbin/tlshd"):
            if os.path.exists(path):
                os.unlink(path)
        wait_until(lambda: not loaded("tls") or run("rmmod", "tls").code == 0, 10)
    check_documents()
    finish()


main()
