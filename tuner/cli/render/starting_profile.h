// The text of a new profile for a machine: it extends a shipped one, and has the facts and possible
// settings of this machine as comments. Pure.
#pragma once

#include "model/facts.h"

#include <map>
#include <string>

namespace tuner {

struct StartingProfile {
  std::string name;     // a valid one
  std::string extends;  // a shipped profile
  std::string because;  // why this one
  // The present values of sysctls by name, as the kernel prints them.
  std::map<std::string, std::string> sysctls;
};

// A valid profile, which sets what `extends` sets. A comment that starts with "# " is for people;
// any other is a setting: valid without its '#'. Needs FactNeed::Nics; what facts do not have is
// left out, and what they could not read is said.
std::string starting_profile_text(const StartingProfile& start, const Facts& facts);

}  // namespace tuner
