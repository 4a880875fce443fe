#include "probe/handshake/own_counts.h"

#include "host/net/egress.h"

namespace tuner {
namespace {

DriverDelta without_zeros(DriverDelta delta) {
  std::erase_if(delta, [](const auto& entry) { return entry.second == 0; });
  return delta;
}

std::optional<DriverDelta> driver_delta(const Counts& before, const Counts& after) {
  // A NIC that was read only once would make its whole count look like traffic of the probe.
  if (before.driver_unread || after.driver_unread || !after.driver) return std::nullopt;
  return counter_delta(before.driver.value_or(DriverCounters{}), *after.driver);
}

}  // namespace

// The route of the connection decides, not a name from the command line: a host with several NICs
// may answer on another one.
Egress find_egress(const FileTree& files, int socket) {
  auto interface = egress_interface(socket);
  if (!interface) return {};
  return {.interface = *interface, .nics = nics_below(files, *interface)};
}

// The counters of all NICs below a bond are added: the connection may use any of them.
Counts count(const FileTree& files, const Egress& egress) {
  Counts counts{.kernel = read_tls_stat(files)};
  for (const std::string& nic : egress.nics) {
    const auto statistics = nic_statistics(nic);
    if (!statistics && !is_absent(statistics.error())) counts.driver_unread = true;
    if (!statistics) continue;
    if (!counts.driver) counts.driver.emplace();
    add_counters(*counts.driver, offload_counters(*statistics));
  }
  return counts;
}

void add_counts(ProbeCell& cell, OwnEvidence& evidence, const Egress& egress, const Counts& before,
                const Counts& after) {
  const auto counters = counted(before.kernel, after.kernel);
  const auto driver = driver_delta(before, after);
  cell.counters = counters.value_or(TlsStatDelta{});
  cell.interface = egress.interface;
  cell.nics = egress.nics;
  cell.driver_counters = without_zeros(driver.value_or(DriverDelta{}));
  evidence.interface = egress.interface;
  evidence.driver = driver;
  set_counters(evidence, counters);
}

}  // namespace tuner
