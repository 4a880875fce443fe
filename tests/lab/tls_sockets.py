"""TLS sockets of the kernel without a TLS library: fixed keys, both ends in this process, each in a network namespace.

Used to test the offloading NIC. Both directions have the same key, which is acceptable only in a test.
"""
import os
import socket
import struct
import threading

import lab
import pair

SOL_TCP, TCP_ULP, SOL_TLS = 6, 31, 282
TX, RX = 1, 2
TLS12, TLS13 = 0x0303, 0x0304
GCM128, GCM256, CHACHA = "AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305"
SHAPES = {GCM128: (51, 8, 16, 4), GCM256: (52, 8, 32, 4), CHACHA: (54, 12, 32, 0)}  # cipher number; sizes of nonce, key and salt in bytes
PATIENCE = 60


def crypto_info(cipher, version=TLS12):
    """As in linux/tls.h: version, cipher, nonce, key, salt, number of the first record."""
    number, nonce, key, salt = SHAPES[cipher]
    return struct.pack("HH", version, number) + b"\1" * nonce + b"\2" * key + b"\3" * salt + bytes(8)


def connected(family=socket.AF_INET):
    """(near, far): a TCP connection across the pair."""
    address = pair.FAR4 if family == socket.AF_INET else pair.FAR6
    with pair.inside():
        server = socket.create_server((address, 0), family=family)
    with server:
        near = socket.create_connection(server.getsockname()[:2], timeout=PATIENCE)
        far, _address = server.accept()
    far.settimeout(PATIENCE)
    return near, far


def start_tls(end, cipher, version=TLS12, directions=(TX, RX)):
    end.setsockopt(SOL_TCP, TCP_ULP, b"tls")
    for direction in directions:
        end.setsockopt(SOL_TLS, direction, crypto_info(cipher, version))


def tls_connection(cipher=GCM128, family=socket.AF_INET, version=TLS12):
    near, far = connected(family)
    for end in (near, far):
        start_tls(end, cipher, version)
    return near, far


def send(end, data, sizes=(1, 100, 4096, 16384, 40000)):
    """Sends in pieces of different sizes, so that the records also have different sizes."""
    at, turn = 0, 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        end.sendall(data[at:at + size])
        at, turn = at + size, turn + 1


def receive(end, count):
    parts, have = [], 0
    while have < count:
        part = end.recv(min(1 << 16, count - have))
        if not part:
            break
        parts.append(part)
        have += len(part)
    return b"".join(parts)


class Transfer:
    """Transfers bytes both ways at once; `wrong()` waits for the end and returns the differences."""

    def __init__(self, near, far, size):
        self.problems = []
        self.threads = []
        for name, source, sink in (("near to far", near, far), ("far to near", far, near)):
            data = os.urandom(size)
            self._start(name, lambda end=source, bytes_=data: send(end, bytes_))
            self._start(name, lambda end=sink, bytes_=data, way=name: self._compare(end, bytes_, way))

    def _start(self, name, work):
        def guarded():
            try:
                work()
            except OSError as error:
                self.problems.append(f"{name}: {error}")
        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        self.threads.append(thread)

    def _compare(self, end, data, way):
        got = receive(end, len(data))
        if got != data:
            at = next((at for at in range(0, len(got), 4096) if got[at:at + 4096] != data[at:at + 4096]), len(got))
            self.problems.append(f"{way}: {len(got)} of {len(data)} bytes, different within 4096 from {at} on")

    def running(self):
        return any(thread.is_alive() for thread in self.threads)

    def wrong(self):
        for thread in self.threads:
            thread.join(2 * PATIENCE)
        if self.running():
            self.problems.append("hangs")
        return "; ".join(self.problems)


class Stream:
    """Sends bytes from one end to the other until `end()`."""

    def __init__(self, near, far):
        self.near, self.far = near, far
        self.received, self.problem, self.ended = 0, "", False
        for end in (near, far):
            end.settimeout(None)
        self.threads = [threading.Thread(target=self._guarded, args=(work,), daemon=True) for work in (self._send, self._receive)]
        for thread in self.threads:
            thread.start()

    def _guarded(self, work):
        try:
            work()
        except OSError as error:
            self.problem = self.problem or ("" if self.ended else str(error))

    def _send(self):
        data = os.urandom(40000)
        while not self.ended:
            self.near.sendall(data)

    def _receive(self):
        while part := self.far.recv(1 << 16):
            self.received += len(part)

    def goes_on(self, count, seconds=PATIENCE):
        """Whether `count` more bytes arrive in time."""
        goal = self.received + count
        return lab.wait_until(lambda: self.received >= goal or self.problem, seconds) and not self.problem

    def end(self):
        """Resets the connection and closes both ends."""
        self.ended = True
        for end in (self.near, self.far):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(PATIENCE)
        for end in (self.near, self.far):
            end.close()


def transfer(near, far, size):
    return Transfer(near, far, size).wrong()
