#include "probe/report.h"

namespace tuner {

std::string_view tls_path_name(TlsPath path) {
  return word_of(path);
}

PathFinding::PathFinding(TlsPath found) : path_(found) {
  if (found == TlsPath::Unknown) doubt_ = "the sources do not determine the path";
}

PathFinding PathFinding::unknown(std::string doubt) {
  PathFinding finding(TlsPath::Unknown);
  if (!doubt.empty()) finding.doubt_ = std::move(doubt);
  return finding;
}

ProbeEnd serving_end(const ProbeCell& cell) {
  return {.tx = cell.tx,
          .rx = cell.rx,
          .counters = cell.counters,
          .counters_by_others = cell.counters_by_others,
          .ulp = cell.ulp,
          .interface = cell.interface,
          .nics = cell.nics,
          .driver_counters = cell.driver_counters,
          .because = cell.server_because};
}

ProbeEnd own_end(const ProbeReport& report, const ProbeCell& cell) {
  return report.mode == "connect" && cell.client ? *cell.client : serving_end(cell);
}

}  // namespace tuner
