#include "bench/tcp_counters.h"

#include "base/number.h"
#include "base/text.h"

#include <vector>

namespace tuner {

// A line of names and a line of numbers, both beginning with "Tcp:".
Result<std::int64_t> retransmissions(std::string_view snmp) {
  std::vector<std::string_view> names;
  for (const std::string_view line : lines(snmp)) {
    if (!line.starts_with("Tcp:")) continue;
    const auto words = split_whitespace(line);
    if (names.empty()) {
      names.assign(words.begin(), words.end());
      continue;
    }
    for (std::size_t i = 0; i < names.size() && i < words.size(); ++i) {
      if (names[i] == "RetransSegs") return whole_number<std::int64_t>(words[i]);
    }
  }
  return fail(Fault::NotFound, "/proc/net/snmp does not say how often TCP sent again");
}

}  // namespace tuner
