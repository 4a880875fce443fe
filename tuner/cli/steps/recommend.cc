#include "cli/steps/recommend.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {

Recommendation recommend(const Facts& facts) {
  const auto physical = std::ranges::count_if(facts.nics, &Nic::physical);
  if (physical == 0) {
    return {"base", "no physical NIC found; only the tls module is useful here"};
  }
  return {"edge-server", fmt::format("{} physical NIC{}; bulk-transfer and low-latency are for "
                                     "dedicated hosts, which facts cannot show",
                                     physical, physical == 1 ? "" : "s")};
}

}  // namespace tuner
