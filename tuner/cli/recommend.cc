#include "cli/recommend.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {

Recommendation recommend(const Facts& facts) {
  const auto physical = std::ranges::count_if(facts.nics, &Nic::physical);
  if (physical == 0) {
    return {"base",
            "no network interface here has a device of its own: only the module is worth setting"};
  }
  return {"edge-server", fmt::format("{} physical network interface{}; bulk-transfer and "
                                     "low-latency are for hosts with just that "
                                     "purpose, which facts do not tell",
                                     physical, physical == 1 ? "" : "s")};
}

}  // namespace tuner
