#include "probe/driver_counters.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tuner {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "tx12_tls_ooo" and "tx_tls_ooo[12]" → "tx_tls_ooo"; "" for a name without a queue.
// mlx5 prints "tx0_tls_encrypted_bytes" for each queue and a sum; funeth has numbers per queue in
// brackets. The sum over queues is needed where a driver has no total.
std::string without_queue(std::string_view name) {
  if (name.ends_with(']')) {
    const auto bracket = name.rfind('[');
    if (bracket == std::string_view::npos || bracket + 2 >= name.size()) return {};
    const auto number = name.substr(bracket + 1, name.size() - bracket - 2);
    return std::ranges::all_of(number, is_digit) ? std::string(name.substr(0, bracket)) : "";
  }
  if (!name.starts_with("tx") && !name.starts_with("rx")) return {};
  const auto end = std::ranges::find_if_not(name.substr(2), is_digit);
  const auto rest = name.substr(static_cast<std::size_t>(end - name.begin()));
  if (rest.size() == name.size() - 2) return {};  // no number
  return std::string(name.substr(0, 2)) + std::string(rest);
}

}  // namespace

// Drivers print hundreds of statistics. Only those about TLS are kept, because a cell is sent over
// the wire.
DriverCounters offload_counters(const NicStatistics& all) {
  DriverCounters totals;
  DriverCounters sums;
  for (const auto& [name, value] : all) {
    if (name.find("tls") == std::string::npos) continue;
    const std::string total = without_queue(name);
    if (total.empty()) {
      totals[name] = value;
    } else {
      sums[total] += value;
    }
  }
  totals.merge(sums);  // merge() keeps an existing key: the driver's own total wins
  return totals;
}

void add_counters(DriverCounters& sum, const DriverCounters& more) {
  for (const auto& [name, value] : more) sum[name] += value;
}

DriverDelta counter_delta(const DriverCounters& before, const DriverCounters& after) {
  DriverDelta delta;
  for (const auto& [name, value] : after) {
    // A counter that appears meanwhile, such as that of a new queue, began at 0.
    const auto then = before.find(name);
    // Unsigned, so a counter that wrapped gives the right difference.
    delta[name] = static_cast<std::int64_t>(value - (then == before.end() ? 0 : then->second));
  }
  return delta;
}

// nullopt and 0 differ: a driver without such a counter proves nothing, one that did not move
// proves that the NIC did not do the work.
std::optional<std::int64_t> moved(const DriverDelta& delta, TlsDirection direction,
                                  TlsStatistic::Kind kind) {
  std::optional<std::int64_t> sum;
  for (const auto& [name, value] : delta) {
    // A statistic of a later driver is in no table, and its name alone does not say what it counts.
    const TlsStatistic* known = find_tls_statistic(name);
    if (known == nullptr || known->direction != direction || known->kind != kind) continue;
    sum = sum.value_or(0) + value;
  }
  return sum;
}

std::string trouble_counted(const DriverDelta& delta) {
  std::vector<std::string> found;
  for (const auto& [name, value] : delta) {
    const TlsStatistic* known = find_tls_statistic(name);
    const bool trouble = known != nullptr && known->kind == TlsStatistic::Kind::Trouble;
    if (trouble && value > 0) found.push_back(fmt::format("{} +{}", name, value));
  }
  return join(found, ", ");
}

}  // namespace tuner
