#include "bench/load/wire_options.h"

namespace tuner {

int cpu_near(const WireLoad& wire, const std::string& interface,
             const std::vector<std::string>& nics, int otherwise) {
  for (const std::string& nic : nics) {
    if (const auto found = wire.cpu_by_nic.find(nic); found != wire.cpu_by_nic.end())
      return found->second;
  }
  const auto found = wire.cpu_by_nic.find(interface);
  return found == wire.cpu_by_nic.end() ? otherwise : found->second;
}

}  // namespace tuner
