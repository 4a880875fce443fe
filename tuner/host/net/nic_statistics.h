// NIC statistics as in `ethtool -S`. Driver-specific statistics are available over ioctl(2) only:
// netlink's ETHTOOL_MSG_STATS_GET has the standard groups (eth-mac, rmon, …), none for TLS.
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

// By the driver's names, without the blanks with which cxgb4 pads them.
using NicStatistics = std::map<std::string, std::uint64_t>;

// `names`: 32 bytes each, NUL-terminated unless full. Values of equal names are added up. Ignores
// names without a value and values without a name.
NicStatistics decode_statistics(std::span<const std::byte> names,
                                std::span<const std::uint64_t> values);

// SIOCETHTOOL with a command and space for its reply. Returns 0 or errno. Tests replace it.
using EthtoolCall = std::function<int(void* command)>;

// As nic_statistics(), with the given call. Reads again if the driver's names changed meanwhile.
// Busy: they changed in every attempt. A reply longer than the limit is an error and does not
// overwrite other memory. `doing` is the beginning of error texts.
Result<NicStatistics> read_statistics(const EthtoolCall& call, std::string_view doing);

// Needs no capability. Unsupported: the driver has no statistics. NotFound: no such interface.
Result<NicStatistics> nic_statistics(std::string_view nic);

}  // namespace tuner
