// The findings about NICs' links, CPUs and settings that cost speed, and about servers elsewhere.
// The catalogue puts them together (catalogue.cc).
#pragma once

#include "model/findings/looks.h"

#include <array>

namespace tuner {

inline constexpr std::array kSettingRows{
    FindingRow{.code = FindingCode::NicLinkSlow,
               .severity = FindingSeverity::Advice,
               .sentence =
                   "the PCIe link of {subject} runs at {speed} x{width}, and both of its ends can "
                   "{max_speed} x{max_width}",
               .next = "reseat the card, clean its contacts, or look for a limit in the firmware",
               .command = "lspci -vvs {bus}",
               .shows = true,
               .page = "The link limits what the NIC can move, wherever TLS runs.",
               .guide = "",
               .look = look_nic_link_slow},
    FindingRow{
        .code = FindingCode::InterruptsNotLocal,
        .severity = FindingSeverity::Advice,
        .sentence = "{count} interrupts of {subject} are served by CPUs away from its node {node} "
                    "(CPUs {cpus})",
        .next = "ktls-tuner apply places them",
        .command = "ktls-tuner apply -p {source}",
        .page = "Each packet then crosses between the sockets, and so does the program's copy "
                "of it. A NIC's node is in `/sys/class/net/NIC/device/numa_node`; programs "
                "belong there, too.",
        .guide = "3C",
        .look = look_interrupts_not_local},
    FindingRow{.code = FindingCode::IrqbalanceMoves,
               .severity = FindingSeverity::Advice,
               .sentence = "irqbalance ({detail}) moves the interrupts that profile {profile} "
                           "places",
               .next = "`irqbalance: ban` in the profile makes it leave these alone",
               .command = "",
               .page = "It looks every ten seconds, and places by load and by the NIC's node.",
               .guide = "3C",
               .look = look_irqbalance_moves},
    FindingRow{.code = FindingCode::ProgramNotLocal,
               .severity = FindingSeverity::Advice,
               .sentence = "{program} may use CPUs {allowed} alone, away from node {node} of {nic} "
                           "(CPUs {cpus})",
               .next = "give it `near: {nic}` under `services` of a profile, or start it with "
                       "ktls-tuner run --near {nic}",
               .command = "",
               .page = "The bytes that it sends then cross between the sockets. A program that may "
                       "use every CPU is the kernel's business.",
               .guide = "3C",
               .look = look_program_not_local},
    FindingRow{
        .code = FindingCode::GovernorSavesPower,
        .severity = FindingSeverity::Advice,
        .sentence = "{count} CPU frequency policies have governor {value}, which keeps the lowest "
                    "frequency",
        .next = "let it follow the load",
        .command = "echo {better} | tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor",
        .page = "Encryption then runs at the lowest frequency. intel_pstate and amd-pstate in "
                "their active mode have a governor of that name that follows the load, and are "
                "not meant.",
        .guide = "3B",
        .look = look_governor_saves_power},
    FindingRow{.code = FindingCode::PreferenceSavesPower,
               .severity = FindingSeverity::Advice,
               .sentence = "{count} CPU frequency policies have the energy preference {value}",
               .next = "prefer performance",
               .command = "echo balance_performance | tee "
                          "/sys/devices/system/cpu/cpufreq/policy*/energy_performance_preference",
               .page = "The CPU then raises its frequency late.",
               .guide = "3B",
               .look = look_preference_saves_power},
    FindingRow{.code = FindingCode::ProfileNotInEffect,
               .severity = FindingSeverity::Advice,
               .sentence = "{count} settings of profile {subject} are not in effect",
               .next = "ktls-tuner plan shows each with its cause; apply sets them",
               .command = "ktls-tuner apply -p {source}",
               .page = "The profile was applied, and the host differs from it now.",
               .guide = "",
               .look = look_profile_not_in_effect},
    FindingRow{.code = FindingCode::SettingOverridden,
               .severity = FindingSeverity::Advice,
               .sentence = "{subject} sets {count} settings otherwise than profile {profile}",
               .next = "remove them there, or from the profile",
               .command = "",
               .page = "Two owners of one setting: the last one wins, at boot or at any time.",
               .guide = "",
               .look = look_setting_overridden},
    FindingRow{.code = FindingCode::SysctlHarmful,
               .severity = FindingSeverity::Advice,
               .sentence = "{where} sets {subject} = {value}: {why}",
               .next = "{instead}",
               .command = "",
               .page = "Values that do harm, each with its source in the program's catalogue of "
                       "sysctls.",
               .guide = "",
               .look = look_sysctl_harmful},
    FindingRow{
        .code = FindingCode::ReceiveWindowLowered,
        .severity = FindingSeverity::Advice,
        .sentence = "{where} sets {subject} = {value}, which lowers the start of the receive "
                    "window from 131072 to {bytes} bytes",
        .next = "remove the line: the kernel's default is better; the largest value alone can "
                "be raised",
        .command = "sed -i {edit} {file} && sysctl -w net.ipv4.tcp_rmem=\"4096 131072 {maximum}\"",
        .page = "Recipes of the time before Linux 4.20 set `4096 87380 …`. A new connection "
                "then starts with a smaller window than without the recipe.",
        .guide = "",
        .look = look_receive_window_lowered},
    FindingRow{.code = FindingCode::ServerCanBreak,
               .severity = FindingSeverity::Advice,
               .sentence = "{subject} can break TLS 1.3 connections that this host's kernel sends "
                           "or receives, with one KeyUpdate: {because}",
               .next = "let clients with kernel TLS connect with TLS 1.2, or use OpenSSL 3.2 or "
                       "later with Linux 6.14 or later",
               .command = "",
               .page = "Only with `--connect HOST:PORT`. See "
                       "[the guide](guide.md#tls-13-keyupdate-the-danger).",
               .guide = "",
               .look = look_server_can_break},
};

}  // namespace tuner
