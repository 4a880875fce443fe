// Lists the external settings of a machine in memory, for the tests of host/owners/.
#pragma once

#include "host/facts/collect.h"
#include "support/fake_host.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tuner::testing {

// The settings of one owner, one per line:
// "eth0: nic_rings rx = max (/etc/systemd/network/10-eth0.link:4)"
inline std::string external_of(const FakeMachine& machine, std::string_view who) {
  std::string text;
  for (const ExternalSetting& external :
       collect_facts(machine.host(), FactNeed::All).external_settings) {
    if (external.who != who) continue;
    text += fmt::format("{}{} {} = {} ({})\n", external.nic.empty() ? "" : external.nic + ": ",
                        external.knob.empty() ? "file" : external.knob, external.setting,
                        external.value, external.where);
  }
  return text;
}

// Adds the PID file and a process of a running service.
inline void run_service(FakeMachine& machine, std::string_view name) {
  machine.set(fmt::format("/run/{}/{}.pid", name, name), "700");
  machine.set("/proc/700/comm", name);
}

}  // namespace tuner::testing
