#!/usr/bin/python3
"""In the lab, on its NIC: the tool names the reason that keeps TLS in software, and the kernel agrees. A fixed feature is
unsupported and never drift. A requested feature without checksum offload is blocked until checksums are on. An active-backup
bond and a VLAN prevent offload; a bond that hashes on layer 3+4 does not. The tool never changes a bond.
"""
import pair
import tls_sockets as tls
from lab import check, check_documents, equal, ethtool, finish, loaded, must, named, note, profile, read, same, tuner

WANTS, PREFERS, BRINGS = (profile(name) for name in ("wants-offload", "prefers-offload", "brings-checksums"))
TX, RX = "tls-hw-tx-offload", "tls-hw-rx-offload"
ALLOW_REOPEN = ("--max-disruption", "link-flap")
SOFTWARE = {"TlsTxSw": 1, "TlsRxSw": 1}


def interface(name):
    """The interface in the document of facts."""
    return next(nic for nic in tuner("facts", "--json").doc["nics"] if nic["name"] == name)


def codes(name, direction="tx"):
    return [reason["code"] for reason in interface(name)["tls_offload"][direction]["because"]]


def step(document, feature):
    return next(step for step in document["steps"] if step["subject"] == f"{pair.NEAR}/{feature}")


def state(feature):
    return ethtool.features(pair.NEAR)[feature]


# --- Features of the driver ---------------------------------------------------------------------

def fixed_off():
    pair.load(tls_tx="fixed", tls_rx="fixed")
    required = tuner("check", "-p", WANTS, "--json")
    equal("fixed off and required: 4, unsupported, no drift",
          [required.code, [each["status"] for each in required.doc["steps"]], required.doc["summary"]["change"]],
          [4, ["unsupported", "unsupported"], 0])
    preferred = tuner("check", "-p", PREFERS, "--json")
    equal("fixed off and preferred: 0", [preferred.code, preferred.doc["summary"]["unsupported"]], [0, 2])
    because = step(required.doc, TX)["because"]
    check("with drivers that can", "labnic has no TLS offload for sending" in because and "mlx5_core (ConnectX-6 Dx" in because, because)
    refused = tuner("apply", "-p", WANTS, "--json")
    equal("apply refuses before it writes", [refused.code, named(refused.doc["steps"], "done", "failed")], [4, []])
    equal("facts say the same", codes(pair.NEAR), ["driver-cannot"])
    pair.unload()


def without_option():
    """A driver named mlx5_core on Debian's kernel: the kernel's configuration is the reason."""
    pair.load(driver="mlx5_core", tls_tx="fixed", tls_rx="fixed")
    seen = tuner("plan", "-p", PREFERS, "--json")
    because = step(seen.doc, RX)["because"]
    check("the option that Debian's kernel lacks is named with its file",
          "CONFIG_MLX5_EN_TLS is not set in /boot/config-" in because, because)
    equal("facts say the same", codes(pair.NEAR, "rx"), ["driver-not-built"])
    pair.unload()


# --- Checksums ----------------------------------------------------------------------------------

def without_checksums():
    must("ethtool", "-K", pair.NEAR, "tx", "off")
    equal("the kernel drops TLS offload without tx checksums, and keeps the request", state(TX), "off, asked on")
    seen = tuner("check", "-p", WANTS, "--json")
    blocked = step(seen.doc, TX)
    equal("asked for and not active: 4, blocked", [seen.code, blocked["status"], blocked["observed"], blocked["in_effect"]],
          [4, "blocked", True, False])
    check("with the command that fixes it", f"ethtool -K {pair.NEAR} tx on" in blocked["because"], blocked["because"])
    equal("preferred it changes no code", tuner("check", "-p", PREFERS).code, 0)
    before = ethtool.features(pair.NEAR)
    equal("apply refuses", tuner("apply", "-p", WANTS, "--json").code, 4)
    same("and wrote nothing", before, ethtool.features(pair.NEAR))
    equal("facts say the same", codes(pair.NEAR), ["checksum-off"])
    must("ethtool", "-K", pair.NEAR, "tx", "on")
    equal("checksums on: in sync again", [tuner("check", "-p", WANTS).code, state(TX)], [0, "on, asked on"])


def receive_checksums():
    must("ethtool", "-K", pair.NEAR, "rx", "off")
    seen = tuner("check", "-p", WANTS, "--json")
    blocked = step(seen.doc, RX)
    check("receiving needs rx checksums", seen.code == 4 and blocked["status"] == "blocked"
          and f"ethtool -K {pair.NEAR} rx on" in blocked["because"], seen.told())
    must("ethtool", "-K", pair.NEAR, "rx", "on")
    pair.wait_for_link()


def profile_brings_them():
    must("ethtool", "-K", pair.NEAR, "tx", "off")
    before = ethtool.features(pair.NEAR)
    equal("a profile that sets checksums has drift and is not blocked", tuner("check", "-p", BRINGS).code, 2)
    applied = tuner("apply", "-p", BRINGS, "--json")
    equal("and apply sets both", [applied.code, state(TX)], [0, "on, asked on"])
    equal("rollback ends 0", tuner("rollback", "--json").code, 0)
    same("with the request as it was, and without effect again", before, ethtool.features(pair.NEAR))
    must("ethtool", "-K", pair.NEAR, "tx", "on")


# --- Devices on top of the NIC ------------------------------------------------------------------

def talk():
    """Makes a connection; returns the counters of the near end that changed."""
    before = pair.tls_stat()
    near, far = tls.tls_connection()
    wrong = tls.transfer(near, far, 1 << 18)
    near.close()
    far.close()
    check("bytes identical", not wrong, wrong)
    return {name: count for name, count in pair.moved(before, pair.tls_stat()).items() if "Curr" not in name}


def put_on(upper, *how, move=True):
    """Creates a device on top of the near end and moves its addresses there."""
    must("ip", "address", "flush", "dev", pair.NEAR)
    must("ip", "link", "add", *(("link", pair.NEAR) if not move else ()), "name", upper, "type", *how)
    if move:
        must("ip", "link", "set", pair.NEAR, "down")
        must("ip", "link", "set", pair.NEAR, "master", upper)
    must("ip", "link", "set", upper, "up")
    must("ip", "address", "add", f"{pair.NEAR4}/24", "dev", upper)
    pair.wait_for_link()


def take_off(upper):
    must("ip", "link", "del", upper)
    must("ip", "link", "set", pair.NEAR, "up")
    must("ip", "address", "add", f"{pair.NEAR4}/24", "dev", pair.NEAR)
    pair.wait_for_link()


def straight():
    equal("nothing stands in the way of the NIC itself", [codes(pair.NEAR), codes(pair.NEAR, "rx")], [[], []])
    equal("and the kernel offloads", talk(), {"TlsTxDevice": 1, "TlsRxDevice": 1})


def bond(mode, policy, reasons):
    put_on("bond0", "bond", "mode", mode, "xmit_hash_policy", policy, "miimon", "100")
    pair.wait_for_link()
    before = {name: read(f"/sys/class/net/bond0/bonding/{name}") for name in ("mode", "xmit_hash_policy")}
    equal(f"a bond {mode}, {policy}: facts", [codes("bond0"), interface("bond0")["bond"]],
          [reasons, {"mode": mode, "xmit_hash_policy": policy}])
    planned = tuner("apply", "-p", PREFERS, *ALLOW_REOPEN, "--json")
    notes = [text for text in planned.doc["notes"] if "bond0" in text]
    equal(f"a bond {mode}, {policy}: apply tunes the member, and says in a note what keeps TLS from it",
          [planned.code, {each["subject"].split("/")[0] for each in planned.doc["steps"]}, len(notes)],
          [0, {pair.NEAR}, len(reasons)])
    check("with the setting that allows it", all("layer3+4" in text for text in notes), notes)
    same("the bond is left as it was", before, {name: read(f"/sys/class/net/bond0/bonding/{name}") for name in before})
    equal(f"a bond {mode}, {policy}: the kernel agrees", talk(),
          SOFTWARE if reasons else {"TlsTxDevice": 1, "TlsRxDevice": 1})
    take_off("bond0")


def vlan():
    put_on("lab0.7", "vlan", "id", "7", move=False)
    inside = ("ip", "-n", pair.PEER)
    must(*inside, "link", "add", "link", pair.FAR, "name", "lab1.7", "type", "vlan", "id", "7")
    must(*inside, "address", "flush", "dev", pair.FAR)
    must(*inside, "address", "add", f"{pair.FAR4}/24", "dev", "lab1.7")
    must(*inside, "link", "set", "lab1.7", "up")
    seen = interface("lab0.7")["tls_offload"]["tx"]["because"]
    equal("a VLAN: facts", [reason["code"] for reason in seen], ["software-interface"])
    check("with the device that has it", "lab0.7 is a VLAN on lab0" in seen[0]["text"] and "address on lab0" in seen[0]["next"], seen)
    equal("a VLAN: the kernel agrees", talk(), SOFTWARE)


def main():
    fixed_off()
    without_option()
    pair.load(tls_tx="on", tls_rx="on")
    pair.face_to_face()
    without_checksums()
    receive_checksums()
    profile_brings_them()
    straight()
    bond("active-backup", "layer2", ["bond-mode"])
    bond("balance-xor", "layer2", ["bond-hash-policy"])
    bond("balance-xor", "layer3+4", [])
    vlan()
    note(f"bonding {'loaded' if loaded('bonding') else 'missing'}")
    check_documents()


main()
finish()
