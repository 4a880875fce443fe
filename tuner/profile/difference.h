// The difference between the effects of two profiles. Pure.
#pragma once

#include "model/profile.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

// A setting, or a part of an entry, that one of the profiles has alone or that differs. Reasons
// (`why`), positions and the profiles' names do not count.
struct ProfileDifference {
  std::string section;           // "sysctl", "expect.paths"
  std::string entry;             // of a list: what the entry is about, "any: physical"; or empty
  std::string name;              // "net.core.somaxconn", "rings.rx"; empty: the entry itself
  std::optional<std::string> a;  // "= 5", ">= 5 (preferred)"; nullopt: profile a does not have it
  std::optional<std::string> b;
  bool operator==(const ProfileDifference&) const = default;
};

// In the order of the format. Entries of a list are compared with the entries about the same NICs,
// CPUs or cells; their order counts, because a later entry wins. Empty: the two have one effect.
std::vector<ProfileDifference> differences(const Profile& a, const Profile& b);

}  // namespace tuner
