// One apply: of what, when, by whom.
#pragma once

#include "model/plan.h"

#include <string>

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
};

}  // namespace tuner
