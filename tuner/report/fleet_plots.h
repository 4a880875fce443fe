// What the plots of a fleet's page count. Pure. Not known is a category of its own, never a zero.
#pragma once

#include "report/fleet.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

enum class Trouble { Drift, Cannot, Failed, NotKnown };

// Why hosts are not in sync; a host is counted at each of its reasons. A stale host and one without
// a check have the reason that their state is not known, and no other.
struct HostReason {
  Trouble trouble = Trouble::NotKnown;
  std::string what;
  std::vector<const FleetHost*> hosts;
};
std::vector<HostReason> reasons_of(const Fleet& fleet);  // most hosts first, not known last

// Hosts by the best path of one version in one direction. "unknown" is what a probe says that could
// not tell; "not probed" is a host without such a probe.
inline constexpr std::array<std::string_view, 6> kPaths = {"device", "kernel",  "userspace",
                                                           "failed", "unknown", "not probed"};
struct PathShare {
  std::string version;
  std::string_view direction;  // transmit, receive
  std::array<int, kPaths.size()> hosts{};
};
std::vector<PathShare> path_shares(const Fleet& fleet);  // empty: no host was probed

}  // namespace tuner
