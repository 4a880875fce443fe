"""Hosts of the lab that a test on this machine drives over SSH: a bare Debian whose disk survives reboots.

    with SshHost("edge1") as host:
        host.run("uname", "-r")
        host.reboot()

Each host is QEMU with its own disk image over the lab's Debian root (scripts/lab --machine disk), with its own SSH key.
Everything is removed when the block ends.
"""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DISK_MIB = 1024
BOOT_SECONDS = 240  # for an emulated CPU, with a second host running


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Ran:
    def __init__(self, words, done):
        self.words, self.code, self.out, self.err = words, done.returncode, done.stdout, done.stderr

    def __str__(self):
        return f"{' '.join(self.words)} -> {self.code}; {(self.err.strip() or self.out.strip())[-600:]}"


class SshHost:
    def __init__(self, name, kernel="6.1", nic=False):
        self.name, self.kernel, self.nic, self.port = name, kernel, nic, free_port()
        self.folder = tempfile.mkdtemp(prefix="ktls-host.")
        self.key, self.disk = f"{self.folder}/key", f"{self.folder}/disk"
        self.known_hosts, self.machine = f"{self.folder}/known_hosts", None
        self._make_disk()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.end()

    def end(self):
        """Ends the host and removes its files."""
        self.pull_the_plug()
        shutil.rmtree(self.folder)

    # --- Start, reboot and end.

    def start(self):
        """Switches it on and waits until SSH answers."""
        with open(f"{self.folder}/log", "ab") as log:
            self.machine = subprocess.Popen(
                [f"{ROOT}/scripts/lab", "--kernel", self.kernel, "--machine", "disk", "--disk", self.disk, "--ssh", str(self.port),
                 "--timeout", "3600", *(["--nic"] if self.nic else [])], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.wait_up()

    def wait_up(self):
        end = time.monotonic() + BOOT_SECONDS
        while not self._answers():
            if self.machine.poll() is not None or time.monotonic() > end:
                with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as log:
                    raise AssertionError(f"{self.name} does not answer over SSH: {log.read()[-2000:]}")
            time.sleep(1)

    def boot_id(self):
        return self.run("cat", "/proc/sys/kernel/random/boot_id").out.strip()

    def reboot(self):
        """Reboots cleanly, with services stopped and the disk synced."""
        before = self.boot_id()
        self.run("systemctl", "--no-block", "reboot")
        end = time.monotonic() + BOOT_SECONDS
        while not self._answers() or self.boot_id() in ("", before):
            if time.monotonic() > end:
                raise AssertionError(f"{self.name} did not come up after its reboot")
            time.sleep(1)

    def pull_the_plug(self):
        """Ends QEMU: data that the guest has not synced is lost, as in a power failure."""
        if self.machine is not None and self.machine.poll() is None:
            self.machine.send_signal(signal.SIGTERM)
        if self.machine is not None:
            self.machine.wait(60)
        self.machine = None

    # --- Running commands.

    def options(self):
        """The common options of ssh and scp."""
        return ["-i", self.key, "-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5",
                "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=6"]

    def run(self, *words, timeout=300):
        """Runs a command on the host. As with ssh, the remote shell interprets the words."""
        command = ["ssh", *self.options(), "-p", str(self.port), "root@127.0.0.1", *words]
        try:
            return Ran(words, subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                                             timeout=timeout))
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"{self.name}: {' '.join(words)} did not end within {timeout} s") from late

    def must(self, *words, **how):
        ran = self.run(*words, **how)
        if ran.code != 0:
            raise AssertionError(f"{self.name}: {ran}")
        return ran

    def plug_in_nic(self):
        """Loads the lab's NIC (nic/README.md), lab0 and lab1, until the next boot."""
        self.must("insmod $(sed -E 's/.*lab[.]nic=([^ ]+).*/\\1/' /proc/cmdline) && ip link set lab0 up && ip link set lab1 up")

    def put(self, source, target):
        subprocess.run(["scp", "-q", *self.options(), "-P", str(self.port), source, f"root@127.0.0.1:{target}"],
                       stdin=subprocess.DEVNULL, check=True, timeout=300)

    # --- Private.

    def _answers(self):
        return self.run("true", timeout=60).code == 0

    def _make_disk(self):
        """Makes an ext4 image with the overlay's upper layer: host name, machine-id, host key and authorized key."""
        upper = f"{self.folder}/image/upper"
        for folder in ("etc/ssh", "etc/systemd/system/multi-user.target.wants", "root/.ssh"):
            os.makedirs(f"{upper}/{folder}")
        os.makedirs(f"{self.folder}/image/work")
        for key in (self.key, f"{upper}/etc/ssh/ssh_host_ed25519_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", self.name, "-f", key], check=True)
        shutil.copy(f"{self.key}.pub", f"{upper}/root/.ssh/authorized_keys")
        os.chmod(f"{upper}/root", 0o700)
        os.chmod(f"{upper}/root/.ssh", 0o700)
        os.symlink("/lib/systemd/system/ssh.service", f"{upper}/etc/systemd/system/multi-user.target.wants/ssh.service")
        for path, text in (("hostname", self.name), ("machine-id", uuid.uuid4().hex),
                           ("hosts", f"127.0.0.1 localhost {self.name}")):
            with open(f"{upper}/etc/{path}", "w", encoding="utf-8") as file:
                file.write(text + "\n")
        with open(f"{upper}/etc/ssh/ssh_host_ed25519_key.pub", encoding="utf-8") as public, \
                open(self.known_hosts, "w", encoding="utf-8") as known:
            known.write(f"[127.0.0.1]:{self.port} {public.read()}")
        subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-E", "root_owner=0:0", "-d", f"{self.folder}/image", self.disk,
                        f"{DISK_MIB}M"], check=True)
        shutil.rmtree(f"{self.folder}/image")
