"""The effects of a command on the machine, from strace. Only calls that could change something are traced, so a
run is not much slower."""
import re
import tempfile

from lab import STATE, Ran, run

OPENS = ("open", "openat", "openat2", "creat")
PATHS = ("mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "link", "linkat",
         "symlink", "symlinkat", "truncate", "chmod", "fchmodat", "chown", "lchown", "fchownat", "mknod", "mknodat",
         "utimensat", "setxattr", "lsetxattr", "removexattr", "mount", "umount2", "swapon")
MODULES = ("init_module", "finit_module", "delete_module", "create_module")
SENDS = ("sendmsg", "sendto", "sendmmsg")
OTHERS = ("bpf", "sethostname", "settimeofday", "clock_settime", "adjtimex", "sched_setaffinity", "kexec_load",
          "reboot")

# enum ethtool_msg_user: linux/ethtool_netlink.h
FEATURES_GET, FEATURES_SET = 0x0b, 0x0c
RINGS_GET, CHANNELS_GET, COALESCE_GET = 0x0f, 0x11, 0x13
GETFAMILY = 0x03  # of the controller, which resolves family names


def path_in(rest):
    """The first path of a call, made absolute with the folder that strace -y prints."""
    found = re.search(r'(?:^|[ (])(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"', rest)
    if not found:
        return rest
    folder, path = found.groups()
    return path if path.startswith("/") or not folder else f"{folder}/{path}"


class Trace:
    def __init__(self, ran, lines):
        self.ran = ran
        self.calls = [match.groups() for match in (re.match(r"\d+ +(\w+)\((.*)", line) for line in lines) if match]

    def of(self, names):
        return [(name, rest) for name, rest in self.calls if name in names]

    def opened_to_write(self):
        """Paths opened for writing. A call that failed counts too."""
        return [path_in(rest) for name, rest in self.of(OPENS)
                if name == "creat" or re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)", rest)]

    def paths_changed(self):
        """Paths that are created, removed or renamed by other calls than open."""
        return [path_in(rest) for _name, rest in self.of(PATHS)]

    def written(self):
        return self.opened_to_write() + self.paths_changed()

    def module_calls(self):
        return [f"{name}({rest}" for name, rest in self.of(MODULES)]

    def netlink(self):
        """[("ethtool", 12), ("nlctrl", 3), ("RTM_NEWLINK", None)]: the message's type and, of a generic one,
        its command."""
        messages = []
        for _name, rest in self.of(SENDS):
            if "AF_NETLINK" not in rest and "nlmsg_len" not in rest:
                messages.append((rest[:80], None))
                continue
            kind = re.search(r"nlmsg_type=([^,|}]+)", rest)
            command = re.search(r'\}, "\\x([0-9a-f]{2})', rest)
            messages.append((kind[1] if kind else rest[:80], int(command[1], 16) if command else None))
        return messages

    def feature_messages(self):
        """The messages that set features: one per NIC."""
        return [message for message in self.netlink() if message == ("ethtool", FEATURES_SET)]

    def touches(self):
        """A text for each call that could change the machine; empty: none."""
        asking = {("nlctrl", GETFAMILY)} | {("ethtool", get) for get in (FEATURES_GET, RINGS_GET, CHANNELS_GET, COALESCE_GET)}
        own = tuple(f"{folder}/" for folder in STATE)
        found = [path for path in self.written() if path not in STATE and not path.startswith(own)]
        found += self.module_calls()
        found += [f"netlink {message}" for message in self.netlink() if message not in asking]
        found += [f"{name}({rest}" for name, rest in self.of(OTHERS)]
        return found


def strace(calls, *words, options=(), **how):
    """Runs a command and returns its result and strace's lines. A seccomp filter does not stop other calls."""
    with tempfile.NamedTemporaryFile("r", prefix="strace-") as output:
        ran = run("strace", "-f", "--seccomp-bpf", "-qq", "-s", "256", "-o", output.name, "-e", f"trace={calls}",
                  *options, *words, **how)
        return Ran(words, ran.code, ran.out, ran.err), output.read().splitlines()


def trace(*words, **how):
    calls = ",".join(f"?{name}" for name in OPENS + PATHS + MODULES + SENDS + OTHERS)
    return Trace(*strace(calls, *words, options=("-y",), **how))
