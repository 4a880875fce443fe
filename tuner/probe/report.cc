#include "probe/report.h"

namespace tuner {

std::string_view tls_path_name(TlsPath path) {
  switch (path) {
    case TlsPath::Device: return "device";
    case TlsPath::Kernel: return "kernel";
    case TlsPath::Userspace: return "userspace";
    case TlsPath::Failed: return "failed";
  }
  return "failed";
}

ProbeEnd serving_end(const ProbeCell& cell) {
  return {.tx = cell.tx,
          .rx = cell.rx,
          .counters = cell.counters,
          .ulp = cell.ulp,
          .interface = cell.interface,
          .nics = cell.nics,
          .driver_counters = cell.driver_counters,
          .because = cell.server_because};
}

ProbeEnd own_end(const ProbeReport& report, const ProbeCell& cell) {
  return report.mode == "connect" && cell.client ? *cell.client : serving_end(cell);
}

std::string_view cell_result_name(ProbeCell::Result result) {
  switch (result) {
    case ProbeCell::Result::Pass: return "pass";
    case ProbeCell::Result::Fail: return "fail";
    case ProbeCell::Result::Unsupported: return "unsupported";
    case ProbeCell::Result::Inconclusive: return "inconclusive";
  }
  return "inconclusive";
}

}  // namespace tuner
