// The findings where nothing is wrong. The catalogue puts them together (catalogue.cc).
#pragma once

#include "model/findings/looks.h"

#include <array>

namespace tuner {

inline constexpr std::array kNoteRows{
    FindingRow{.code = FindingCode::SwitchedOff,
               .severity = FindingSeverity::Note,
               .sentence = "{program} is told not to use kernel TLS: {because}",
               .next = "remove that line if it may",
               .command = "",
               .page = "Its own configuration says so.",
               .guide = "",
               .look = look_switched_off},
    FindingRow{.code = FindingCode::ProgramCannot,
               .severity = FindingSeverity::Note,
               .sentence = "{program} cannot use kernel TLS: {because}",
               .next = "nothing on this host changes that",
               .command = "",
               .page =
                   "libssl hands over only connections that it reads and writes itself; other TLS "
                   "libraries mostly have no kernel TLS.",
               .guide = "",
               .look = look_program_cannot},
    FindingRow{.code = FindingCode::ProgramWouldBreak,
               .severity = FindingSeverity::Note,
               .sentence = "{program} must stay without kernel TLS",
               .next = "leave Options = KTLS out of the OpenSSL configuration that it reads",
               .command = "",
               .page = "With the option its connections break. See `program-breaks`.",
               .guide = "",
               .look = look_program_would_break},
    FindingRow{.code = FindingCode::ReceivesInUserSpace,
               .severity = FindingSeverity::Note,
               .sentence = "{program} sends TLS 1.3 in the kernel and receives it in user space: "
                           "{library} cannot hand over receiving",
               .next = "OpenSSL 3.2 or later can",
               .command = "",
               .page = "OpenSSL 3.0 and 3.1 hand over receiving for TLS 1.2 only.",
               .guide = "2B",
               .look = look_receives_in_user_space},
    FindingRow{
        .code = FindingCode::SeccompFilter,
        .severity = FindingSeverity::Note,
        .sentence = "{program} has a seccomp filter, which may refuse the kernel's TLS to it",
        .next = "let the filter allow setsockopt; of a unit: SystemCallFilter=",
        .command = "",
        .page = "None of its connections is in the kernel though it asks. What a filter "
                "refuses is not to be read from outside; libssl then goes on in user space "
                "without a word.",
        .guide = "",
        .look = look_seccomp_filter},
    FindingRow{.code = FindingCode::NicCannot,
               .severity = FindingSeverity::Note,
               .sentence = "{because}",
               .next = "TLS in the kernel, in software, is the best that this host can have",
               .command = "",
               .page = "No NIC of a virtual machine offloads TLS. Of the others few do: [NIC "
                       "drivers](nic-drivers.md).",
               .guide = "",
               .look = look_nic_cannot},
    FindingRow{
        .code = FindingCode::BuffersSmall,
        .severity = FindingSeverity::Note,
        .sentence = "{subject} allows {bytes} bytes in flight: {mbit} Mbit/s for one connection "
                    "over a path of 50 ms",
        .next = "ktls-tuner plan -p {source} shows the value for it",
        .command = "ktls-tuner plan -p {source}",
        .shows = true,
        .page = "A connection cannot carry more than its buffer in one round trip: bytes × 8 / "
                "round-trip time. A shorter path needs less.",
        .guide = "",
        .look = look_buffers_small},
    FindingRow{
        .code = FindingCode::DeepIdleStates,
        .severity = FindingSeverity::Note,
        .sentence = "{count} CPUs may sleep in {state}, which takes {latency} µs to leave "
                    "({driver})",
        .next = "where latency matters more than power, keep them out of it until the next boot",
        .command = "echo 1 | tee /sys/devices/system/cpu/cpu*/cpuidle/state{numbers!}/disable",
        .page = "The first packet after a pause then waits. A program that holds "
                "`/dev/cpu_dma_latency` open can forbid it, too; its limit is looked at.",
        .guide = "",
        .look = look_deep_idle_states},
    FindingRow{.code = FindingCode::MultipathTcp,
               .severity = FindingSeverity::Note,
               .sentence = "{count} connections here are MPTCP, which has no kernel TLS",
               .next = "give these programs TCP, if TLS in the kernel matters more",
               .command = "ss -M -a -p",
               .shows = true,
               .page = "A socket has one upper layer protocol, and MPTCP's is its own. Programs in "
                       "Go listen so by default.",
               .guide = "",
               .look = look_multipath_tcp},
    FindingRow{.code = FindingCode::OtherNetNamespace,
               .severity = FindingSeverity::Note,
               .sentence =
                   "this is a network namespace of its own ({name}): counters, sockets and NICs "
                   "are those of it alone",
               .next = "run it on the host, too",
               .command = "",
               .page = "The kernel counts TLS for each network namespace.",
               .guide = "",
               .look = look_other_net_namespace},
    FindingRow{.code = FindingCode::Container,
               .severity = FindingSeverity::Note,
               .sentence =
                   "this is a container ({container}): it cannot load modules, and sees its own "
                   "processes and network alone",
               .next = "run it on the host, too",
               .command = "",
               .page = "The kernel, its module tls and its NICs are those of the host.",
               .guide = "",
               .look = look_container},
    FindingRow{.code = FindingCode::VirtualMachine,
               .severity = FindingSeverity::Note,
               .sentence = "this is a virtual machine ({vendor})",
               .next = "what its hypervisor decides is set there",
               .command = "",
               .page = "TLS in the kernel works as on hardware. A NIC encrypts only if a whole one "
                       "is passed through, and CPU frequency, idle states and the PCIe link are "
                       "the hypervisor's.",
               .guide = "",
               .look = look_virtual_machine},
    FindingRow{.code = FindingCode::Fips,
               .severity = FindingSeverity::Note,
               .sentence =
                   "FIPS mode is on, and the kernel's crypto is not the validated provider of "
                   "OpenSSL",
               .next = "ask who certifies this host whether kernel TLS is allowed",
               .command = "",
               .page = "With kernel TLS the records are encrypted by the kernel.",
               .guide = "",
               .look = look_fips},
    FindingRow{
        .code = FindingCode::ServerOneWay,
        .severity = FindingSeverity::Note,
        .sentence = "{chosen}, which {subject} chooses, is {done}; {other} stays in user "
                    "space: {because}",
        .next = "{how}",
        .command = "",
        .page = "Only with `--connect HOST:PORT`. OpenSSL 3.0 and 3.1 hand over receiving for TLS "
                "1.2 only.",
        .guide = "2B",
        .look = look_server_one_way},
    FindingRow{.code = FindingCode::ClientsMustAsk,
               .severity = FindingSeverity::Note,
               .sentence = "{file} does not ask for kernel TLS: of the clients of {subject} only "
                           "those that ask themselves have it",
               .next = "ktls-tuner run --ktls -- COMMAND starts one that asks; ktls-tuner "
                       "openssl-conf --for SERVICE prints a configuration that does",
               .command = "",
               .page = "Only with `--connect HOST:PORT`, whose own connections ask.",
               .guide = "",
               .look = look_clients_must_ask},
};

}  // namespace tuner
