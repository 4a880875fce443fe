#!/usr/bin/python3
"""In the lab: `sockets` with real connections whose TLS is in the kernel: of OpenSSL, of this process, in another network
namespace, without keys, without a process; what a user without rights is told; ten thousand of them."""
import contextlib
import os
import resource
import socket
import subprocess
import time

import tls_sockets
import watching
from lab import NOBODY, check, check_documents, equal, finish, must, note, run, tuner, wait_until, write

SPACE = "sockets"
CHILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sockets_child.py")
DENIAL = "/etc/modprobe.d/no-tls.conf"
SENT = 1 << 20
CONF = "/run/sockets-openssl.cnf"
KEY, CERTIFICATE = "/run/sockets.key", "/run/sockets.pem"
MANY = 10000


def connected(port=0, family=socket.AF_INET):
    """(near, far): a TCP connection over loopback."""
    address = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.create_server((address, port), family=family, backlog=512) as server:
        near = socket.create_connection(server.getsockname()[:2])
        far, _address = server.accept()
    return near, far


def name_of(end):
    host, port = end.getsockname()[:2]
    return f"[{host}]:{port}" if end.family == socket.AF_INET6 else f"{host}:{port}"


def listed(*words, code=0):
    ran = tuner("sockets", "--json", *words)
    equal(f"sockets {' '.join(words)} ends {code}", ran.code, code)
    return ran.doc


def by_local(document):
    return {row["local"]: row for row in document["sockets"]}


def check_none():
    near, far = connected()
    document = listed()
    equal("plain connections are counted and not listed", (document["sockets"], document["net_namespaces"][0]["tcp_sockets"]),
          ([], 2))
    check("as text, too", "none of 2 TCP connections has the kernel's TLS" in tuner("sockets").out, tuner("sockets").out)
    for end in (near, far):
        end.close()


def check_own():
    """Both directions, one direction, none: IPv4 and IPv6."""
    for family in (socket.AF_INET, socket.AF_INET6):
        near, far = connected(family=family)
        tls_sockets.start_tls(near, tls_sockets.GCM256, tls_sockets.TLS13)
        tls_sockets.start_tls(far, tls_sockets.GCM256, tls_sockets.TLS13, (tls_sockets.RX,))
        tls_sockets.send(near, bytes(100000))
        tls_sockets.receive(far, 100000)
        rows = by_local(listed())
        row, other = rows[name_of(near)], rows[name_of(far)]
        equal("version, cipher, tx and rx", [row[key] for key in ("version", "cipher", "tx", "rx", "keys")],
              ["TLSv1.3", "AES-256-GCM", "kernel", "kernel", True])
        equal("the other end: only what it receives", [other[key] for key in ("tx", "rx", "keys")], ["none", "kernel", True])
        equal("peer and state", (row["peer"], row["state"]), (name_of(far), "established"))
        equal("the process is this one", (row["holder"], row["process"]),
              ("process", {"pid": os.getpid(), "name": "sockets.py"}))
        # 5 bytes of header and 16 of tag for each record of at most 16 KiB, and one of the content type.
        check("its bytes, with headers and tags", 100000 < row["bytes_sent"] < 102000 and other["bytes_received"] ==
              row["bytes_sent"] - 1, (row["bytes_sent"], other["bytes_received"]))
        equal("its NIC", (row["nic"], row["nic_lookup"]), ("lo", "found"))
        for end in (near, far):
            end.close()


def check_mapped():
    """An IPv4 connection on a socket of IPv6."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        near = socket.create_connection(("127.0.0.1", server.getsockname()[1]))
        far, _address = server.accept()
    tls_sockets.start_tls(far, tls_sockets.GCM128)
    row = by_local(listed())[f"127.0.0.1:{far.getsockname()[1]}"]
    equal("IPv4 on a socket of IPv6 has its route", (row["nic"], row["peer"]), ("lo", name_of(near)))
    for end in (near, far):
        end.close()


def check_without_keys():
    near, far = connected()
    near.setsockopt(tls_sockets.SOL_TCP, tls_sockets.TCP_ULP, b"tls")
    row = by_local(listed())[name_of(near)]
    equal("a ULP without keys is not taken for kernel TLS", [row[key] for key in ("keys", "version", "cipher", "tx", "rx")],
          [False, None, None, "none", "none"])
    text = tuner("sockets").out
    check("and is said", "no keys" in text and "0 of 2 TCP connections have keys in the kernel" in text, text)
    for end in (near, far):
        end.close()


def check_without_process():
    """A descriptor that is on its way between processes is in none of them."""
    for port, holder, service in ((0, "no_process", None), (2049, "kernel", "NFS")):
        near, far = connected(port)
        tls_sockets.start_tls(near, tls_sockets.GCM128)
        place, left, right = name_of(near), *socket.socketpair()
        socket.send_fds(left, [b"x"], [near.fileno()])
        near.close()
        row = by_local(listed())[place]
        equal(f"a socket of no process, port {port}", (row["holder"], row["process"], row["kernel_service"]),
              (holder, None, service))
        for end in (far, left, right):
            end.close()


def check_user():
    """Before Linux 6.15 the kernel hides TLS from users, without an error; from then on it shows it to all."""
    near, far = connected()
    tls_sockets.start_tls(near, tls_sockets.GCM128)
    ran = tuner("sockets", "--json", user=NOBODY)
    if tuple(map(int, os.uname().release.split("-")[0].split(".")[:2])) >= (6, 15):
        row = by_local(ran.doc)[name_of(near)]
        equal("a user sees it, and not whose it is", (ran.code, row["tx"], row["holder"], row["process"]), (0, "kernel", "unknown", None))
        for end in (near, far):
            end.close()
        return
    equal("a user is told that it cannot be seen", (ran.code, "sockets" in ran.doc), (77, False))
    check("and which capability is missing", "cannot see" in ran.doc["errors"][0]["message"] and
          "CAP_NET_ADMIN" in ran.doc["errors"][0]["hint"], ran.doc["errors"])
    text = tuner("sockets", user=NOBODY)
    check("as text, never as none", "none" not in text.out + text.err and text.code == 77, text.told())
    # With that capability alone it is seen, but not whose it is.
    words = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=+net_admin",
             "--ambient-caps=+net_admin", "ktls-tuner", "sockets", "--json")
    ran = run(*words)
    row = by_local(ran.doc)[name_of(near)]
    equal("with CAP_NET_ADMIN alone: seen, the process unknown", (ran.code, row["tx"], row["holder"], row["process"]),
          (0, "kernel", "unknown", None))
    check("and it says how many processes it could not read", ran.doc["not_looked_at"]["unreadable_processes"] > 0,
          ran.doc["not_looked_at"])
    for end in (near, far):
        end.close()


@contextlib.contextmanager
def child(*words, around=(), group=None, **environment):
    """A process of sockets_child.py, started by these words; gives its PID and the local end of its socket."""
    def enter():
        if group:
            write(f"{group}/cgroup.procs", str(os.getpid()))
    with subprocess.Popen((*around, "/usr/bin/python3", CHILD, *words), stdout=subprocess.PIPE, text=True,
                          env={**os.environ, **environment}, preexec_fn=enter) as process:  # pylint: disable=subprocess-popen-preexec-fn
        try:
            pid, local = process.stdout.readline().split()
            yield int(pid), local
        finally:
            process.kill()


def check_namespaces():
    must("ip", "netns", "add", SPACE)
    must("ip", "-n", SPACE, "link", "set", "lo", "up")
    with child("raw", around=("ip", "netns", "exec", SPACE)) as (pid, local):
        check("a socket of another network namespace is not in the list", local not in by_local(listed()), local)
        document = listed("--all-netns")
        row = by_local(document).get(local, {})
        equal("with --all-netns it is", (row.get("tx"), row.get("process", {}).get("pid"), row.get("nic")), ("kernel", pid, "lo"))
        own, other = document["net_namespaces"]
        equal("in its namespace", (own["own"], other["own"], row["net_namespace"]), (True, False, other["name"]))
        check("as text with the namespace", other["name"] in tuner("sockets", "--all-netns").out)
        equal("this process is where it was", os.readlink("/proc/self/ns/net"), own["name"])
    must("ip", "netns", "del", SPACE)


def check_service():
    """The service by the control group, as systemd names it."""
    root = "/sys/fs/cgroup"
    if not os.path.exists(f"{root}/cgroup.controllers"):
        must("mount", "-t", "cgroup2", "none", root)
    group = f"{root}/lab.slice/demo.service"
    os.makedirs(group)
    with child("raw", group=group) as (pid, local):
        row = by_local(listed())[local]
        equal("the service is the unit of its control group", (row["service"], row["process"]["pid"]), ("demo.service", pid))
        rows = listed("--by", "service")["coverage"]
        equal("--by service", [(row["name"], row["sessions"], row["covered_sessions"]) for row in rows], [("demo.service", 2, 1)])
        # The group of a socket is that of its maker, also after the process has moved.
        write(f"{root}/cgroup.procs", str(pid))
        equal("and stays when the process moves", by_local(listed())[local]["service"], "demo.service")
    wait_until(lambda: not run("rmdir", group).code, 10)
    must("rmdir", os.path.dirname(group))


@contextlib.contextmanager
def session(options, version):
    """A TLS server and `openssl s_client`, connected, after 1 MiB; gives the PIDs of both."""
    write(CONF, f"openssl_conf = one\n[one]\nssl_conf = two\n[two]\nsystem_default = three\n[three]\n{options}\n")
    with child("serve", CERTIFICATE, KEY, OPENSSL_CONF=CONF) as (server, place):
        words = ("openssl", "s_client", "-connect", place, "-quiet", "-no_ign_eof", version)
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env={**os.environ, "OPENSSL_CONF": CONF}) as client:
            try:
                got = len(client.stdout.read(SENT))
                equal("the client has got it all", got, SENT)
                yield server, client.pid
            finally:
                client.kill()


def make_certificate():
    must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", KEY, "-out",
         CERTIFICATE, "-subj", "/CN=lab", "-days", "2")


def check_openssl():
    for version in ("-tls1_2", "-tls1_3"):
        with session("Options = KTLS", version) as (server, client):
            rows = {row["process"]["pid"]: row for row in listed()["sockets"]}
            row, other = rows.get(server, {}), rows.get(client, {})
            equal(f"{version}: the server's records are made in the kernel", (row.get("tx"), row.get("process", {}).get("name")),
                  ("kernel", "python3"))
            equal(f"{version}: so are the client's", (other.get("tx"), other.get("process", {}).get("name")), ("kernel", "openssl"))
            check(f"{version}: its bytes", SENT < row.get("bytes_sent", 0) < SENT * 1.02, row.get("bytes_sent"))
        with session("MinProtocol = TLSv1.2", version) as (server, client):
            rows = {row["process"]["pid"]: row for row in listed()["sockets"]}
            check(f"{version}: without the option neither is listed", {server, client}.isdisjoint(rows), rows)


def check_all():
    """Programs that speak TLS without the kernel, with the reason; plain connections of others are not listed."""
    near, far = connected()
    for options, uses in (("MinProtocol = TLSv1.2", "no"), ("Options = KTLS", "yes")):
        with session(options, "-tls1_3") as (server, client):
            document = listed("--all", "--listeners")
            rows = {row["process"]["pid"]: row for row in document["sockets"]}
            asks = uses == "yes"
            equal(f"{options}: both ends are listed", (rows[server]["keys"], rows[client]["keys"]), (asks, asks))
            check(f"{options}: with their library", "OpenSSL 3" in rows[server]["library"] and "OpenSSL 3" in rows[client]["library"],
                  rows)
            check(f"{options}: not those of programs without TLS", {name_of(near), name_of(far)}.isdisjoint(by_local(document)),
                  document["sockets"])
            check(f"{options}: the reason where it is not in the kernel", asks != bool(rows[client]["absence"]), rows[client])
            note(f"{options}: {rows[server]['absence']}, {rows[client]['absence']}")
            listeners = {row["process"]["pid"]: row for row in document["listeners"]}
            equal(f"{options}: the listener will use it", listeners[server]["uses_ktls"], uses)
            note(f"{options}: {listeners[server]}")
            text = tuner("sockets", "--all", "--listeners")
            check(f"{options}: as text", "uses kernel TLS" in text.out and "OpenSSL 3" in text.out, text.out)
    for end in (near, far):
        end.close()


def check_before_tls():
    """Without the module the kernel is the reason. libssl of root has it loaded when it first wants it."""
    write(DENIAL, "install tls /bin/false\n")
    with session("Options = KTLS", "-tls1_2") as (server, _client):
        rows = {row["process"]["pid"]: row for row in listed("--all")["sockets"]}
        equal("without the module the reason is certain", (rows[server]["attached"], rows[server]["absence"]),
              (False, {"because": "the kernel has no TLS: the module tls is not loaded", "confidence": "certain"}))
    os.remove(DENIAL)


def check_many():
    """A known mix: half send by the kernel, a quarter does both, a quarter has no keys."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (3 * MANY, 3 * MANY))
    write("/proc/sys/net/ipv4/ip_local_port_range", "10000 64000")
    write("/proc/sys/net/core/somaxconn", "4096")
    ends = []
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as server:
        for number in range(MANY):
            near = socket.create_connection(server.getsockname())
            far, _address = server.accept()
            directions = ((tls_sockets.TX,), (tls_sockets.TX,), (tls_sockets.TX, tls_sockets.RX), ())[number % 4]
            tls_sockets.start_tls(near, tls_sockets.GCM128, directions=directions)
            near.send(b"x" * 100)
            ends += [near, far]
    began = time.monotonic()
    document = listed()
    took = time.monotonic() - began
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    note(f"{MANY} sockets as a document in {took:.1f} s; at most {usage.ru_maxrss // 1024} MiB of all processes so far")
    equal("each one is listed", set(by_local(document)), {name_of(end) for end in ends[::2]})
    equal("by this process", {row["process"]["pid"] for row in document["sockets"]}, {os.getpid()})
    began = time.monotonic()
    row, = listed("--by", "process")["coverage"]
    note(f"and as one row in {time.monotonic() - began:.1f} s")
    equal("coverage of the mix is exact", (row["sessions"], row["covered_sessions"], row["device_sessions"]),
          (MANY, MANY * 3 // 4, 0))
    # 100 bytes in a record of TLS 1.2: 5 of header, 8 of nonce, 16 of tag. The kernel counts the SYN, too.
    equal("and its bytes", (row["bytes"], row["covered_bytes"]),
          (MANY * 3 // 4 * 130 + MANY // 4 * 101, MANY * 3 // 4 * 130))
    check_watch()
    for end in ends:
        end.close()


def check_watch():
    """A scan of many sockets is dear, so it is seldom: together they stay below 0.3 % of one CPU."""
    with watching.watching() as lines:
        first, second = lines.next(60), lines.next()
        sessions = second["sessions"]
        check("the pause grows with the cost of a scan", sessions["cpu_ms"] <= sessions["every_ms"] * 0.0031 and sessions["seen"], sessions)
        equal("between scans the age is said", second["sessions"]["age_ms"] > first["sessions"]["age_ms"], True)
        equal("and all sessions are counted", [row["sessions"] for row in sessions["services"]], [MANY])
        check("the counters are looked at each time", second["kernel"]["elapsed_ms"] < 3000, second["kernel"]["elapsed_ms"])
        note(f"a scan of {MANY} sockets: {sessions['cpu_ms']} ms of CPU, every {sessions['every_ms']} ms")


def main():
    make_certificate()
    check_none()
    check_before_tls()
    must("modprobe", "tls")
    check_own()
    check_mapped()
    check_without_keys()
    check_without_process()
    check_user()
    check_namespaces()
    check_service()
    check_openssl()
    check_all()
    check_many()
    check_documents()


main()
finish()
