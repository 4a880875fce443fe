#!/usr/bin/python3
"""The lab's own NIC: it offloads exactly what it is supposed to, and all bytes arrive intact whatever happens on the wire.
The tuner is not used; other tests depend on this NIC.
"""
import errno
import os
import select
import socket
import struct
import tempfile
import time

import pair
import tls_sockets as tls
from lab import Ethtool, check, equal, finish, loaded, must, note, read, run, wait_until, write

SIZE = 1 << 20
LONG = 4 * SIZE  # long enough to change something during the transfer
BOTH = (pair.NEAR, pair.FAR)
WAYS = ("TlsTxDevice", "TlsTxSw", "TlsRxDevice", "TlsRxSw")
DRIVER = "/sys/bus/platform/drivers/labnic"


def ethtool_on(nic, *words, call=must):
    inside = ("ip", "netns", "exec", pair.PEER) if nic == pair.FAR else ()
    return call(*inside, "ethtool", *words)


def offload(tx, rx):
    """Switches the offload features at both ends."""
    for nic in BOTH:
        ethtool_on(nic, "-K", nic, "tls-hw-tx-offload", tx, "tls-hw-rx-offload", rx)
    pair.wait_for_link()


class Watched:
    """The counters at both ends that changed while the block ran."""

    def __enter__(self):
        self.before = self._now()
        return self

    def __exit__(self, *_error):
        self.stop()

    def stop(self):
        self.near, self.far, self.near_tls, self.far_tls = (pair.moved(*two) for two in zip(self.before, self._now()))

    @staticmethod
    def _now():
        return *(pair.counters(nic) for nic in BOTH), pair.tls_stat(), pair.tls_stat(pair.PEER)

    def both(self, counter):
        return [end.get(counter, 0) for end in (self.near, self.far)]

    def ways(self):
        """The number of connections on each path, both ends together."""
        found = {way: self.near_tls.get(way, 0) + self.far_tls.get(way, 0) for way in WAYS}
        return {way: count for way, count in found.items() if count}


def talk(what, cipher=tls.GCM128, family=socket.AF_INET, version=tls.TLS12, size=SIZE // 2):
    """Transfers bytes both ways over one connection; returns the changed counters."""
    with Watched() as seen:
        near, far = tls.tls_connection(cipher, family, version)
        wrong = tls.transfer(near, far, size)
        near.close()
        far.close()
    check(f"{what}: the bytes are the same", not wrong, wrong)
    return seen


def grew(what, seen, *counters):
    for counter in counters:
        check(f"{what}: {counter} counts at both ends", all(seen.both(counter)), f"{seen.near} {seen.far}")


# --- What is offloaded --------------------------------------------------------------------------

def four_combinations():
    for tx in ("on", "off"):
        for rx in ("on", "off"):
            offload(tx, rx)
            for cipher, family in ((tls.GCM128, socket.AF_INET), (tls.GCM256, socket.AF_INET6)):
                what = f"{cipher}, tx {tx}, rx {rx}"
                seen = talk(what, cipher, family)
                equal(f"{what}: both ends took that path", seen.ways(),
                      {"TlsTxDevice" if tx == "on" else "TlsTxSw": 2, "TlsRxDevice" if rx == "on" else "TlsRxSw": 2})
                for state, counter in ((tx, "tx_tls_encrypted_bytes"), (rx, "rx_tls_decrypted_bytes")):
                    check(f"{what}: {counter}", all(count >= SIZE // 2 if state == "on" else count == 0
                                                    for count in seen.both(counter)), seen.both(counter))


def one_end_only():
    """The near end offloads both directions, the far end none."""
    offload("on", "on")
    ethtool_on(pair.FAR, "-K", pair.FAR, "tls-hw-tx-offload", "off", "tls-hw-rx-offload", "off")
    pair.wait_for_link()
    seen = talk("only the near end offloads")
    equal("only the near end offloads: each end has its path", (set(seen.near_tls) & set(WAYS), set(seen.far_tls) & set(WAYS)),
          ({"TlsTxDevice", "TlsRxDevice"}, {"TlsTxSw", "TlsRxSw"}))
    check("only the near end offloads: it decrypts what software encrypted", seen.near.get("rx_tls_decrypted_bytes", 0) >= SIZE // 2,
          seen.near)


def other_ways_to_send():
    """sendfile, parts of a record, and non-data records, with offload at both ends."""
    offload("on", "on")
    near, far = tls.tls_connection()
    near.settimeout(None)
    with Watched() as seen, tempfile.TemporaryFile() as file:
        data = os.urandom(SIZE // 4)
        file.write(data)
        file.flush()
        check("a file: it goes out whole", os.sendfile(near.fileno(), file.fileno(), 0, len(data)) == len(data))
        equal("a file: the bytes are the same", tls.receive(far, len(data)) == data, True)
        near.send(b"one ", socket.MSG_MORE)
        near.send(b"record")
        equal("two pieces with MSG_MORE are one record, and one can peek",
              (far.recv(100, socket.MSG_PEEK), far.recv(100)), (b"one record", b"one record"))
        near.sendmsg([b"\1\0"], [(tls.SOL_TLS, 1, b"\x15")])
        got, control, _flags, _from = far.recvmsg(100, socket.CMSG_SPACE(1))
        equal("an alert is distinguished from data", (got, [kind[2] for kind in control]), (b"\1\0", [b"\x15"]))
    check("all of it was encrypted and decrypted in the cards", seen.near.get("tx_tls_encrypted_bytes", 0) > len(data) and
          seen.far.get("rx_tls_decrypted_bytes", 0) > len(data), f"{seen.near} {seen.far}")
    near.close()
    far.close()


def what_it_cannot():
    offload("on", "on")
    for what, cipher, version in (("TLS 1.3", tls.GCM128, tls.TLS13), ("ChaCha20", tls.CHACHA, tls.TLS12)):
        seen = talk(what, cipher, version=version, size=SIZE // 4)
        equal(f"{what}: stays in software", seen.ways(), {"TlsTxSw": 2, "TlsRxSw": 2})


def no_plain_text_on_the_wire():
    """Only the near end offloads; a packet socket captures the frames before the far end's stack."""
    offload("on", "off")
    marker = b"plain text must not travel " * 64
    for encrypted in (False, True):
        with pair.inside():
            tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            tap.bind((pair.FAR, 0))
        near, far = tls.connected()
        if encrypted:
            tls.start_tls(near, tls.GCM128, directions=(tls.TX,))
        near.sendall(marker)
        near.shutdown(socket.SHUT_WR)
        far.settimeout(tls.PATIENCE)
        arrived = tls.receive(far, 1 << 16)
        frames = b""
        while select.select([tap], [], [], 0.2)[0]:
            frames += tap.recv(1 << 16)
        what = "an offloaded socket" if encrypted else "a plain socket (the control)"
        check(f"{what} shows {'no' if encrypted else 'its'} text on the wire and to a peer without TLS",
              (marker[:24] in frames, marker[:24] in arrived, len(arrived) >= len(marker)) == (not encrypted, not encrypted, True),
              f"{len(frames)} bytes of frames, {len(arrived)} arrived")
        for one in (tap, near, far):
            one.close()


# --- Errors on the wire -------------------------------------------------------------------------

def lossy(what, prepare, undo, ends=(("on", "on"), ("off", "on"))):
    for tx, rx in ends:
        offload(tx, rx)
        prepare()
        seen = talk(f"{what}, tx {tx}, rx {rx}", tls.GCM256 if tx == rx else tls.GCM128)
        undo()
        yield tx, rx, seen


def wire(**parameters):
    for name, value in parameters.items():
        pair.set_parameter(f"wire_{name}", value)


def loss_and_disorder():
    def netem():
        must("ip", "link", "set", pair.NEAR, "gso_max_segs", "1")  # netem counts packets: make many small ones
        must("tc", "qdisc", "replace", "dev", pair.NEAR, "root", "netem", "loss", "2%")

    def without():
        must("tc", "qdisc", "del", "dev", pair.NEAR, "root")
        must("ip", "link", "set", pair.NEAR, "gso_max_segs", "65535")

    for tx, _rx, seen in lossy("netem loses 2 %", netem, without):
        if tx == "on":
            check("  what is sent again is out of order, and encrypted", seen.near.get("tx_tls_ooo", 0) > 0, seen.near)
    for name, counter, every in (("drop", "wire_dropped", 50), ("duplicate", "wire_duplicated", 10), ("reorder", "wire_reordered", 20)):
        for _tx, _rx, seen in lossy(f"wire_{name}", lambda: wire(**{name: every}), lambda: wire(**{name: 0})):
            grew("  it happened", seen, counter)
    for _tx, rx, seen in lossy("all at once", lambda: wire(drop=67, duplicate=31, reorder=23),
                               lambda: wire(drop=0, duplicate=0, reorder=0), (("on", "on"), ("on", "off"), ("off", "on"))):
        if rx == "on":
            grew("  and part of it is decrypted all the same", seen, "rx_tls_decrypted_packets")


def bits_that_flip():
    """A record that fails authentication is never delivered, by the NIC or by software."""
    for rx in ("on", "off"):
        offload("on", rx)
        near, far = tls.tls_connection()
        before = pair.tls_stat(pair.PEER)
        wire(flip=5)
        with Watched() as seen:
            try:
                tls.send(near, bytes(200000), sizes=(16384,))
                got = tls.receive(far, 200000)
                answer = "zeros" if not any(got) else "wrong data"
            except OSError as error:
                answer = errno.errorcode.get(error.errno, str(error))
        wire(flip=0)
        equal(f"a flipped bit, rx {rx}", (answer, pair.moved(before, pair.tls_stat(pair.PEER)).get("TlsDecryptError", 0) > 0),
              ("EBADMSG", True))
        if rx == "on":
            check("  and the card saw it", seen.far.get("rx_tls_err", 0) > 0, seen.far)
        near.close()
        far.close()


def resync():
    offload("on", "on")
    pair.set_parameter("rx_lose_sync", 10)
    seen = talk("the receiving card sometimes loses synchronisation", size=2 * SIZE)
    grew("  it requests a resync and gets it", seen, "rx_tls_resync_req_pkt", "rx_tls_resync_req_start", "rx_tls_resync_req_end", "rx_tls_resync_res_ok",
         "rx_tls_decrypted_packets")
    check("  the stack counts it", seen.near_tls.get("TlsRxDeviceResync", 0) > 0, seen.near_tls)
    check("  part stayed encrypted meanwhile", 0 < min(seen.both("rx_tls_decrypted_bytes")) < 2 * SIZE, seen.near)
    pair.set_parameter("rx_lose_sync", 0)


# --- What the card refuses ----------------------------------------------------------------------

def refusing():
    offload("on", "on")
    for what, parameters, ways in (
            ("tls_dev_add refuses", {"errno": errno.ENOSPC}, {"TlsTxSw": 2, "TlsRxSw": 2}),
            ("it refuses sending", {"directions": 1}, {"TlsTxSw": 2, "TlsRxDevice": 2}),
            ("it refuses receiving", {"directions": 2}, {"TlsTxDevice": 2, "TlsRxSw": 2}),
            ("it refuses each second", {"directions": 3, "every": 2}, {"TlsTxDevice": 2, "TlsRxSw": 2}),
            ("it refuses no more", {"errno": 0, "every": 1}, {"TlsTxDevice": 2, "TlsRxDevice": 2})):
        for name, value in parameters.items():
            pair.set_parameter(f"tls_add_{name}", value)
        equal(f"{what}: those go", talk(what, size=SIZE // 4).ways(), ways)
    pair.set_parameter("tls_max", 1)
    equal("room for one: those go", talk("room for one", size=SIZE // 4).ways(), {"TlsTxDevice": 2, "TlsRxSw": 2})
    pair.set_parameter("tls_max", 0)


def state_of(feature):
    return Ethtool().features(pair.NEAR)[feature].split(",")[0]


def features_that_are_not_there():
    pair.load(tls_tx="fixed", tls_rx="fixed")
    for feature in ("tls-hw-tx-offload", "tls-hw-rx-offload"):
        ran = run("ethtool", "-K", pair.NEAR, feature, "on")
        equal(f"fixed: {feature} cannot be switched on", (ran.code != 0, state_of(feature)), (True, "off"))
    pair.unload()
    pair.load(checksums=0, tls_rx="on")
    equal("without checksum offload there is no TLS offload", [state_of("tls-hw-tx-offload"), state_of("tls-hw-rx-offload")],
          ["off", "off"])
    pair.unload()
    pair.load(tls_rx="on")
    must("ethtool", "-K", pair.NEAR, "tx", "off")
    equal("switching checksums off also switches TLS offload off", state_of("tls-hw-tx-offload"), "off")
    must("ethtool", "-K", pair.NEAR, "tx", "on")
    equal("switching them on restores it", state_of("tls-hw-tx-offload"), "on")
    pair.unload()


# --- Shape --------------------------------------------------------------------------------------

def xps(queues):
    return [int(read(f"/sys/class/net/{pair.NEAR}/queues/tx-{queue}/xps_cpus").replace(",", ""), 16) for queue in range(queues)]


def carrier_changes(nic=pair.NEAR):
    return int(read(f"/sys/class/net/{nic}/carrier_changes"))


def change_while_it_runs(what, *commands):
    """Offloaded connections survive the change and stay offloaded."""
    offload("on", "on")
    with Watched() as seen:
        near, far = tls.tls_connection()
        flow = tls.Transfer(near, far, LONG)
        wait_until(lambda: pair.counters(pair.NEAR)["tx_tls_encrypted_bytes"] > seen.before[0]["tx_tls_encrypted_bytes"] + SIZE, 20)
        flaps = carrier_changes()
        for command in commands:
            must(*command)
            pair.wait_for_link()
        check(f"{what}: while the flow runs, with a flap of the link for each",
              flow.running() and carrier_changes() - flaps >= 2 * len(commands), carrier_changes() - flaps)
        wrong = flow.wrong()
        gauges = pair.tls_stat()
        near.close()
        far.close()
    check(f"{what}: the bytes are the same", not wrong, wrong)
    equal(f"{what}: still offloaded", [gauges["TlsCurrTxDevice"], gauges["TlsCurrRxDevice"]], [1, 1])
    check(f"{what}: to the end", min(seen.both("tx_tls_encrypted_bytes")) >= LONG, f"{seen.near} {seen.far}")


def many_flaps():
    """Many link flaps while the far end's small ring stops the sending queues: after each flap data flows again."""
    offload("on", "on")
    ethtool_on(pair.FAR, "-G", pair.FAR, "rx", "64")
    pair.wait_for_link()
    near, far = tls.tls_connection()
    flow = tls.Stream(near, far)
    flaps, stood = 30, ""
    for flap in range(flaps):
        if not flow.goes_on(SIZE // 8):
            stood = f"after {flap} of {flaps}; {must('tc', '-s', 'qdisc', 'show', 'dev', pair.NEAR).out}"
            break
        must("ethtool", "-G", pair.NEAR, "rx", ("512", "1024")[flap % 2])
        pair.wait_for_link()
    check("many flaps: bytes flow again after each", not stood and flow.goes_on(SIZE // 8), f"{stood} {flow.problem}")
    flow.end()
    ethtool_on(pair.FAR, "-G", pair.FAR, "rx", "1024")
    pair.wait_for_link()


def shape():
    nic = pair.NEAR
    change_while_it_runs("channels", ("ethtool", "-L", nic, "combined", "2"), ("ethtool", "-L", nic, "combined", "4"))
    change_while_it_runs("rings", ("ethtool", "-G", nic, "rx", "100", "tx", "3000"))
    rings = must("ethtool", "-g", nic).out.split("Current hardware settings:")[1].split()
    equal("rings are rounded up", (rings[rings.index("RX:") + 1], rings[rings.index("TX:") + 1]), ("128", "4096"))
    must("ethtool", "-G", nic, "rx", "1024", "tx", "1024")
    equal("the CPUs are distributed to the queues", xps(4), [1, 2, 4, 8])
    write(f"/sys/class/net/{nic}/queues/tx-0/xps_cpus", "f")
    must("ethtool", "-L", nic, "combined", "3")
    equal("a change of channels distributes them again", xps(3), [9, 2, 4])
    must("ethtool", "-L", nic, "combined", "4")
    for what, words, text in (
            ("more channels than there are", ("-L", nic, "combined", "9"), "exceeds maximum"),
            ("separate channels", ("-L", nic, "rx", "1"), "exceeds maximum"),
            ("rings too large", ("-G", nic, "rx", "8192"), "exceeds maximum"),
            ("rings too small", ("-G", nic, "rx", "16"), "a ring has at least 64 entries")):
        ran = run("ethtool", *words)
        check(f"{what} are refused", ran.code != 0 and text in ran.err, ran.told())
    must("ethtool", "-X", nic, "weight", "1", "1", "1", "1")
    ran = run("ethtool", "-L", nic, "combined", "2")
    check("channels that the steering table needs cannot go", ran.code != 0 and "indirection table" in ran.err, ran.told())
    must("ethtool", "-X", nic, "default")
    for name, words, text in (("channels", ("-L", nic, "combined", "2"), ""), ("rings", ("-G", nic, "rx", "512"), "the rings cannot be changed now"),
                              ("coalesce", ("-C", nic, "adaptive-rx", "off"), "coalescing cannot be changed now")):
        pair.set_parameter(f"{name}_refuse", errno.EBUSY)
        ran = run("ethtool", *words)
        check(f"{name}_refuse refuses", ran.code != 0 and "busy" in ran.err and text in ran.err, ran.told())
        pair.set_parameter(f"{name}_refuse", 0)
    must("ethtool", "-C", nic, "adaptive-rx", "off", "rx-usecs", "16", "tx-frames", "32")
    shown = must("ethtool", "-c", nic).out.replace("\t", " ")
    check("coalescing is as written", all(text in shown for text in ("Adaptive RX: off  TX: on", "rx-usecs: 16", "tx-frames: 32")), shown)


def transmit_steering():
    """The records leave through the queue that XPS selects, on any CPU."""
    offload("on", "on")
    for queue in (0, 3):
        for tx in range(4):
            write(f"/sys/class/net/{pair.NEAR}/queues/tx-{tx}/xps_cpus", "f" if tx == queue else "0")
        seen = talk(f"XPS gives queue {queue}")
        counts = {tx: seen.near.get(f"tx{tx}_tls_encrypted_packets", 0) for tx in range(4)}
        check(f"XPS gives queue {queue}: the records leave there", counts[queue] == sum(counts.values()) > 0, counts)
    must("ethtool", "-L", pair.NEAR, "combined", "2")
    must("ethtool", "-L", pair.NEAR, "combined", "4")
    pair.wait_for_link()


# --- Removing and adding the device -------------------------------------------------------------

def down_and_up():
    """The stack removes the contexts and encrypts and decrypts itself; the connection continues."""
    offload("on", "on")
    with Watched() as seen:
        near, far = tls.tls_connection()
        flow = tls.Transfer(near, far, LONG)
        wait_until(lambda: pair.counters(pair.NEAR)["tx_tls_encrypted_bytes"] > seen.before[0]["tx_tls_encrypted_bytes"] + SIZE, 20)
        must("ip", "link", "set", pair.NEAR, "down")
        must("ip", "link", "set", pair.NEAR, "up")
        still = flow.running()
        pair.wait_for_link()
        wrong = flow.wrong()
        near.close()
        far.close()
    check("down and up while a flow runs: the bytes are the same", still and not wrong, f"running: {still}; {wrong}")
    equal("  the card has no contexts left", [seen.near.get("tx_tls_del"), seen.near.get("rx_tls_del")], [1, 1])
    check("  and did only part of the work", SIZE < seen.near["tx_tls_encrypted_bytes"] < LONG, seen.near)
    must("ip", "address", "replace", f"{pair.NEAR6}/64", "dev", pair.NEAR, "nodad")


def unbind_and_bind():
    device = os.path.basename(os.path.realpath(f"/sys/class/net/{pair.NEAR}/device"))
    near, far = tls.tls_connection()
    near.send(b"before")
    write(f"{DRIVER}/unbind", device)
    check("unbound: the device is gone, the other end has no link", not os.path.exists(f"/sys/class/net/{pair.NEAR}") and
          wait_until(lambda: "NO-CARRIER" in must("ip", "-n", pair.PEER, "link", "show", pair.FAR).out, 5))
    write(f"{DRIVER}/bind", device)
    must("ip", "address", "add", f"{pair.NEAR4}/24", "dev", pair.NEAR)
    must("ip", "address", "add", f"{pair.NEAR6}/64", "dev", pair.NEAR, "nodad")
    must("ip", "link", "set", pair.NEAR, "up")
    pair.wait_for_link()
    for end in (near, far):
        end.close()
    ethtool_on(pair.NEAR, "-K", pair.NEAR, "tls-hw-rx-offload", "on")
    pair.wait_for_link()
    equal("bound again: it offloads", talk("bound again").ways(), {"TlsTxDevice": 2, "TlsRxDevice": 2})


def unload_under_a_flow():
    near, far = tls.tls_connection()
    flow = tls.Transfer(near, far, LONG)
    time.sleep(0.3)
    still = flow.running()
    pair.unload()
    check("unloaded while a flow ran", still and not loaded("labnic"), still)
    for end in (near, far):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close with a reset: the peer is unreachable
        end.shutdown(socket.SHUT_RDWR)
    flow.wrong()
    for end in (near, far):
        end.close()
    check("the module tls is not in use", wait_until(lambda: run("rmmod", "tls").code == 0, 10), run("lsmod").out)


# --- Behaviour of other drivers -----------------------------------------------------------------

def other_drivers():
    pair.load(counters="nfp", driver="nfp", rx_search=0, rx_lose_sync=10, tls_rx="on", nodes="0,-1", channels=2)
    equal("driver and node as asked", (must("ethtool", "-i", pair.NEAR).out.split()[1], read(f"/sys/class/net/{pair.NEAR}/device/numa_node"),
                                       os.path.exists(f"/sys/class/net/{pair.FAR}/device/numa_node")), ("nfp", "0", False))
    pair.face_to_face()
    seen = talk("a card that waits for a hint where records begin", size=4 * SIZE)
    grew("  it gets the hint", seen, "rx_tls_resync_req_ok", "rx_tls_decrypted_packets")
    pair.unload()
    pair.load(counters="cxgb4", pairs=2)
    names = list(pair.counters("lab3"))
    check("names with blanks, as that driver has them", "tx_tls_ctx              " in names and "tx_tls_del" not in names, names[:8])
    pair.unload()


def main():
    pair.load()
    pair.face_to_face()
    for part in (four_combinations, one_end_only, other_ways_to_send, what_it_cannot, no_plain_text_on_the_wire,
                 loss_and_disorder, bits_that_flip, resync, refusing, shape, many_flaps, transmit_steering, down_and_up,
                 unbind_and_bind, unload_under_a_flow, features_that_are_not_there, other_drivers):
        begun = time.monotonic()
        part()
        note(f"{part.__name__}: {time.monotonic() - begun:.1f} s")
    finish()


main()
