#include "bench/connection_counters.h"

#include <fmt/format.h>

namespace tuner {

Result<TlsStatDelta> counters_of_one(const TlsStatDelta& counters, std::uint64_t connections,
                                     bool own_namespace) {
  const auto count = static_cast<std::int64_t>(connections);
  TlsStatDelta one;
  for (const auto& [name, moved] : counters) {
    // Sessions of other programs move the counters of a shared namespace, too, and need not divide.
    if (own_namespace && moved % count != 0)
      return fail(Fault::Invalid,
                  fmt::format("{} moved by {} for {} connections", name, moved, connections));
    if (moved / count != 0) one[name] = moved / count;
  }
  return one;
}

}  // namespace tuner
