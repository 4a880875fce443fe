"""The lab's TLS-offloading NIC (nic/README.md): loading it, its two ends in two network namespaces, its counters.

Only in `scripts/lab --nic`. `lab0` is here, `lab1` in the network namespace `peer`.
"""
import contextlib
import ctypes
import os

import lab

NEAR, FAR = "lab0", "lab1"
PEER = "peer"
NEAR4, FAR4 = "192.0.2.1", "192.0.2.2"
NEAR6, FAR6 = "2001:db8::1", "2001:db8::2"
PARAMETERS = "/sys/module/labnic/parameters"

libc = ctypes.CDLL(None, use_errno=True)


def load(**parameters):
    """Loads the module and tls. The devices then exist, down and in this namespace."""
    lab.must("modprobe", "tls")
    lab.must("insmod", os.environ["LAB_NIC"], *(f"{name}={value}" for name, value in parameters.items()))


def unload():
    """Restores the state after boot, except that the module tls stays loaded."""
    lab.must("rmmod", "labnic")
    if os.path.exists(f"/run/netns/{PEER}"):
        lab.must("ip", "netns", "del", PEER)


def face_to_face():
    """Moves the far end into a namespace, sets addresses on both, and sets the links up."""
    lab.must("ip", "netns", "add", PEER)
    lab.must("ip", "link", "set", FAR, "netns", PEER)
    for where, nic, four, six in (((), NEAR, NEAR4, NEAR6), (("-n", PEER), FAR, FAR4, FAR6)):
        lab.must("ip", *where, "address", "add", f"{four}/24", "dev", nic)
        lab.must("ip", *where, "address", "add", f"{six}/64", "dev", nic, "nodad")
        lab.must("ip", *where, "link", "set", nic, "up")
    lab.must("ip", "-n", PEER, "link", "set", "lo", "up")
    wait_for_link()


def wait_for_link():
    """Waits for carrier (changes at once) and operstate (changes later, so alone it may still be the old value)."""
    folder = f"/sys/class/net/{NEAR}"
    if not lab.wait_until(lambda: (lab.read_or_reason(f"{folder}/carrier"), lab.read(f"{folder}/operstate")) == ("1", "up"), 10):
        raise AssertionError(f"the link of {NEAR} does not come up")


def set_parameter(name, value):
    """Sets a parameter that can be changed at run time."""
    lab.write(f"{PARAMETERS}/{name}", str(value))


@contextlib.contextmanager
def inside(namespace=PEER):
    """Moves this thread into the network namespace for the block: sockets, /proc/thread-self/net, ioctls."""
    if namespace is None:
        yield
        return
    with open("/proc/thread-self/ns/net", "rb") as own, open(f"/run/netns/{namespace}", "rb") as there:
        enter(there)
        try:
            yield
        finally:
            enter(own)


def enter(file):
    if libc.setns(file.fileno(), 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def counters(nic):
    """The NIC's own statistics."""
    with inside(PEER if nic == FAR else None):
        return lab.Ethtool().statistics(nic)


def tls_stat(namespace=None):
    """{"TlsTxDevice": 1, ...} of a network namespace."""
    with inside(namespace):
        return {name: int(value) for name, value in map(str.split, lab.read("/proc/thread-self/net/tls_stat").splitlines())}


def moved(before, after):
    """The counters that changed, with their differences."""
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}
