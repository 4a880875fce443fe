#include "probe/cell_json.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using Json = nlohmann::ordered_json;

Json ulp_json(const std::optional<UlpInfo>& ulp) {
  if (!ulp) return nullptr;
  return {{"version", ulp->version},
          {"cipher", ulp->cipher},
          {"txconf", ulp->txconf},
          {"rxconf", ulp->rxconf}};
}

}  // namespace

// The part of a cell that both the helper's report and the tuner's documents print. Keys that only
// the two programs exchange are added in report_json.cc.
Json cell_json(const ProbeCell& cell) {
  return {{"version", tls_version_name(cell.version)},
          {"cipher", tls_cipher_name(cell.cipher)},
          {"cipher_suite", cell.cipher_suite},
          {"tx", tls_path_name(cell.tx.path())},
          {"rx", tls_path_name(cell.rx.path())},
          {"bytes", cell.bytes},
          {"intact", cell.intact},
          {"counters", cell.counters},
          {"counters_by_others", cell.counters_by_others},
          {"ulp", ulp_json(cell.ulp)},
          {"because", cell.because}};
}

Json end_json(const ProbeEnd& end) {
  return {{"tx", tls_path_name(end.tx.path())},
          {"rx", tls_path_name(end.rx.path())},
          {"counters", end.counters},
          {"counters_by_others", end.counters_by_others},
          {"ulp", ulp_json(end.ulp)},
          {"interface", end.interface},
          {"nics", end.nics},
          {"driver_counters", end.driver_counters},
          {"because", end.because}};
}

Json abilities_json(const LibraryFacts& library) {
  Json abilities = Json::array();
  for (const LibraryFacts::Ability& ability : library.abilities) {
    abilities.push_back({{"version", tls_version_name(ability.version)},
                         {"cipher", tls_cipher_name(ability.cipher)},
                         {"tx", ability.tx},
                         {"rx", ability.rx}});
  }
  return abilities;
}

}  // namespace tuner
