#!/usr/bin/python3
"""The lab's own NIC: what it offloads is offloaded, what it does not is not, and the bytes are the same whatever happens on
the wire. The tuner has no part in this; other tests stand on it.
"""
import socket

import pair
import tls_sockets as tls
from lab import check, equal, finish, must, note

SIZE = 1 << 20
BOTH = (pair.NEAR, pair.FAR)


def ethtool_on(nic, *words):
    inside = ("ip", "netns", "exec", pair.PEER) if nic == pair.FAR else ()
    return must(*inside, "ethtool", *words)


def offload(tx, rx):
    """At both ends."""
    for nic in BOTH:
        ethtool_on(nic, "-K", nic, "tls-hw-tx-offload", tx, "tls-hw-rx-offload", rx)
    pair.wait_for_link()


class Watched:
    """What counted at both ends while something ran."""

    def __enter__(self):
        self.before = self._now()
        return self

    def __exit__(self, *_error):
        after = self._now()
        self.near, self.far, self.near_tls, self.far_tls = (pair.moved(*two) for two in zip(self.before, after))

    @staticmethod
    def _now():
        return *(pair.counters(nic) for nic in BOTH), pair.tls_stat(), pair.tls_stat(pair.PEER)


def talk(what, cipher=tls.GCM128, family=socket.AF_INET, version=tls.TLS12, size=SIZE):
    with Watched() as watched:
        near, far = tls.tls_connection(cipher, family, version)
        wrong = tls.transfer(near, far, size)
        near.close()
        far.close()
    check(f"{what}: bytes identical", not wrong, wrong)
    note(f"{what}: {watched.near_tls} {({k: v for k, v in watched.near.items() if '_tls' in k and k[2] == '_'})}")
    return watched


def four_combinations():
    for tx in ("on", "off"):
        for rx in ("on", "off"):
            offload(tx, rx)
            for cipher, family in ((tls.GCM128, socket.AF_INET), (tls.GCM256, socket.AF_INET6)):
                seen = talk(f"{cipher}, tx {tx}, rx {rx}", cipher, family)
                for end in (seen.near_tls, seen.far_tls):
                    equal("  sending", {key: end.get(key, 0) for key in ("TlsTxDevice", "TlsTxSw")},
                          {"TlsTxDevice": int(tx == "on"), "TlsTxSw": int(tx != "on")})
                    equal("  receiving", {key: end.get(key, 0) for key in ("TlsRxDevice", "TlsRxSw")},
                          {"TlsRxDevice": int(rx == "on"), "TlsRxSw": int(rx != "on")})
                for end in (seen.near, seen.far):
                    check("  the card encrypted all or nothing", end.get("tx_tls_encrypted_bytes", 0) >= SIZE if tx == "on"
                          else "tx_tls_encrypted_bytes" not in end, end)
                    check("  the card decrypted all or nothing", end.get("rx_tls_decrypted_bytes", 0) >= SIZE if rx == "on"
                          else "rx_tls_decrypted_bytes" not in end, end)


pair.load()
pair.face_to_face()
four_combinations()
pair.unload()
finish()
