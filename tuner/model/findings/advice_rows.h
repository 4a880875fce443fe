// The findings about TLS that cost speed, or fail later. The catalogue puts them together
// (catalogue.cc).
#pragma once

#include "model/findings/looks.h"

#include <array>

namespace tuner {

inline constexpr std::array kAdviceRows{
    FindingRow{.code = FindingCode::LoadingBreaks,
               .severity = FindingSeverity::Advice,
               .sentence = "{because}",
               .next = "before module tls is loaded: {ways}",
               .command = "",
               .page = "The next step of other findings is to load the module. This program would "
                       "suffer by it.",
               .guide = "",
               .look = look_loading_breaks},
    FindingRow{.code = FindingCode::ModuleNotAtBoot,
               .severity = FindingSeverity::Advice,
               .sentence = "module tls is loaded now, and nothing loads it at the next boot",
               .next = "let the system load it, or ktls-tuner apply --persist",
               .command = "echo tls >/etc/modules-load.d/tls.conf",
               .page =
                   "After the next boot the kernel loads it only for a process with "
                   "CAP_NET_ADMIN. A worker without it gets ENOENT, and its TLS is in user space.",
               .guide = "",
               .look = look_module_not_at_boot},
    FindingRow{.code = FindingCode::KernelOld,
               .severity = FindingSeverity::Advice,
               .sentence = "kernel {kernel} has no TLS of a later kernel: {missing}",
               .next = "upgrade the kernel",
               .command = "",
               .page = "What a connection needs and the kernel lacks stays in user space. Of a "
                       "vendor's kernel nothing is said: it has features that its number does not "
                       "tell.",
               .guide = "1B 2B 3A",
               .look = look_kernel_old},
    FindingRow{.code = FindingCode::SessionsOutside,
               .severity = FindingSeverity::Advice,
               .sentence =
                   "{program} asks for kernel TLS, and none of its {outside} connections is in "
                   "the kernel",
               .next = "restart it: connections that began before the kernel had TLS stay in user "
                       "space; it may also be that these carry no TLS",
               .command = "systemctl restart {service}",
               .page = "A connection is handed over once, after its handshake. A worker that got "
                       "ENOENT before the module was loaded, and some servers that look only when "
                       "they start, go on in user space.",
               .guide = "",
               .look = look_sessions_outside},
    FindingRow{.code = FindingCode::LibraryReplaced,
               .severity = FindingSeverity::Advice,
               .sentence = "{program} still runs {library}, which was replaced since it started",
               .next = "restart it",
               .command = "systemctl restart {service}",
               .page =
                   "After an upgrade a process keeps the library that it started with, with its "
                   "defects and its lack of kernel TLS.",
               .guide = "",
               .look = look_library_replaced},
    FindingRow{
        .code = FindingCode::LibraryDefects,
        .severity = FindingSeverity::Advice,
        .sentence = "{program} uses {library}, which has a known defect ({defect}): {symptom}",
        .next = "{fix}; it matters with {needs}",
        .command = "",
        .page = "Known defects of OpenSSL that matter with kernel TLS.",
        .guide = "",
        .look = look_library_defects},
    FindingRow{
        .code = FindingCode::DecryptErrors,
        .severity = FindingSeverity::Advice,
        .sentence = "the kernel could not decrypt {count} TLS records since it started{rising}",
        .next = "if the number grows: damaged or hostile records, or a defect; update kernel "
                "and OpenSSL",
        .command = "ktls-tuner watch",
        .shows = true,
        .page = "Each ended a connection (`TlsDecryptError`). Anyone who can connect can cause "
                "some.",
        .guide = "",
        .look = look_decrypt_errors},
    FindingRow{
        .code = FindingCode::DeviceResync,
        .severity = FindingSeverity::Advice,
        .sentence = "the NIC lost the record boundaries {count} times, much more often than there "
                    "were sessions{rising}",
        .next = "look for lost and reordered segments; without them, switch receive offload off",
        .command = "nstat -az TcpRetransSegs TcpExtTCPOFOQueue",
        .shows = true,
        .page = "After a lost segment the NIC searches for the next record, and the kernel "
                "decrypts meanwhile (`TlsRxDeviceResync`).",
        .guide = "",
        .look = look_device_resync},
    FindingRow{
        .code = FindingCode::SockMaps,
        .severity = FindingSeverity::Advice,
        .sentence = "{count} BPF maps of this machine hold sockets, and a socket in one has no "
                    "kernel TLS",
        .next = "bpftool shows whose they are; a service mesh can often leave ports out",
        .command = "bpftool map list",
        .shows = true,
        .page = "Kernels since 7.3, 6.12.111 and 6.1.189 refuse TLS on a socket in a sockmap, and "
                "the program goes on in user space without a word. Older ones had races there.",
        .guide = "",
        .look = look_sock_maps},
    FindingRow{.code = FindingCode::CipherGeneric,
               .severity = FindingSeverity::Advice,
               .sentence =
                   "the kernel encrypts AES-GCM with {driver} ({because}), which costs several "
                   "times the CPU time of user space",
               .next = "{how}",
               .command = "",
               .page = "The kernel takes the driver with the highest priority of those that are "
                       "loaded.",
               .guide = "",
               .look = look_cipher_generic},
    FindingRow{
        .code = FindingCode::CipherAsync,
        .severity = FindingSeverity::Advice,
        .sentence = "the kernel encrypts AES-GCM with {driver}, which is asynchronous",
        .next = "keep the kernel patched, since many defects of its TLS are in this case; or "
                "unload the driver, so that the CPU encrypts",
        .command = "",
        .page = "A crypto device, or cryptd, takes the records from a queue. TLS 1.2 may queue "
                "several, TLS 1.3 waits for each one.",
        .guide = "",
        .look = look_cipher_async},
    FindingRow{.code = FindingCode::NicOffloadOff,
               .severity = FindingSeverity::Advice,
               .sentence = "{because}",
               .next = "switch it on; new connections use it",
               .command = "ethtool -K {subject} tls-hw-tx-offload on",
               .page = "The NIC can encrypt TLS 1.2 with AES-GCM, and is not asked to.",
               .guide = "",
               .look = look_nic_offload_off},
    FindingRow{.code = FindingCode::NicDriverOption,
               .severity = FindingSeverity::Advice,
               .sentence = "{because}",
               .next = "{how}",
               .command = "",
               .page =
                   "The card may be able to, and this kernel's driver was built without it. "
                   "Debian's kernels have no `CONFIG_MLX5_EN_TLS`, so a ConnectX never encrypts "
                   "there.",
               .guide = "",
               .look = look_nic_driver_option},
    FindingRow{.code = FindingCode::NicSwitchdev,
               .severity = FindingSeverity::Advice,
               .sentence = "{because}",
               .next =
                   "leave switchdev mode if nothing here needs it: it removes the representors of "
                   "virtual functions",
               .command = "devlink dev eswitch set pci/{bus} mode legacy",
               .page = "In switchdev mode mlx5_core has no TLS offload.",
               .guide = "",
               .look = look_nic_switchdev},
    FindingRow{
        .code = FindingCode::NicBond,
        .severity = FindingSeverity::Advice,
        .sentence = "{because}",
        .next = "{how}",
        .command = "",
        .page = "The kernel offloads through a bond only if a connection stays on one member.",
        .guide = "",
        .look = look_nic_bond},
    FindingRow{.code = FindingCode::NicSoftwareInterface,
               .severity = FindingSeverity::Advice,
               .sentence = "{because}",
               .next = "{how}",
               .command = "",
               .page =
                   "The kernel asks the device of the route. Of those on top of a NIC only a bond "
                   "passes it on.",
               .guide = "",
               .look = look_nic_software_interface},
    FindingRow{
        .code = FindingCode::KernelWithoutOffload,
        .severity = FindingSeverity::Advice,
        .sentence = "{nic} could encrypt, and kernel {kernel} was built without CONFIG_TLS_DEVICE",
        .next = "boot a kernel with that option",
        .command = "",
        .page = "TLS then runs in the kernel in software.",
        .guide = "",
        .look = look_kernel_without_offload},
};

}  // namespace tuner
