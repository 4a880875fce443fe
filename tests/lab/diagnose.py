#!/usr/bin/env python3
"""diagnose: on a stock host no false alarm; each thing that is broken here is found, and its next step, typed as it stands, makes it go.

On the fresh host, with its own services. nginx without the option is named with file and line; with it the kernel's counters move.
"""
import http.client
import json
import os
import resource
import ssl

from lab import check, check_documents, equal, finish, loaded, must, note, read, run, tuner, wait_until, write

CERTIFICATE, KEY = "/etc/ssl/lab.pem", "/etc/ssl/lab.key"
SITE = "/etc/nginx/conf.d/lab.conf"
DENIAL = "/etc/modprobe.d/hardening.conf"
RECIPE = "/etc/sysctl.d/99-recipe.conf"
BUNDLE = "/root/ktls-tuner-bundle"
ALARMS = ("unsafe", "off-path")
BUDGET = 0.2  # seconds of CPU, and a millisecond a program


def diagnose(*words):
    ran = tuner("diagnose", *words, "--json", timeout=120)
    if ran.code not in (0, 3):
        note(ran.told())
    return ran.doc


def codes(document, *severities):
    return [it["because"] for it in document["findings"] if it["severity"] in (severities or ALARMS)]


def finding(document, code):
    return next((it for it in document["findings"] if it["because"] == code), {})


def type_it(command):
    """What an operator copies from the screen."""
    note(f"$ {command}")
    return must("sh", "-c", command)


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


def a_stock_host():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    document = diagnose()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    note(f"diagnose took {spent * 1000:.0f} ms of an emulated CPU; {document['summary']}")
    for it in document["findings"] + document["unknown"]:
        note(f"{it.get('because', it.get('kind'))}: {it['message']}")
    equal("a stock host: only the module that is not loaded, which is so", codes(document), ["module-not-loaded"])
    equal("nothing is unknown to root", document["unknown"], [])
    type_it(finding(document, "module-not-loaded")["command"])
    document = diagnose()
    equal("the next step makes it go, and nothing is wrong any more", (document["exit_code"], codes(document)), (0, []))
    must("rmmod", "tls")


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
    told = [json.dumps([it["answer"], it["findings"], it["unknown"], it["exit_code"]]) for it in (document, replay)]
    equal("a bundle gives the same answer, findings and doubts, without the host's name", told[1],
          told[0].replace("/lab.conf", "/host.conf"))


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
        a_denied_module()
        a_lowered_window()
        nginx_without_the_option()
        an_older_connection()
        hostile_questions()
    finally:
        run("systemctl", "stop", "nginx")
        for path in (DENIAL, RECIPE, SITE):
            if os.path.exists(path):
                os.unlink(path)
        wait_until(lambda: not loaded("tls") or run("rmmod", "tls").code == 0, 10)
    check_documents()
    finish()


main()
