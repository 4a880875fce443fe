// The shipped profile that fits a machine, and why.
#pragma once

#include "model/facts.h"

#include <string>

namespace tuner {

struct Recommendation {
  std::string profile;
  std::string because;
};

// Needs FactNeed::Nics. Never recommends low-latency or bulk-transfer: the purpose of a host cannot
// be detected.
Recommendation recommend(const Facts& facts);

}  // namespace tuner
