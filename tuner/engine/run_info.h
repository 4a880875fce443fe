// Describes one apply: profile, time, user, scope.
#pragma once

#include "model/plan.h"
#include "model/programs/program_risk.h"

#include <string>
#include <vector>

namespace tuner {

struct RunInfo {
  std::string id;  // sorts by time: "20261123T081500-4711"
  std::string boot_id;
  std::string kernel;   // its release
  std::string profile;  // name
  std::string path;     // the file it was read from
  std::string digest;
  std::string at;  // RFC 3339
  std::string by;  // who: "root", "root (sudo: alice)"
  // How much it was allowed to disturb traffic. A preferred setting that this blocked is no drift.
  Disruption max_disruption = Disruption::NewConnections;
  // The risks for programs that the operator accepted (--accept-risk).
  std::vector<AcceptedRisk> accepted_risks = {};
  // Its scope; empty: everything. The run set nothing outside of its scope.
  std::vector<std::string> only = {};  // families
  std::vector<std::string> skip = {};
  std::vector<std::string> nics = {};  // Nic::key()
  // The online CPUs when it began, "0-3"; empty: not recorded (an older release, or no family
  // needed it).
  std::string cpus_online = {};
};

}  // namespace tuner
