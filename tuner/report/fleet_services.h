// Which services of a fleet have their TLS in the kernel or the NIC, and which programs suffer by
// it. Pure.
#pragma once

#include "report/fleet.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tuner {

// Programs at risk, by service and kind of risk: those that need an action first, then by the
// number of hosts.
struct FleetRisk {
  std::string service;
  std::string risk;
  bool needs_action = false;
  bool accepted = false;  // on each of these hosts
  SavedProgram example;   // of the first host
  std::vector<const FleetHost*> hosts;
};
std::vector<FleetRisk> risks_of(const Fleet& fleet);

// A service on all hosts. Each host is in one list.
struct FleetService {
  std::string service;
  std::uint64_t eligible = 0, covered = 0;  // sessions, on hosts where they are known
  std::vector<const FleetHost*> offloaded;  // each eligible session is covered
  std::vector<const FleetHost*> partly;
  std::vector<const FleetHost*> not_offloaded;
  std::vector<const FleetHost*> cannot;   // no session is eligible
  std::vector<const FleetHost*> unknown;  // sessions outside the kernel are not known
};
// Those first that are not offloaded on most hosts. Without stale hosts.
std::vector<FleetService> services_of(const Fleet& fleet);

// Hosts of which no document has a look at programs, or at sessions.
std::vector<const FleetHost*> hosts_without_programs(const Fleet& fleet);
// Also those whose sessions could not be seen.
std::vector<const FleetHost*> hosts_without_sessions(const Fleet& fleet);

}  // namespace tuner
