// The shipped profile that fits a machine, and why.
#pragma once

#include "model/facts.h"

#include <string>

namespace tuner {

struct Recommendation {
  std::string profile;
  std::string because;
};

// Needs FactNeed::Nics. Never low-latency or bulk-transfer: what a host is for cannot be read off
// it.
Recommendation recommend(const Facts& facts);

}  // namespace tuner
