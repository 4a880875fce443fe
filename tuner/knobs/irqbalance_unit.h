// How irqbalance is told to leave devices alone: a drop-in of ours for irqbalance.service, which
// adds our policy script (scripts/host/irqbalance-policy) to the administrator's own command line,
// and the devices to its environment.
//
// Not irqbalance's socket ("settings ban irqs"): that list holds numbers, which the next driver
// reload changes, and is forgotten when irqbalance is restarted. What is in the environment of the
// running process is what its policy script goes by, so it is also what is observed.
#pragma once

#include "base/result.h"
#include "host/host.h"

#include <set>
#include <string>
#include <string_view>

namespace tuner {

using PciAddresses = std::set<std::string, std::less<>>;

inline constexpr std::string_view kBanUnit = "irqbalance.service";
// The last of all drop-ins by name; below /run, so it is gone after a reboot.
inline constexpr std::string_view kBanDropIn =
    "/run/systemd/system/irqbalance.service.d/zz-ktls-tuner.conf";
inline constexpr std::string_view kBanScript = "irqbalance-policy";
inline constexpr std::string_view kBanVariable = "KTLS_TUNER_BAN";

// How irqbalance stands on this machine.
struct BanState {
  int pid = 0;              // 0: it does not run
  bool of_unit = false;     // the process belongs to irqbalance.service
  bool unit = false;        // there is such a unit, and systemd
  std::string refused;      // why no option can be added to the unit's command; empty: one can
  std::string command;      // the administrator's own ExecStart
  bool asks_us = false;     // the process asks our policy script
  PciAddresses in_process;  // that the process was told to leave alone
  PciAddresses in_drop_in;  // that it will be told at its next start
  std::string unreadable;   // why in_process could not be read: it is not root's business alone
};
BanState read_ban_state(const FileTree& files);

// Pure. The drop-in's text, and the devices that one names.
std::string ban_drop_in(std::string_view command, std::string_view script,
                        const PciAddresses& devices);
PciAddresses devices_of_drop_in(std::string_view text);

// The policy script that counts in a NUL separated command line; empty: none.
std::string policy_script_of(std::string_view command_line);

}  // namespace tuner
