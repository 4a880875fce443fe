// The TLS counters of a NIC's driver, as `ethtool -S` shows them. model/nic_drivers.h defines what
// each name means. Pure.
#pragma once

#include "host/net/nic_statistics.h"
#include "model/nic_drivers.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tuner {

using DriverCounters = std::map<std::string, std::uint64_t>;
using DriverDelta = std::map<std::string, std::int64_t>;

// The statistics whose name contains "tls". A counter that exists only per queue ("tx0_tls_ooo",
// "tx_tls_ooo[3]") is summed under the name without the queue.
DriverCounters offload_counters(const NicStatistics& all);

// Adds the counters of another NIC: a bond sends through several NICs.
void add_counters(DriverCounters& sum, const DriverCounters& more);

// Every name of `after`; unchanged counters are 0. They are kept because the set of names shows
// what the driver can count.
DriverDelta counter_delta(const DriverCounters& before, const DriverCounters& after);

// The change of all counters of this kind together; nullopt: the driver has none.
std::optional<std::int64_t> moved(const DriverDelta& delta, TlsDirection direction,
                                  TlsStatistic::Kind kind);

// The error counters that increased: "tx_tls_drop_no_sync_data +3"; empty: none.
std::string trouble_counted(const DriverDelta& delta);

}  // namespace tuner
