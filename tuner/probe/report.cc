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
