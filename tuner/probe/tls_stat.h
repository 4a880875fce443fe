// The counters of /proc/net/tls_stat (net/tls/tls_proc.c). They count sessions (one per direction
// and end), not records or bytes; TlsCurr… are gauges. Each network namespace has its own counters.
// The file exists only while the tls module is loaded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tuner {

using TlsCounters = std::map<std::string, std::uint64_t>;
using TlsStatDelta = std::map<std::string, std::int64_t>;

// All counters by the kernel's names: 10 in Linux 5.10, 12 in 6.1, 17 since 6.14. Lines other than
// a name and a number are ignored.
TlsCounters parse_tls_stat(std::string_view text);

// The counters that moved. A counter that is missing in `before` or `after` is taken as zero there.
TlsStatDelta tls_stat_delta(const TlsCounters& before, const TlsCounters& after);

// The change of one counter; 0 if it did not move.
std::int64_t moved(const TlsStatDelta& delta, std::string_view name);

// True if this kernel accepts a new key for a running connection (6.14, or a backport): it then has
// counters for it.
bool counts_rekeys(const TlsCounters& stat);

}  // namespace tuner
