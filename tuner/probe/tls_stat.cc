#include "probe/tls_stat.h"

#include "base/number.h"
#include "base/text.h"

namespace tuner {

// A line is "TlsTxSw                         	2".
// By name, since order and number differ: 10 lines in Linux 5.10, 12 in 6.1, 17 from 6.14 on. The
// kernel's own documentation calls one TlsDeviceRxResync that the file calls TlsRxDeviceResync.
TlsCounters parse_tls_stat(std::string_view text) {
  TlsCounters stat;
  for (const std::string_view line : lines(text)) {
    const auto fields = split_whitespace(line);
    if (fields.size() != 2) continue;
    if (const auto count = whole_number<std::uint64_t>(fields[1]))
      stat[std::string(fields[0])] = *count;
  }
  return stat;
}

TlsStatDelta tls_stat_delta(const TlsCounters& before, const TlsCounters& after) {
  // Unsigned arithmetic gives the right difference after the kernel's counter wrapped.
  TlsCounters moved;
  for (const auto& [name, count] : before) moved[name] -= count;
  for (const auto& [name, count] : after) moved[name] += count;
  TlsStatDelta delta;
  for (const auto& [name, count] : moved) delta[name] = static_cast<std::int64_t>(count);
  std::erase_if(delta, [](const auto& entry) { return entry.second == 0; });
  return delta;
}

std::int64_t moved(const TlsStatDelta& delta, std::string_view name) {
  const auto found = delta.find(std::string(name));
  return found == delta.end() ? 0 : found->second;
}

// The counters came with the second key of TLS 1.3 in 6.14. Distributions backport it (CentOS
// Stream 10 to 6.12), so the name is better evidence than the release.
bool counts_rekeys(const TlsCounters& stat) {
  return stat.contains("TlsTxRekeyOk");
}

}  // namespace tuner
