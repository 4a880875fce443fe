// The kernel's counters of TCP in one network namespace, from /proc/net/snmp (RFC 4022). Pure.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kRetransmissions = "TcpRetransSegs";

// Segments that were sent again. NotFound: the text does not have the counter.
Result<std::int64_t> retransmissions(std::string_view snmp);

}  // namespace tuner
