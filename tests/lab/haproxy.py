#!/usr/bin/env python3
"""HAProxy as docs/recipes.md configures it: its connections are in the kernel, are not without the option, and diagnose tells both.

With the configuration of the page itself, in a root that has HAProxy 3.3 or later (the script `haproxy`). A KeyUpdate of a client ends a TLS 1.3
connection where the page says so.
    haproxy.py ROOT
"""
import hashlib
import http.client
import http.server
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading

from lab import check, check_documents, equal, finish, loaded, must, note, read, run, wait_until, write
from s_client import fetched

ROOT = sys.argv[1]
TOOL = shutil.which("ktls-tuner")
CONFIG, PEM = "/etc/haproxy/haproxy.cfg", "/etc/haproxy/server.pem"
OPTION, ONLY_TLS12 = " ktls on", " ssl-max-ver TLSv1.2"
CONTENT = b"x" * 3_000_000


def inside(*words, **how):
    return run("chroot", ROOT, *words, **how)


def prepare():
    """The root gets this machine's /proc, /sys and /dev, and the build at its place."""
    for folder in ("/proc", "/sys", "/dev", os.path.dirname(TOOL)):
        os.makedirs(ROOT + folder, exist_ok=True)
        must("mount", "--rbind", folder, ROOT + folder)
    os.makedirs(ROOT + "/run", exist_ok=True)
    must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=lab", "-keyout", ROOT + PEM, "-out",
         "/tmp/cert.pem")
    write(ROOT + PEM, read(ROOT + PEM) + "\n" + read("/tmp/cert.pem") + "\n")
    must("modprobe", "tls")


def recipe():
    """The configuration of the page."""
    with open("docs/recipes.md", encoding="utf-8") as page:
        found = re.findall(r"^```haproxy\n(.*?)^```$", page.read(), re.MULTILINE | re.DOTALL)
    equal("the page has one configuration of HAProxy, with the option once", [text.count(OPTION) for text in found], [1])
    return found[0]


class Content(http.server.BaseHTTPRequestHandler):
    """The server behind HAProxy."""

    def do_GET(self):  # noqa: N802 pylint: disable=invalid-name
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *_):
        pass


def listens():
    try:
        socket.create_connection(("127.0.0.1", 443), timeout=1).close()
        return True
    except OSError:
        return False


class Haproxy:
    """HAProxy with this configuration while its block runs."""

    def __init__(self, config):
        write(ROOT + CONFIG, config)
        ran = inside("haproxy", "-c", "-f", CONFIG)
        check("HAProxy takes the configuration", ran.code == 0, ran.told())

    def __enter__(self):
        self.process = subprocess.Popen(["chroot", ROOT, "/usr/sbin/haproxy", "-db", "-f", CONFIG], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if not wait_until(lambda: self.process.poll() is not None or listens(), 30) or self.process.poll() is not None:
            self.process.kill()
            raise AssertionError(f"HAProxy does not listen: {self.process.communicate()[1]}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        note(self.process.communicate(timeout=20)[1].strip() or "HAProxy said nothing")

    def diagnosed(self):
        return inside(TOOL, "diagnose", "--pid", str(self.process.pid), "--json", timeout=120).doc


def sessions():
    counters = {line.split()[0]: int(line.split()[1]) for line in read("/proc/net/tls_stat").splitlines()}
    return counters["TlsTxSw"], counters["TlsRxSw"]


def get(version):
    """How many sessions began to send and to receive in the kernel by one request, and the digest of the content. This client never does."""
    context = ssl.create_default_context(cafile="/tmp/cert.pem")
    context.check_hostname = False
    context.minimum_version = context.maximum_version = version
    before = sessions()
    connection = http.client.HTTPSConnection("127.0.0.1", 443, context=context, timeout=30)
    connection.request("GET", "/")
    content = connection.getresponse().read()
    connection.close()
    return tuple(now - then for now, then in zip(sessions(), before)), hashlib.sha256(content).hexdigest()


def without_the_option(config):
    with Haproxy(config.replace(OPTION, "")) as haproxy:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            equal(f"control: without the option nothing of {version.name} is in the kernel", get(version), ((0, 0), WHOLE))
        equal("a KeyUpdate does no harm there", fetched(True), len(CONTENT))
        answer = haproxy.diagnosed()["answer"]
        check("diagnose says why, and names the option", "stays in user space" in answer and "ktls on" in answer, answer)


def with_the_recipe(config):
    with Haproxy(config) as haproxy:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            moved, digest = get(version)
            check(f"with the recipe {version.name} is sent in the kernel", moved[0] == 1, moved)
            equal("and the content is whole", digest, WHOLE)
            note(f"{version.name}: {moved[0]} sent in the kernel, {moved[1]} received there")
        document = haproxy.diagnosed()
        line = config.splitlines().index(next(it for it in config.splitlines() if OPTION in it)) + 1
        check("diagnose says that it hands TLS to the kernel, by file and line", f"{CONFIG}:{line} switches it on" in document["answer"],
              document["answer"])
        note(document["answer"])
        equal("and that a peer can break it, on any kernel",
              [it["because"] for it in document["findings"] if it["severity"] == "unsafe"], ["program-key-update"])
        got = fetched(True)
        check("which is so", got < len(CONTENT), f"{got} bytes")
        equal("another connection is not affected", get(ssl.TLSVersion.TLSv1_3)[1], WHOLE)


def limited_to_tls_12(config):
    """What the page says against it, as Debian's own file has it: locked into a folder, too."""
    config = config.replace(OPTION, OPTION + ONLY_TLS12).replace("global\n", "global\n  chroot /var/lib/haproxy\n")
    with Haproxy(config) as haproxy:
        equal("limited to TLS 1.2 it is in the kernel, both ways", get(ssl.TLSVersion.TLSv1_2), ((1, 1), WHOLE))
        document = haproxy.diagnosed()
        equal("and no peer can break it", [it["because"] for it in document["findings"] if it["severity"] in ("unsafe", "off-path")], [])
        check("which diagnose reads from the same file", "switches it on" in document["answer"], document["answer"])


def main():
    prepare()
    version = inside("haproxy", "-vv").out
    note(version.splitlines()[0] + "; " + inside("openssl", "version").out.strip())
    check("it is built with kernel TLS", "+KTLS" in version, version)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Content)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = recipe()
    without_the_option(config)
    with_the_recipe(config)
    limited_to_tls_12(config)
    check("tls is unloaded again", wait_until(lambda: not loaded("tls") or run("rmmod", "tls").code == 0, 10))
    check_documents()
    finish()


WHOLE = hashlib.sha256(CONTENT).hexdigest()
main()
