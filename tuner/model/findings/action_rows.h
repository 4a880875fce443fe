// The findings that need action: unsafe, and off the path. The catalogue puts them together
// (catalogue.cc).
#pragma once

#include "model/findings/looks.h"

#include <array>

namespace tuner {

inline constexpr std::array kActionRows{
    FindingRow{.code = FindingCode::ProgramBreaks,
               .severity = FindingSeverity::Unsafe,
               .sentence = "{because}",
               .next = "{ways}",
               .command = "",
               .page =
                   "The program does its own reads and writes on a connection that libssl hands "
                   "to the kernel: with TLS 1.2 every connection fails. PostgreSQL up to 17 does "
                   "so, as server and as client.",
               .guide = "",
               .look = look_program_breaks},
    FindingRow{.code = FindingCode::ProgramKeyUpdate,
               .severity = FindingSeverity::Unsafe,
               .sentence = "{because}",
               .next = "{ways}",
               .command = "",
               .page =
                   "TLS 1.3 lets a peer ask for new keys at any time (KeyUpdate). OpenSSL before "
                   "3.2 does not hand them to the kernel, and kernels before 6.14 do not take "
                   "them: then the connection ends with `bad record mac` or `no suitable record "
                   "layer`. See [the guide](guide.md#tls-13-keyupdate-the-danger).",
               .guide = "",
               .look = look_program_key_update},
    FindingRow{
        .code = FindingCode::RekeyErrors,
        .severity = FindingSeverity::Unsafe,
        .sentence = "the kernel could not set new keys of TLS 1.3 in {count} cases, and each ended "
                    "a connection{rising}",
        .next = "limit the servers to TLS 1.2, or upgrade OpenSSL to 3.2 or later; ktls-tuner "
                "probe --thorough tries every case",
        .command = "ktls-tuner probe --thorough",
        .shows = true,
        .page = "Counted by the kernel since it started (`TlsTxRekeyError`, `TlsRxRekeyError`).",
        .guide = "",
        .look = look_rekey_errors},
    FindingRow{.code = FindingCode::KernelDefects,
               .severity = FindingSeverity::Unsafe,
               .sentence = "kernel {kernel} has {count} known defects of its TLS that matter here",
               .next = "install the distribution's current kernel and reboot; ktls-tuner facts "
                       "--explain lists all of them",
               .command = "",
               .page = "Of the kernel's TLS there are some 25 known defects with their fixed "
                       "releases. Counted are those that this release has and whose feature is in "
                       "use: TLS sessions so far, a NIC that encrypts, an asynchronous cipher.",
               .guide = "",
               .look = look_kernel_defects},
    FindingRow{
        .code = FindingCode::KernelWarnings,
        .severity = FindingSeverity::Unsafe,
        .sentence = "the kernel reported {count} faults of its own TLS: {first}",
        .next = "install the distribution's current kernel and reboot; report it to the kernel's "
                "vendor with the log around it",
        .command = "dmesg --level=emerg,alert,crit,err,warn",
        .shows = true,
        .page = "A line of the kernel's log in which a warning, an oops or a sanitizer names "
                "`net/tls` or a function of it.",
        .guide = "",
        .look = look_kernel_warnings},
    FindingRow{
        .code = FindingCode::ServerKeyUpdate,
        .severity = FindingSeverity::Unsafe,
        .sentence = "{subject} ends a TLS 1.3 connection at a KeyUpdate: {because}",
        .next = "upgrade OpenSSL and kernel of that server, or let it use TLS 1.2 alone; until "
                "then connect with TLS 1.2",
        .command = "",
        .page = "Tried with `--connect HOST:PORT --key-update`, by a client without kernel TLS: "
                "the fault is the server's.",
        .guide = "",
        .look = look_server_key_update},
    FindingRow{.code = FindingCode::KernelWithoutTls,
               .severity = FindingSeverity::OffPath,
               .sentence = "kernel {kernel} was built without TLS ({because})",
               .next = "boot a kernel with CONFIG_TLS; Debian's have it since 12",
               .command = "",
               .page =
                   "No program can hand its TLS to this kernel, whatever it asks for. Kernels for "
                   "micro virtual machines and Debian 11's are built so.",
               .guide = "1B",
               .look = look_kernel_without_tls},
    FindingRow{
        .code = FindingCode::ModuleMissing,
        .severity = FindingSeverity::OffPath,
        .sentence = "module tls is not installed for kernel {kernel}: {because}",
        .next = "install the kernel's package of modules (Ubuntu: linux-modules-extra, Fedora: "
                "kernel-modules), or boot the kernel that is installed",
        .command = "",
        .page = "The kernel supports TLS, and the file of its module is not there: the package "
                "is not installed, or the kernel was upgraded and not yet booted.",
        .guide = "1A",
        .look = look_module_missing},
    FindingRow{.code = FindingCode::ModuleDenyListed,
               .severity = FindingSeverity::OffPath,
               .sentence = "module tls is deny-listed ({because}), so the kernel has no TLS",
               .next = "if this host may use kernel TLS, disable that line and load the module",
               .command = "sed -i {edit} {file} && modprobe tls",
               .page = "An administrator or a hardening guide denied the module. `blacklist` only "
                       "prevents that the kernel loads it by itself; `install tls /bin/false` also "
                       "stops modprobe.",
               .guide = "1A",
               .look = look_module_deny_listed},
    FindingRow{
        .code = FindingCode::ModuleLocked,
        .severity = FindingSeverity::OffPath,
        .sentence = "module tls is not loaded, and no module can be until the next boot: {because}",
        .next = "let /etc/modules-load.d load tls at boot, before kernel.modules_disabled is "
                "set, and reboot",
        .command = "",
        .page = "`kernel.modules_disabled` cannot be set back. What is to be used has to be "
                "loaded before it is set.",
        .guide = "1A",
        .look = look_module_locked},
    FindingRow{.code = FindingCode::ModuleNotLoaded,
               .severity = FindingSeverity::OffPath,
               .sentence = "module tls is not loaded, so the kernel has no TLS",
               .next = "load it; ktls-tuner apply --persist does so at every boot",
               .command = "modprobe tls",
               .page =
                   "The kernel loads it by itself only for a process with CAP_NET_ADMIN. A worker "
                   "without it gets ENOENT, libssl ignores that, and TLS stays in the program. "
                   "Connections that began before the module was loaded stay there.",
               .guide = "1A",
               .look = look_module_not_loaded},
    FindingRow{
        .code = FindingCode::LibraryTooOld,
        .severity = FindingSeverity::OffPath,
        .sentence = "{program} uses {library}, which has no kernel TLS",
        .next = "give it OpenSSL 3.0 or later; 3.2 or later also receives TLS 1.3 in the kernel",
        .command = "",
        .page = "OpenSSL has kernel TLS since 3.0, where the distribution builds it in. A "
                "program may bring a library of its own, so `openssl version` does not tell.",
        .guide = "1C",
        .look = look_library_too_old},
    FindingRow{
        .code = FindingCode::ServerOptionMissing,
        .severity = FindingSeverity::OffPath,
        .sentence = "{program} keeps TLS in user space, because {file}:{line} has TLS without "
                    "{option}{warning}",
        .next = "add that line there and restart it",
        .command = "sed -i {edit} {file} && {test!} && systemctl restart {subject}",
        .page = "libssl hands a connection to the kernel only if it is asked to (`Options = "
                "KTLS`). A program with a configuration of its own asks there. Where kernel "
                "and OpenSSL cannot renew keys, the command also limits the server to TLS 1.2.",
        .guide = "",
        .look = look_server_option_missing},
    FindingRow{.code = FindingCode::OpensslOptionMissing,
               .severity = FindingSeverity::OffPath,
               .sentence = "{program} keeps TLS in user space, because {because}{warning}",
               .next =
                   "ktls-tuner openssl-conf prints and proves a configuration that asks, and the "
                   "lines for its service",
               .command = "ktls-tuner openssl-conf --for {name}",
               .shows = true,
               .page = "libssl hands a connection to the kernel only if it is asked to (`Options = "
                       "KTLS`). A program without such an option of its own is asked through the "
                       "OpenSSL configuration that it reads.",
               .guide = "",
               .look = look_openssl_option_missing},
    FindingRow{.code = FindingCode::KeysNotSet,
               .severity = FindingSeverity::OffPath,
               .sentence =
                   "{program} attached the kernel's TLS to {without_keys} connections and set no "
                   "key",
               .next = "ktls-tuner probe shows which versions and ciphers this kernel and libssl "
                       "share; prefer AES-GCM in the server's list of ciphers",
               .command = "ktls-tuner probe",
               .shows = true,
               .page = "libssl asked the kernel, and then went on itself: the cipher or version is "
                       "not one that both have. Ciphers with CBC, RC4 and 3DES never are.",
               .guide = "1D 2A",
               .look = look_keys_not_set},
    FindingRow{
        .code = FindingCode::TlshdMissing,
        .severity = FindingSeverity::OffPath,
        .sentence = "{users} ask for TLS in the kernel, and tlshd, which shakes hands for it, "
                    "does not run",
        .next = "install ktls-utils and start its service",
        .command = "systemctl enable --now tlshd.service",
        .page = "The kernel encrypts NFS and NVMe itself, and asks a daemon for the handshake. "
                "Without it a mount fails after a time-out.",
        .guide = "",
        .look = look_tlshd_missing},
    FindingRow{
        .code = FindingCode::ProbeOffPath,
        .severity = FindingSeverity::OffPath,
        .sentence = "the probe of {at} proved {version} {direction} to be in {taken}, where the "
                    "profile expects {expected}",
        .next = "ktls-tuner probe names the reason for each cell",
        .command = "ktls-tuner probe",
        .shows = true,
        .page = "The last probe of this kernel, with real connections over loopback or across "
                "the wire.",
        .guide = "1D",
        .look = look_probe_off_path},
    FindingRow{.code = FindingCode::NicChecksumOff,
               .severity = FindingSeverity::OffPath,
               .sentence = "{because}",
               .next = "switch it on",
               .command = "ethtool -K {subject} tx on",
               .page =
                   "The kernel drops TLS offload of a NIC without checksum offload, and says so "
                   "only in a debug message.",
               .guide = "",
               .look = look_nic_checksum_off},
    FindingRow{.code = FindingCode::NicFeatureDropped,
               .severity = FindingSeverity::OffPath,
               .sentence = "{because}",
               .next = "{how}",
               .command = "",
               .page = "The feature is requested and not active, for a reason that the kernel does "
                       "not tell.",
               .guide = "",
               .look = look_nic_feature_dropped},
    FindingRow{
        .code = FindingCode::ServerOffPath,
        .severity = FindingSeverity::OffPath,
        .sentence = "nothing that {subject} accepts can be in this host's kernel: {because}",
        .next = "let that server also accept AES-GCM; where the reason is OpenSSL or the kernel of "
                "this host, upgrade that",
        .command = "",
        .page =
            "Only with `--connect HOST:PORT`. No kernel takes ciphers with CBC from OpenSSL, nor "
            "versions before TLS 1.2.",
        .guide = "1D 2A",
        .look = look_server_off_path},
    FindingRow{
        .code = FindingCode::ServerChoosesOther,
        .severity = FindingSeverity::OffPath,
        .sentence = "{subject} chooses {chosen}, which stays in user space: {because}; it also "
                    "accepts {other}, which can be {done}",
        .next = "let that server prefer {other}, or offer it alone in the clients of this host",
        .command = "",
        .page =
            "Only with `--connect HOST:PORT`. Of all that a client offers the server chooses; a "
            "client that offers less decides itself.",
        .guide = "1D",
        .look = look_server_chooses_other},
};

}  // namespace tuner
