// The counters of /proc/net/tls_stat (net/tls/tls_proc.c). They count sessions, one a direction and
// end, not records or bytes; TlsCurr… are gauges. There is one set for each network namespace, and
// no file until the tls module is loaded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace tuner {

using TlsStat = std::map<std::string, std::uint64_t>;
using TlsStatDelta = std::map<std::string, std::int64_t>;

// By the kernel's own names, however many there are: 10 in 5.10, 12 in 6.1, 17 since 6.14. A line
// that is not a name and a number is passed over.
TlsStat parse_tls_stat(std::string_view text);

// What moved; a counter that only one side knows counts from zero.
TlsStatDelta tls_stat_delta(const TlsStat& before, const TlsStat& after);

// Zero for what did not move.
std::int64_t moved(const TlsStatDelta& delta, std::string_view name);

// Does this kernel know how to take a new key in a running connection (6.14, and whoever ported it
// back)? It then has counters for it.
bool counts_rekeys(const TlsStat& stat);

}  // namespace tuner
