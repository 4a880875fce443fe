// One apply: of what, when, by whom.
#pragma once

#include "model/plan.h"

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
  // What it was allowed to do to traffic. A preferred setting that this held back is no drift.
  Disruption max_disruption = Disruption::NewConnections;
  // What it had in scope; empty: everything. A setting outside of it was never set by this run.
  std::vector<std::string> only = {};  // families
  std::vector<std::string> skip = {};
  std::vector<std::string> nics = {};  // Nic::key()
  // When it began; empty: not recorded (an older release, or no family needed it).
  std::string cpus_online = {};  // "0-3"
};

}  // namespace tuner
