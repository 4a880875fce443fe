#include "knobs/select_nics.h"

#include "base/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {
namespace {

template <typename Meets>
const Nic* first_meeting(const std::vector<const Nic*>& stack, Meets meets) {
  const auto found = std::ranges::find_if(stack, [&](const Nic* nic) { return meets(*nic); });
  return found == stack.end() ? nullptr : *found;
}

// For each key of the selector, the first device of the stack that meets it. nullptr if none does;
// then the NIC is not selected.
std::vector<const Nic*> devices_meeting_keys(const NicSelector& selector,
                                             const std::vector<const Nic*>& stack) {
  std::vector<const Nic*> found;
  const auto key = [&](bool given, auto meets) {
    if (given) found.push_back(first_meeting(stack, meets));
  };
  key(selector.any_physical, [](const Nic& nic) { return nic.physical; });
  key(!selector.names.empty(), [&](const Nic& nic) {
    return std::ranges::any_of(selector.names,
                               [&](const auto& glob) { return glob_match(glob, nic.name); });
  });
  key(!selector.drivers.empty(),
      [&](const Nic& nic) { return std::ranges::count(selector.drivers, nic.driver) > 0; });
  key(!selector.numa_nodes.empty(),
      [&](const Nic& nic) { return std::ranges::count(selector.numa_nodes, nic.numa_node) > 0; });
  key(selector.carries_default_route, [](const Nic& nic) { return nic.carries_default_route; });
  return found;
}

}  // namespace

std::vector<SelectedNic> select_nics(const NicSelector& selector, const Facts& facts) {
  std::vector<SelectedNic> selected;
  for (const Nic& nic : facts.nics) {
    // Only the lowest device has queues, interrupts and rings. A selector may describe it through a
    // bond or VLAN above, such as the one that carries the default route.
    if (!nic.lowers.empty()) continue;
    const auto found = devices_meeting_keys(selector, facts.stack_on(nic));
    if (found.empty() || std::ranges::count(found, nullptr) > 0) continue;
    const auto upper = std::ranges::find_if(found, [&](const Nic* met) { return met != &nic; });
    selected.push_back({&nic, upper == found.end() ? "" : (*upper)->name});
  }
  return selected;
}

std::string to_text(const NicSelector& selector) {
  std::vector<std::string> keys;
  if (selector.any_physical) keys.emplace_back("any physical");
  if (!selector.names.empty())
    keys.push_back(fmt::format("name {}", fmt::join(selector.names, " or ")));
  if (!selector.drivers.empty())
    keys.push_back(fmt::format("driver {}", fmt::join(selector.drivers, " or ")));
  if (!selector.numa_nodes.empty())
    keys.push_back(fmt::format("numa_node {}", fmt::join(selector.numa_nodes, " or ")));
  if (selector.carries_default_route) keys.emplace_back("carries default-route");
  return join(keys, ", ");
}

}  // namespace tuner
