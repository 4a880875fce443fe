// udev rules (udev(7)) as far as they run ethtool(8). Pure.
#pragma once

#include "model/nic.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// One part of a rule: KERNEL=="eth*", ATTR{address}=="52:…", RUN+="…".
struct UdevToken {
  std::string key;        // without the attribute: "ATTR"
  std::string attribute;  // "address"; empty: none
  std::string op;         // "==", "!=", "=", "+=", "-=", ":="
  std::string value;      // without quotes
};

struct UdevRule {
  int number = 0;  // of its first line, from 1
  std::vector<UdevToken> tokens;
};

// The rules of a file, without comments. Lines that end in a backslash continue. A line that is not
// well-formed is dropped, as udev does.
std::vector<UdevRule> read_udev_rules(std::string_view text);

// A command that udev runs for a NIC.
struct UdevCommand {
  int number = 0;  // of the rule's first line
  std::string text;
};

// The commands that these rules of one file run for the NIC at an event of it ("add", "move"), in
// order. Only conditions on the event, name, driver, address and PCI ids are evaluated. A rule with
// another condition is left out, as is all that a jump skips or may skip: only udev knows.
std::vector<UdevCommand> udev_commands(const std::vector<UdevRule>& rules, const Nic& nic,
                                       std::string_view event);

// One setting of an ethtool call.
struct EthtoolSetting {
  std::string_view knob;  // "nic_features", "nic_rings", "nic_coalesce", "nic_channels"
  std::string name;       // ethtool's word: "tso", "rx", "rx-usecs"
  std::string value;
};

// What the ethtool calls in a command set on this NIC. Their device is its name, or a substitution
// of udev that stands for it ($name, %k).
std::vector<EthtoolSetting> ethtool_settings(std::string_view command, std::string_view nic);

}  // namespace tuner
