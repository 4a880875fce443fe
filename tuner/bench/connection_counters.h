// The kernel's TLS counters over many connections that are all alike. Pure.
#pragma once

#include "base/result.h"
#include "probe/tls_stat.h"

#include <cstdint>

namespace tuner {

// What one of these connections moved. `own_namespace`: nothing else moved a counter; then Invalid:
// they were not alike, and the text names the counter: "TlsTxSw moved by 9 for 10 connections".
// Otherwise rounded down, because other programs' connections are in it. connections > 0.
Result<TlsStatDelta> counters_of_one(const TlsStatDelta& counters, std::uint64_t connections,
                                     bool own_namespace);

}  // namespace tuner
