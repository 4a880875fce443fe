// What socket diagnostics said of a socket, as JSON of the helper programs' reports.
#pragma once

#include "probe/report.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace tuner {

// null: nothing was said.
inline nlohmann::ordered_json ulp_json(const std::optional<UlpInfo>& ulp) {
  if (!ulp) return nullptr;
  return {{"version", ulp->version},
          {"cipher", ulp->cipher},
          {"txconf", ulp->txconf},
          {"rxconf", ulp->rxconf}};
}

// Throws as number_at() of probe/json_number.h.
inline std::optional<UlpInfo> ulp_of(const nlohmann::ordered_json& json) {
  if (json.is_null()) return std::nullopt;
  return UlpInfo{.version = json.at("version").get<std::string>(),
                 .cipher = json.at("cipher").get<std::string>(),
                 .txconf = json.at("txconf").get<std::string>(),
                 .rxconf = json.at("rxconf").get<std::string>()};
}

}  // namespace tuner
