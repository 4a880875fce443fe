// Excludes devices from irqbalance with a drop-in for irqbalance.service. The drop-in adds this
// project's policy script (scripts/host/irqbalance-policy) to the administrator's command line, and
// the devices to the environment.
//
// irqbalance's socket ("settings ban irqs") is not used: its list holds interrupt numbers, which
// the next driver reload changes, and is lost when irqbalance is restarted. The policy script reads
// the environment of the running process, so that is also what is observed.
#pragma once

#include "base/result.h"
#include "host/host.h"

#include <set>
#include <string>
#include <string_view>

namespace tuner {

using PciAddresses = std::set<std::string, std::less<>>;

inline constexpr std::string_view kBanUnit = "irqbalance.service";
// Sorts after all other drop-ins; below /run, so it is gone after a reboot.
inline constexpr std::string_view kBanDropIn =
    "/run/systemd/system/irqbalance.service.d/zz-ktls-tuner.conf";
inline constexpr std::string_view kBanScript = "irqbalance-policy";
inline constexpr std::string_view kBanVariable = "KTLS_TUNER_BAN";

// The state of irqbalance on this machine.
struct BanState {
  int pid = 0;                  // 0: not running
  bool of_unit = false;         // the process belongs to irqbalance.service
  bool unit = false;            // the unit exists and systemd runs
  std::string refused;          // why no option can be added to the unit's command; empty: it can
  std::string command;          // the unit's ExecStart without our drop-in
  bool asks_us = false;         // the process uses our policy script
  PciAddresses in_process;      // banned in the environment of the process
  PciAddresses in_drop_in;      // banned in the drop-in, from the next start on
  std::optional<Error> unread;  // why the environment could not be read
};
BanState read_ban_state(const FileTree& files);

// Pure. Writes the drop-in's text; reads the devices from one.
std::string ban_drop_in(std::string_view command, std::string_view script,
                        const PciAddresses& devices);
PciAddresses devices_of_drop_in(std::string_view text);

// The policy script that a NUL-separated command line selects; empty: none.
std::string policy_script_of(std::string_view command_line);

}  // namespace tuner
