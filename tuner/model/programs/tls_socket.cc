#include "model/programs/tls_socket.h"

#include <algorithm>
#include <array>
#include <map>

namespace tuner {
namespace {

struct KernelService {
  std::uint16_t port;
  std::string_view name;
};

// Services of the kernel that use TLS with the help of tlshd (Documentation/networking/
// tls-handshake.rst): the port is the only evidence, since no process has the socket.
constexpr std::array kKernelServices{KernelService{2049, "NFS"}, KernelService{4420, "NVMe/TCP"},
                                     KernelService{8009, "NVMe/TCP"}};

std::string_view kernel_service(const HolderEvidence& evidence) {
  if (evidence.uid != 0) return {};
  const auto* const row = std::ranges::find_if(kKernelServices, [&](const KernelService& known) {
    return known.port == evidence.local_port || known.port == evidence.peer_port;
  });
  return row == kKernelServices.end() ? std::string_view() : row->name;
}

void count(const TlsShare& session, TlsCoverage& row) {
  const auto bytes_where = [&](auto holds) {
    return (holds(session.tx) ? session.sent : 0) + (holds(session.rx) ? session.received : 0);
  };
  const auto in_device = [](TlsPlace place) { return place == TlsPlace::Device; };
  const bool covered = is_covered(session.tx) || is_covered(session.rx);
  const bool eligible = covered || session.eligible;
  ++row.sessions;
  row.eligible_sessions += eligible ? 1 : 0;
  row.covered_sessions += covered ? 1 : 0;
  row.device_sessions += in_device(session.tx) || in_device(session.rx) ? 1 : 0;
  row.bytes += session.sent + session.received;
  row.eligible_bytes += eligible ? session.sent + session.received : 0;
  row.covered_bytes += bytes_where(is_covered);
  row.device_bytes += bytes_where(in_device);
}

}  // namespace

bool is_covered(TlsPlace place) {
  return place == TlsPlace::Kernel || place == TlsPlace::Device;
}

// include/uapi/linux/tls.h: TLS_CONF_BASE, _SW, _HW, _HW_RECORD. The kernel reports a conf with
// each TLS nest, so 0 means that there was none.
TlsPlace tls_place(std::uint16_t conf) {
  switch (conf) {
    case 0:
    case 1: return TlsPlace::None;
    case 2: return TlsPlace::Kernel;
    case 3:
    case 4: return TlsPlace::Device;
    default: return TlsPlace::Unknown;
  }
}

HolderVerdict socket_holder(const HolderEvidence& evidence) {
  if (evidence.process) return {.holder = SocketHolder::Process};
  // A connection has no file in the queue of its listener, before accept(2), and after close(2).
  if (!evidence.has_file)
    return {.holder = evidence.closing ? SocketHolder::Closed : SocketHolder::NotAccepted};
  if (!evidence.complete) return {.holder = SocketHolder::Unknown};
  const std::string_view service = kernel_service(evidence);
  if (!service.empty()) return {.holder = SocketHolder::Kernel, .kernel_service = service};
  return {.holder = SocketHolder::NoProcess};
}

std::vector<TlsCoverage> tls_coverage(std::span<const TlsShare> sessions) {
  std::map<std::string_view, TlsCoverage> rows;
  for (const TlsShare& session : sessions) count(session, rows[session.name]);
  std::vector<TlsCoverage> all;
  for (auto& [name, row] : rows) {
    row.name = name;
    all.push_back(std::move(row));
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, &TlsCoverage::sessions);
  return all;
}

}  // namespace tuner
