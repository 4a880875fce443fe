#!/usr/bin/env python3
"""On the fresh host: `sockets` while nginx of Debian 12 serves 64 MiB by sendfile, with kernel TLS and without."""
import http.client
import ssl

from lab import check, check_documents, equal, finish, must, note, run, tuner, wait_until, write

CERTIFICATE, KEY = "/etc/ssl/lab.pem", "/etc/ssl/lab.key"
SITE = "/etc/nginx/conf.d/lab.conf"
ASKS = "  ssl_conf_command Options KTLS;\n"
FILE = "/var/www/html/large"
SIZE = 64 << 20


def site(option):
    return f"""server {{
  listen 127.0.0.1:8443 ssl;
  ssl_certificate {CERTIFICATE};
  ssl_certificate_key {KEY};
{option}  sendfile on;
  root /var/www/html;
}}
"""


def serve(option):
    write(SITE, site(option))
    must("systemctl", "restart", "nginx")


def fetched(connection):
    """Bytes of the file; the connection stays open."""
    connection.request("GET", "/large")
    answer, size = connection.getresponse(), 0
    while piece := answer.read(1 << 20):
        size += len(piece)
    return size


def served():
    """The row of nginx's end of a connection that has served the file, and the documents seen with it."""
    trust = ssl.create_default_context(cafile=CERTIFICATE)
    trust.check_hostname = False
    connection = http.client.HTTPSConnection("127.0.0.1", 8443, context=trust)
    equal("the whole file arrives", fetched(connection), SIZE)
    rows = tuner("sockets", "--all", "--json").doc["sockets"]
    by_service = tuner("sockets", "--all", "--by", "service", "--json").doc["coverage"]
    text = tuner("sockets", "--all").out
    connection.close()
    row = next((row for row in rows if row["local"] == "127.0.0.1:8443" and row["state"] == "established"), {})
    return row, {row["name"]: row for row in by_service}, text


def with_kernel_tls():
    serve(ASKS)
    row, services, text = served()
    equal("nginx with the option: who holds it, and who encrypts", [row.get(key) for key in ("service", "holder", "tx", "version", "nic")],
          ["nginx.service", "process", "kernel", "TLSv1.3", "lo"])
    check("its bytes are those of the file and of its records", SIZE < (row.get("bytes_sent") or 0) < SIZE * 1.01, row)
    covered = services.get("nginx.service", {})
    equal("all of its sessions are covered", (covered.get("sessions"), covered.get("covered_sessions")), (1, 1))
    check("and what it sends", covered.get("covered_bytes", 0) > SIZE, covered)
    check("a person reads the same", "nginx.service" in text and "kernel" in text, text)
    note(text)


def without():
    serve("")
    row, services, text = served()
    equal("the same nginx without it", [row.get(key) for key in ("service", "tx", "rx", "attached", "keys")],
          ["nginx.service", "none", "none", False, False])
    check("with the cause, and its library", row.get("absence") and row["absence"]["confidence"] in ("certain", "likely")
          and "OpenSSL 3.0." in (row.get("library") or ""), row)
    note(f"{row.get('absence')}")
    covered = services.get("nginx.service", {})
    equal("none of its sessions is covered", (covered.get("sessions"), covered.get("covered_sessions"), covered.get("covered_bytes")),
          (1, 0, 0))
    check("a person reads the cause", row.get("absence") and row["absence"]["because"].split()[0] in text, text)


def main():
    must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", KEY, "-out",
         CERTIFICATE, "-subj", "/CN=lab", "-days", "2")
    with open(FILE, "wb") as file:
        file.truncate(SIZE)
    must("modprobe", "tls")
    try:
        with_kernel_tls()
        without()
    finally:
        run("systemctl", "stop", "nginx")
        run("rm", FILE)
        wait_until(lambda: run("rmmod", "tls").code == 0, 10)
    check_documents()
    finish()


main()
