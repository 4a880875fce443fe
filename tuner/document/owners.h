// Other owners of settings, in the document of facts.
#pragma once

#include "document/common.h"

namespace tuner::document {

struct Neighbour {
  std::string name;
  std::string detail;
  std::int64_t pid = 0;
};

void describe(auto& keys, Exactly<Neighbour> auto& neighbour) {
  keys.object("neighbour", "A running program that tunes the machine, too");
  keys.key({"name"}, neighbour.name);
  keys.key({"detail"}, neighbour.detail);
  keys.key({"pid"}, neighbour.pid);
}

inline constexpr std::array<std::string_view, 7> kOwners{
    "sysctl.d", "systemd-udevd", "NetworkManager",    "tuned",
    "bpftune",  "irqbalance",    "google-guest-agent"};

struct External {
  std::string who;
  std::string where;
  std::optional<std::string> knob;
  std::string setting;
  Texts except;
  std::optional<std::string> nic;
  std::optional<std::string> value;
};

void describe(auto& keys, Exactly<External> auto& external) {
  keys.object("external_setting",
              "An external setting: set by a file, or chosen by a running program");
  keys.key({"who", {}, {.words = kOwners}}, external.who);
  keys.key({"where", "file:line, or pid N if a running program chooses the value", kNotEmpty},
           external.where);
  keys.key({"knob", "The family; null: setting is the path of a file"}, external.knob);
  keys.key({"setting", "A name or pattern, without the NIC", kNotEmpty}, external.setting);
  keys.key({"except", "The exceptions from the pattern"}, external.except);
  keys.key({"nic", "null: every NIC, or not a setting of NICs"}, external.nic);
  keys.key({"value", "As written in the file; null: the program chooses"}, external.value);
}

}  // namespace tuner::document
