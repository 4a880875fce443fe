// The fourth witness: what a NIC's driver counts about TLS, from `ethtool -S`. Which names mean
// what is in model/nic_drivers.h. Pure.
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

// Those about TLS. Of a counter that exists for single queues alone ("tx0_tls_ooo",
// "tx_tls_ooo[3]") the sum, under the name without the queue.
DriverCounters offload_counters(const NicStatistics& all);

// Adds those of another NIC: a bond sends through several.
void add_counters(DriverCounters& sum, const DriverCounters& more);

// Every name of `after`, with 0 for what did not move: which names a driver has is evidence, too.
DriverDelta counter_delta(const DriverCounters& before, const DriverCounters& after);

// How far the counters of this kind moved; nothing: the driver has none.
std::optional<std::int64_t> moved(const DriverDelta& delta, TlsDirection direction,
                                  TlsStatistic::Kind kind);

// "tx_tls_drop_no_sync_data +3": what counted as trouble; empty: nothing.
std::string trouble_counted(const DriverDelta& delta);

}  // namespace tuner
