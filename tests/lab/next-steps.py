#!/usr/bin/env python3
"""diagnose on the module, NICs, CPUs, settings and sockets: each thing that is broken here is found. The next step of those that have a
command, typed as it stands, makes the finding go; the others go when the thing is mended.

With the lab's TLS-offloading NIC, two NUMA nodes (eth0 on node 1, CPUs 2 and 3) and cpufreq. next-steps.txt says which test types which
command. What the guest's CPUs lack (idle states, an energy preference) is put over /sys/devices/system/cpu.
"""
import ctypes
import json
import os
import shutil
import socket
import struct
import subprocess
import time

import pair
import tls_sockets as tls
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


def broken(code, subject=None):
    """Checks that it is found, and says what was said."""
    found = finding(code, subject)
    check(f"{code} is found", found, findings(code))
    note(f"{found['severity']}: {found['message']}" if found else "")


def mended(code, subject=None):
    check(f"{code} goes with its cause", finding(code, subject) is None, finding(code, subject))


def the_module():
    folder = f"/lib/modules/{os.uname().release}"
    must("mount", "-t", "tmpfs", "none", folder)
    broken("module-missing")
    must("umount", folder)
    mended("module-missing")


def the_module_is_locked():
    """The last: it cannot be set back."""
    check("tls is unloaded", wait_until(lambda: run("rmmod", "tls").code == 0, 10))
    write("/proc/sys/kernel/modules_disabled", "1")
    broken("module-locked")


def ciphers():
    must("modprobe", "tls")
    check("control: the CPU encrypts", not findings("cipher-generic"))
    must("modprobe", "-r", "aesni_intel")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as end:
        tls.start_tls(end, tls.GCM128, directions=(tls.TX,))  # the kernel chooses a driver when the first connection needs one
    broken("cipher-generic")
    must("modprobe", "aesni_intel")
    mended("cipher-generic")


def records_that_cannot_be_decrypted():
    """One before diagnose begins, and others while it looks: then the counter goes on."""
    near, far = tls.connected()
    tls.start_tls(near, tls.GCM128, directions=(tls.RX,))
    far.sendall(b"\x17\x03\x03\x00\x40" + bytes(64))
    try:
        near.recv(100)
    except OSError as error:
        note(f"a record of zeros: {error}")
    found = finding("decrypt-errors")
    check("decrypt-errors is found, and does not go on", found and any("does not grow now" in line for line in found["evidence"]), found)
    with subprocess.Popen(["ktls-tuner", "diagnose", "--json"], stdout=subprocess.PIPE, text=True) as asked:
        end = time.monotonic() + 60
        while asked.poll() is None and time.monotonic() < end:  # a read that fails counts again
            try:
                near.recv(100)
            except OSError:
                pass
            time.sleep(0.05)
        document = json.loads(asked.stdout.read())
    found = next((it for it in document["findings"] if it["because"] == "decrypt-errors"), {})
    check("a counter that goes on says so", ", and goes on: " in found.get("message", ""), found)
    for end in (near, far):  # without waiting: what is closed slowly keeps the module in use
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.close()


def interfaces_on_top():
    must("ip", "link", "add", "link", pair.NEAR, "name", "vlan7", "type", "vlan", "id", "7")
    must("ip", "link", "set", "vlan7", "up")
    must("ip", "route", "add", "default", "dev", "vlan7")
    broken("nic-software-interface", "vlan7")
    must("ip", "link", "del", "vlan7")
    mended("nic-software-interface", "vlan7")
    must("ip", "address", "flush", "dev", pair.NEAR)
    must("ip", "link", "add", "name", "bond0", "type", "bond", "mode", "active-backup", "miimon", "100")
    must("ip", "link", "set", pair.NEAR, "down")
    must("ip", "link", "set", pair.NEAR, "master", "bond0")
    must("ip", "link", "set", "bond0", "up")
    broken("nic-bond", "bond0")
    must("ip", "link", "del", "bond0")
    must("rmmod", "bonding")  # it uses the module tls
    mended("nic-bond", "bond0")


def the_driver_without_its_option():
    pair.load(driver="mlx5_core", tls_tx="fixed", tls_rx="fixed")
    broken("nic-driver-option", pair.NEAR)
    pair.unload()


def where_it_runs():
    broken("virtual-machine")
    write("/run/.containerenv", "")
    broken("container")
    os.unlink("/run/.containerenv")
    mended("container")
    write("/tmp/fips", "1\n")
    if os.path.exists("/proc/sys/crypto/fips_enabled"):
        must("mount", "--bind", "/tmp/fips", "/proc/sys/crypto/fips_enabled")
        broken("fips")
        must("umount", "/proc/sys/crypto/fips_enabled")
    mended("fips")
    must("ip", "netns", "add", "other")
    inside = run("ip", "netns", "exec", "other", "ktls-tuner", "diagnose", "--json").doc
    check("other-net-namespace is found there, and not here",
          any(it["because"] == "other-net-namespace" for it in inside["findings"]) and not findings("other-net-namespace"), inside["answer"])
    must("ip", "netns", "del", "other")


def files_of_sysctls():
    broken("buffers-small", "net.ipv4.tcp_wmem")
    write("/etc/sysctl.d/99-recipe.conf", "net.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_keepalive_time = 7\n")
    broken("sysctl-harmful", "net.ipv4.tcp_timestamps")
    must("ktls-tuner", "apply", "-p", profile("three-sysctls"))
    write("/proc/sys/net/ipv4/tcp_keepalive_time", "7")
    broken("setting-overridden")
    must("ktls-tuner", "apply", "-p", profile("three-sysctls"))
    mended("setting-overridden")
    must("ktls-tuner", "rollback")
    os.unlink("/etc/sysctl.d/99-recipe.conf")
    mended("sysctl-harmful")


def a_path_that_was_not_taken():
    """A profile that expects to receive TLS 1.3 in the kernel, which OpenSSL 3.0 cannot hand over."""
    write("/tmp/receives.yaml", "schema: ktls-tuner/profile/v1\nname: receives\nsummary: TLS 1.3 is received in the kernel\n"
          "expect:\n  paths:\n    - { version: TLSv1.3, cipher: AES-128-GCM, tx: kernel, rx: kernel }\n")
    equal("control: the probe is not as expected", run("ktls-tuner", "probe", "-p", "/tmp/receives.yaml", timeout=240).code, 3)
    broken("probe-off-path")
    must("ktls-tuner", "probe", "-p", "base", timeout=240)
    mended("probe-off-path")


def features_of_the_nic():
    pair.load()
    pair.face_to_face()
    must("ethtool", "-K", pair.NEAR, "tls-hw-tx-offload", "off")
    goes("nic-offload-off", pair.NEAR)
    must("ethtool", "-K", pair.NEAR, "tx", "off")
    goes("nic-checksum-off", pair.NEAR)
    records_that_cannot_be_decrypted()
    interfaces_on_top()
    pair.unload()
    the_driver_without_its_option()


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
    the_module()
    where_it_runs()
    features_of_the_nic()
    a_path_that_was_not_taken()
    ciphers()
    files_of_sysctls()
    settings_of_a_profile()
    frequency()
    other_cpus()
    sockets()
    a_program_on_the_other_node()
    faults_of_the_kernel()
    the_module_is_locked()
    check_documents()
    finish()


main()
