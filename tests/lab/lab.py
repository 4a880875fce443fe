"""Shared code of the lab's tests: checks (one line each), running the tool, and the state of the machine.

The tests run as root in the guest (scripts/lab), so they may change any setting.
"""
import ctypes
import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
import uuid

NOBODY = 65534
NICS = ("eth0", "eth1", "eth2", "eth3")
JOURNAL = "/run/ktls-tuner/journal"
LOCK = "/run/ktls-tuner/lock"
STATE = ("/run/ktls-tuner", "/var/lib/ktls-tuner")
HERE = os.path.dirname(os.path.abspath(__file__))

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))
import checks  # noqa: E402 pylint: disable=wrong-import-position
from checks import check, equal  # noqa: E402 pylint: disable=wrong-import-position

started = time.monotonic()
documents = {}  # the last document of each kind and exit code


# --- Checks -------------------------------------------------------------------------------------

def note(text):
    print(f"# {text}", flush=True)


# Kernel messages about errors of the kernel itself. Not "suspicious" alone: other messages use that word too.
SPLAT = re.compile(r"WARNING: |BUG: |kernel BUG|Oops|Call Trace|general protection|suspicious RCU|refcount_t: |possible recursive "
                   r"locking|circular locking|inconsistent lock|unregister_netdevice: waiting|NETDEV WATCHDOG|blocked for more "
                   r"than|use-after-free|out-of-bounds|bad page|leaked")


def splats():
    """The lines of the kernel log since boot that report an error of the kernel."""
    log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    lines = []
    while True:
        try:
            lines.append(os.read(log, 8192).decode(errors="replace").split(";", 1)[-1].split("\n")[0])
        except BlockingIOError:
            break
        except BrokenPipeError:
            pass  # overwritten before it was read; continue with the next
    os.close(log)
    return [line for line in lines if SPLAT.search(line)]


def no_splat():
    lines = splats()
    return check("the kernel log is clean", not lines, "; ".join(lines[:4]))


def finish():
    """Ends the test. A test without any check fails."""
    if checks.passed or checks.failed:
        no_splat()
    checks.finish(f", {time.monotonic() - started:.0f} s, kernel {os.uname().release}")


# --- Running ------------------------------------------------------------------------------------

class Ran:
    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    @property
    def doc(self):
        """The document: with --json, stdout is exactly one document, also on failure, with the exit code in it."""
        try:
            document = json.loads(self.out)
        except ValueError as error:
            raise AssertionError(f"{self}: no JSON on stdout: {error}\n{self.out}\n{self.err}") from None
        if document["exit_code"] != self.code:
            raise AssertionError(f"{self}: the document says {document['exit_code']}")
        documents[document["kind"], self.code] = document
        return document

    def __str__(self):
        return f"{' '.join(self.words)} -> {self.code}"

    def told(self):
        """Command, exit code and the end of the output, for the line of a failed check."""
        text = self.err.strip() or self.out.strip()
        return f"{self}; {text[-600:]}"


def run(*words, user=None, timeout=120):
    rights = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
                          check=False, **rights)
    return Ran(words, done.returncode, done.stdout, done.stderr)


def must(*words, **how):
    """Runs a command that prepares a test; raises AssertionError if it fails."""
    ran = run(*words, **how)
    if ran.code != 0:
        raise AssertionError(ran.told())
    return ran


def tuner(*words, **how):
    return run("ktls-tuner", *words, **how)


def profile(name):
    """The path of a profile of the lab's tests."""
    return os.path.join(HERE, "profiles", f"{name}.yaml")


def named(steps, *statuses):
    """[("sysctl", "net.core.rmem_max"), ...]: the steps with one of these statuses."""
    return [(step["knob"], step["subject"]) for step in steps if step["status"] in statuses]


def wait_until(holds, seconds):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def check_documents():
    """Validates each kind of document that this test has read against the schema. It takes two seconds, so not every test does it."""
    from jsonschema import Draft202012Validator  # pylint: disable=import-outside-toplevel
    with open("schema/document.schema.json", encoding="utf-8") as file:
        validator = Draft202012Validator(json.load(file))
    for (kind, code), document in documents.items():
        wrong = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(document)]
        check(f"the document of {kind} that ended {code} is as its schema says", not wrong, "; ".join(wrong[:3]))


def as_after_a_reboot(*units):
    """Sets another boot id and empties /run/ktls-tuner; also for these units, whose sandboxes have their own /proc."""
    boot_id = "/proc/sys/kernel/random/boot_id"
    os.makedirs("/run/lab-boot", exist_ok=True)
    fresh = f"/run/lab-boot/{uuid.uuid4()}"
    write(fresh, f"{uuid.uuid4()}\n")
    must("mount", "--bind", fresh, boot_id)
    for unit in units:
        run("systemctl", "stop", unit)  # fails for a template unit
        os.makedirs(f"/run/systemd/system/{unit}.d", exist_ok=True)
        write(f"/run/systemd/system/{unit}.d/boot-id.conf", f"[Service]\nBindReadOnlyPaths={fresh}:{boot_id}\n")
    must("systemctl", "daemon-reload")
    must("rm", "-rf", "/run/ktls-tuner")


# --- State of the machine -----------------------------------------------------------------------

def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().strip()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read_or_reason(path):
    try:
        return read(path)
    except OSError as error:
        return f"({error.strerror})"


def modules():
    return sorted(line.split()[0] for line in read("/proc/modules").splitlines())


def loaded(module):
    return os.path.exists(f"/sys/module/{module}")


def governors():
    folder = "/sys/devices/system/cpu/cpufreq"
    files = [f"{folder}/{policy}/scaling_governor" for policy in sorted(os.listdir(folder)) if "policy" in policy]
    return {path: read(path) for path in files}


def affinities():
    """The requested affinities. The effective ones follow with the next interrupt."""
    irqs = sorted((name for name in os.listdir("/proc/irq") if name.isdigit()), key=int)
    return {path: read(path) for path in (f"/proc/irq/{irq}/smp_affinity_list" for irq in irqs)}


def steering():
    """XPS and RPS of all queues. The XPS files of a single transmit queue fail with ENOENT."""
    folders = [f"/sys/class/net/{nic}/queues" for nic in NICS]
    paths = [f"{folder}/{queue}/{name}" for folder in folders for queue in sorted(os.listdir(folder))
             for name in (("xps_cpus", "xps_rxqs") if queue.startswith("tx") else ("rps_cpus", "rps_flow_cnt"))]
    return {path: read_or_reason(path) for path in paths}


def interrupts_of(nic):
    """{"eth0-rxtx-1": 27, "virtio5-input.0": 40, ...}: the interrupts of its PCI device that the driver has requested."""
    folder = os.path.realpath(f"/sys/class/net/{nic}/device")
    while folder != "/" and not os.path.exists(f"{folder}/msi_irqs"):
        folder = os.path.dirname(folder)
    if folder == "/":
        return {}
    irqs = {read(f"/sys/kernel/irq/{irq}/actions"): int(irq) for irq in os.listdir(f"{folder}/msi_irqs")}
    irqs.pop("", None)
    return irqs


def queue_irq(subject):
    """The IRQ number of the subject "eth0/rxtx-1" or, for a virtio NIC, "eth3/rx-0"."""
    nic, queue = subject.split("/")
    virtio = queue.replace("rx-", "input.").replace("tx-", "output.")
    for action, irq in interrupts_of(nic).items():
        if action == f"{nic}-{queue}" or action.endswith(f"-{virtio}"):
            return irq
    raise AssertionError(f"no interrupt of {subject}")


class Ethtool:
    """NIC features and statistics over ioctl, independent of the tool, which uses netlink."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # belongs to the current network namespace

    def _ask(self, nic, request):
        buffer = ctypes.create_string_buffer(request, len(request))
        fcntl.ioctl(self.socket, 0x8946, struct.pack("16sP16x", nic.encode(), ctypes.addressof(buffer)))
        return buffer.raw

    def names(self, nic, kind=4):
        """The names of features, or of statistics (kind 1)."""
        count = struct.unpack("IIQI", self._ask(nic, struct.pack("IIQI", 0x37, 0, 1 << kind, 0)))[3]
        raw = self._ask(nic, struct.pack("III", 0x1b, kind, count) + bytes(32 * count))[12:]
        return [raw[at:at + 32].split(b"\0")[0].decode() for at in range(0, 32 * count, 32)]

    def statistics(self, nic):
        """{"tx_tls_ctx": 1, ...}; names as the driver gives them, with padding blanks if any."""
        names = self.names(nic, 1)
        raw = self._ask(nic, struct.pack("II", 0x1d, len(names)) + bytes(8 * len(names)))[8:]
        return dict(zip(names, struct.unpack(f"{len(names)}Q", raw)))

    def channels(self, nic):
        """ethtool_channels as text; None if the driver does not support it."""
        try:
            return " ".join(map(str, struct.unpack("8I", self._ask(nic, struct.pack("I", 0x3c) + bytes(32))[4:])))
        except OSError:
            return None

    def features(self, nic):
        """{"tx-tcp-segmentation": "on, asked on", ...}"""
        names = self.names(nic)
        blocks = (len(names) + 31) // 32
        raw = self._ask(nic, struct.pack("II", 0x3a, blocks) + bytes(16 * blocks))[8:]
        words = struct.unpack(f"{4 * blocks}I", raw)
        state = {}
        for bit, name in enumerate(names):
            _available, asked, active, _never = words[4 * (bit // 32):4 * (bit // 32) + 4]
            on = ["off", "on"]
            state[name] = f"{on[active >> bit % 32 & 1]}, asked {on[asked >> bit % 32 & 1]}"
        return state


ethtool = Ethtool()


def features():
    return {f"{nic}/{name}": state for nic in NICS for name, state in ethtool.features(nic).items() if name}


# Sysctls that the kernel changes by itself, or that change when they are read.
RESTLESS = re.compile(r"/(ns_last_pid|perf_event_max_sample_rate|stat_refresh|entropy_avail|random/uuid|dentry-state"
                      r"|file-nr|inode-nr|inode-state|overflow\w+|nr_\w*open\w*|nf_conntrack_count|aio-nr|timeout)$")


def sysctls(folder="/proc/sys/net"):
    found = {}
    for place, _folders, files in os.walk(folder):
        for path in (f"{place}/{name}" for name in files):
            if os.stat(path).st_mode & 0o444 and not RESTLESS.search(path):
                found[path] = read_or_reason(path)
    return found


def touchable():
    """All settings that a profile can change, except sysctls."""
    channels = {f"{nic}/channels": ethtool.channels(nic) for nic in NICS}
    return {**governors(), **affinities(), **steering(), **features(), **channels, "tls": loaded("tls")}


def settings():
    """touchable() and the sysctls of sockets and TCP: takes 0.1 s; everything() takes 2 s."""
    folders = ("/proc/sys/net/core", "/proc/sys/net/ipv4")
    paths = [entry.path for folder in folders for entry in os.scandir(folder) if entry.is_file()]
    return {**touchable(), **{path: read_or_reason(path) for path in paths}}


def everything():
    return {**touchable(), **sysctls()}


def files_below(folder, but=()):
    """Names, sizes, times and modes, which change with every write; without what is in the folders `but`."""
    found = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if os.path.join(place, name) not in but]
        for name in folders + files:
            path = os.path.join(place, name)
            stat = os.lstat(path)
            found[path] = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_mode)
    return found


def difference(before, after):
    """"rmem_max: 212992 -> 16777216; ...", empty if equal."""
    lines = [f"{key}: {before.get(key, '(none)')} -> {after.get(key, '(none)')}"
             for key in sorted({**before, **after}) if before.get(key) != after.get(key)]
    more = f"; and {len(lines) - 8} more" if len(lines) > 8 else ""
    return "; ".join(lines[:8]) + more


def same(what, before, after):
    return check(what, before == after, difference(before, after))


def journal_is_gone():
    return not os.path.exists(JOURNAL) and not os.path.exists(JOURNAL + ".head")


def processes():
    """PID -> command line of all processes that are no kernel threads."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        words = read_or_reason(f"/proc/{pid}/cmdline")
        if words and not words.startswith("("):
            found[pid] = words.replace("\0", " ")
    return found


def network_namespaces():
    spaces = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            spaces.add(os.readlink(f"/proc/{pid}/ns/net"))
        except OSError:
            pass
    return spaces
