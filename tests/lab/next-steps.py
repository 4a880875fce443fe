#!/usr/bin/env python3
"""diagnose on NICs, CPUs and sockets: each thing that is broken here is found, and its next step, typed as it stands, makes it go.

With the lab's TLS-offloading NIC, two NUMA nodes (eth0 on node 1, CPUs 2 and 3) and cpufreq. next-steps.txt says which test types which
command. What the guest's CPUs lack (idle states, an energy preference) is put over /sys/devices/system/cpu.
"""
import ctypes
import os
import shutil
import socket
import struct
import subprocess

import pair
from lab import check, check_documents, equal, finish, must, note, profile, read, run, tuner, wait_until, write

CPUS = "/sys/devices/system/cpu"
SYS_BPF, BPF_MAP_CREATE, SOCKMAP = 321, 0, 15  # x86-64; include/uapi/linux/bpf.h
IPPROTO_MPTCP = 262


def findings(code):
    ran = tuner("diagnose", "--json", timeout=120)
    return [it for it in ran.doc["findings"] if it["because"] == code]


def finding(code, subject=None):
    return next((it for it in findings(code) if subject is None or it["subject"] == subject), None)


def goes(code, subject=None):
    """The finding is there, and what an operator copies from the screen makes it go."""
    found = finding(code, subject)
    if not check(f"{code} is found", found, findings(code)):
        return
    note(f"{found['severity']}: {found['message']}")
    note(f"$ {found['command']}")
    must("sh", "-c", found["command"])
    check(f"{code} goes by its next step", finding(code, subject) is None, finding(code, subject))


def features_of_the_nic():
    pair.load()
    pair.face_to_face()
    must("ethtool", "-K", pair.NEAR, "tls-hw-tx-offload", "off")
    goes("nic-offload-off", pair.NEAR)
    must("ethtool", "-K", pair.NEAR, "tx", "off")
    goes("nic-checksum-off", pair.NEAR)
    pair.unload()


def settings_of_a_profile():
    """One that was applied, and then changed by hand."""
    must("ktls-tuner", "apply", "-p", profile("placement"))
    equal("control: all is in effect", [findings("profile-not-in-effect"), findings("interrupts-not-local")], [[], []])
    irq = next(line.split(":")[0].strip() for line in read("/proc/interrupts").splitlines() if line.endswith("eth0-rxtx-0"))
    write(f"/proc/irq/{irq}/smp_affinity_list", "0")
    goes("interrupts-not-local", "eth0")
    write(f"/proc/irq/{irq}/smp_affinity_list", "0")
    goes("profile-not-in-effect")
    must("ktls-tuner", "rollback")


def frequency():
    must("modprobe", "cpufreq_powersave")
    for policy in os.listdir(f"{CPUS}/cpufreq"):
        if policy.startswith("policy"):
            write(f"{CPUS}/cpufreq/{policy}/scaling_governor", "powersave")
    goes("governor-saves-power")


def other_cpus():
    """Idle states and an energy preference, as Intel's drivers have them."""
    shutil.copytree(CPUS, "/tmp/cpus", symlinks=True, copy_function=copy_text)
    for cpu in range(4):
        for number, name, latency in ((0, "POLL", 0), (1, "C1", 2), (2, "C6", 133)):
            state = f"/tmp/cpus/cpu{cpu}/cpuidle/state{number}"
            os.makedirs(state, exist_ok=True)
            for key, value in (("name", name), ("latency", latency), ("disable", 0)):
                write(f"{state}/{key}", f"{value}\n")
    os.makedirs("/tmp/cpus/cpuidle", exist_ok=True)
    write("/tmp/cpus/cpuidle/current_driver", "intel_idle\n")
    for policy in os.listdir("/tmp/cpus/cpufreq"):
        if policy.startswith("policy"):
            write(f"/tmp/cpus/cpufreq/{policy}/energy_performance_preference", "power\n")
            write(f"/tmp/cpus/cpufreq/{policy}/energy_performance_available_preferences", "performance balance_performance power\n")
    must("mount", "--bind", "/tmp/cpus", CPUS)
    try:
        goes("preference-saves-power")
        goes("deep-idle-states")
        write(f"{CPUS}/cpu3/cpuidle/state2/disable", "0\n")
        with open("/dev/cpu_dma_latency", "wb", buffering=0) as device:
            device.write(struct.pack("i", 10))
            check("a process that forbids deep idle states is enough", not findings("deep-idle-states"))
        check("and no longer when it has ended", findings("deep-idle-states"))
    finally:
        must("umount", CPUS)


def copy_text(source, target):
    try:
        with open(source, "rb") as file:
            content = file.read()
    except OSError:  # some can only be written, or need a CPU that is online
        return
    with open(target, "wb") as file:
        file.write(content)


def sockets():
    check("control: no MPTCP and no map of sockets", not findings("multipath-tcp") and not findings("sock-maps"))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP) as server, \
            socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP) as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        accepted = server.accept()[0]
        check("an MPTCP connection is found", findings("multipath-tcp"))
        accepted.close()
    check("and no longer when it is closed", wait_until(lambda: not findings("multipath-tcp"), 10))
    attributes = ctypes.create_string_buffer(struct.pack("IIIII", SOCKMAP, 4, 4, 16, 0), 120)
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(SYS_BPF, BPF_MAP_CREATE, attributes, 120)
    if not check("the kernel makes a map of sockets", fd >= 0, ctypes.get_errno()):
        return
    equal("it is found", [it["message"][:2] for it in findings("sock-maps")], ["1 "])
    os.close(fd)
    check("and no longer when it is closed", wait_until(lambda: not findings("sock-maps"), 10))


def a_program_on_the_other_node():
    must("ip", "address", "add", "192.0.2.9/24", "dev", "eth0")
    must("ip", "route", "add", "default", "dev", "eth0")
    must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "/tmp/key.pem",
         "-out", "/tmp/cert.pem", "-subj", "/CN=lab", "-days", "2")
    for cpus, expected in (("0-2", []), ("0-1", ["0-1"])):
        with subprocess.Popen(["taskset", "-c", cpus, "openssl", "s_server", "-accept", "4433", "-key", "/tmp/key.pem", "-cert",
                               "/tmp/cert.pem"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            check("the server listens", wait_until(lambda: run("ss", "-Hltn", "sport = :4433").out, 20))
            found = findings("program-not-local")
            equal(f"a server on CPUs {cpus}, with the NIC on node 1",
                  [it["evidence"][0].rsplit(" ", 1)[1] for it in found], expected)
            server.kill()
    must("ip", "route", "del", "default", "dev", "eth0")
    must("ip", "address", "del", "192.0.2.9/24", "dev", "eth0")


def faults_of_the_kernel():
    """What a process writes to the kernel's log is no fault of the kernel."""
    write("/proc/sys/kernel/tainted", "512")
    document = tuner("diagnose", "--json", timeout=120).doc
    check("a warning that the log has no more is unknown", any("kernel-warnings" in it["hides"] for it in document["unknown"]),
          document["unknown"])
    write("/dev/kmsg", "<4>warning: CPU: 1 PID: 9 at net/tls/tls_sw.c:7 tls_sw_push+0x1/0x2 [tls]")
    write("/dev/kmsg", "<4>RIP: 0010:tls_sw_push+0x1/0x2 [tls]")
    check("a line of a process is none of the kernel's", not findings("kernel-warnings"))


def main():
    features_of_the_nic()
    settings_of_a_profile()
    frequency()
    other_cpus()
    sockets()
    a_program_on_the_other_node()
    faults_of_the_kernel()
    check_documents()
    finish()


main()
