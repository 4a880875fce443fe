// What `ethtool -S` shows of a NIC. The driver's own statistics exist over ioctl alone: netlink's
// ETHTOOL_MSG_STATS_GET has the standard groups (eth-mac, rmon, …), and none of them is about TLS.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// By the driver's names, without the blanks that cxgb4 fills them up with.
using NicStatistics = std::map<std::string, std::uint64_t>;

// Names of 32 bytes each, ended by a NUL unless they fill them, and as many numbers. What only one
// of the two has is passed over.
NicStatistics decode_statistics(std::span<const std::byte> names,
                                std::span<const std::uint64_t> values);

// SIOCETHTOOL with a command and room for its answer: 0, or the errno. What stands between this and
// a driver.
using EthtoolCall = std::function<int(void* command)>;

// As nic_statistics(), by these calls. Names and numbers that are not of one moment are read again;
// Busy: they never were. An answer that is longer than what is believed is an error, and overwrites
// nothing. `doing` begins what is said of it.
Result<NicStatistics> read_statistics(const EthtoolCall& call, std::string_view doing);

// Needs no right. Unsupported: the driver has none. NotFound: no such interface.
Result<NicStatistics> nic_statistics(std::string_view nic);

}  // namespace tuner
