#include "probe/handshake/trials/trial.h"

#include "probe/handshake/connection/kernel.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace tuner {
namespace {

Outcome make_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0) return {};
  return fail(errno_error(errno, "make a loopback socket non-blocking"));
}

// Of the software and the NIC.
std::int64_t sessions(const TlsCounters& stat, std::string_view software, std::string_view device) {
  std::int64_t sum = 0;
  for (const std::string_view name : {software, device}) {
    const auto found = stat.find(std::string(name));
    if (found != stat.end()) sum += static_cast<std::int64_t>(found->second);
  }
  return sum;
}

}  // namespace

Result<TrialPipe> trial_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
    return fail(errno_error(errno, "make a pipe"));
  return TrialPipe{.out = UniqueFd(ends[0]), .in = UniqueFd(ends[1])};
}

int set_socket_option(int fd, int level, int name, ByteView value) {
  const auto size = static_cast<socklen_t>(value.size());
  return ::setsockopt(fd, level, name, value.data(), size) == 0 ? 0 : errno;
}

Trial::Trial(const TrialKey& key, const TrialPlace& place, Deadline deadline)
    : key_(key), place_(place), deadline_(deadline) {
  report_.id = key.row->id;
  report_.version = key.version;
  report_.cipher = key.cipher;
}

// OpenSSL first: for a cipher that cannot be checked the kernel need not load its module.
Outcome Trial::open(TrialDirection direction) {
  TRY(RecordProtection::with(key()));
  TRY(connect());
  const auto before = read_tls_stat(files());
  TRY(set_ulp());
  if (direction != TrialDirection::Rx) {
    TRY(give_key(TrialDirection::Tx));
  }
  if (direction != TrialDirection::Tx) {
    TRY(give_key(TrialDirection::Rx));
  }
  const auto after = read_tls_stat(files());
  // Without the file nothing is measured, and the trial cannot pass.
  if (!after || (!before && !is_absent(before.error()))) return {};
  const TlsCounters zero;
  const TlsCounters& from = before ? *before : zero;
  saw("tx_sessions",
      sessions(*after, "TlsTxSw", "TlsTxDevice") - sessions(from, "TlsTxSw", "TlsTxDevice"));
  saw("rx_sessions",
      sessions(*after, "TlsRxSw", "TlsRxDevice") - sessions(from, "TlsRxSw", "TlsRxDevice"));
  return {};
}

Outcome Trial::connect() {
  pair_ = TRY(loopback_pair(deadline_));
  TRY(make_nonblocking(kernel()));
  return make_nonblocking(raw());
}

Outcome Trial::set_ulp() {
  constexpr std::uint8_t kName[] = {'t', 'l', 's', 0};
  const int error = set_socket_option(kernel(), SOL_TCP, TCP_ULP, kName);
  return error == 0 ? Outcome() : refuse("TCP_ULP", error);
}

Outcome Trial::give_key(TrialDirection direction) {
  const bool tx = direction == TrialDirection::Tx;
  const int error = set_socket_option(kernel(), SOL_TLS, tx ? TLS_TX : TLS_RX, crypto_info(key()));
  return error == 0 ? Outcome() : refuse(tx ? "TLS_TX" : "TLS_RX", error);
}

Outcome Trial::refuse(std::string_view call, int error) {
  report_.refused = KernelRefusal{.call = std::string(call), .error = error};
  return fail(errno_error(error, call));
}

RecordProtection Trial::protection() const {
  auto made = RecordProtection::with(key());
  // open() has fetched the same cipher before.
  if (!made) throw std::logic_error(made.error().text);
  return std::move(*made);
}

void Trial::saw(std::string_view name, std::int64_t value) {
  report_.seen[std::string(name)] = value;
}

Outcome Trial::needs_own_namespace(std::string_view what) const {
  if (place_.own_namespace) return {};
  return fail(Fault::Unsupported,
              fmt::format("{} are shared with other programs in this network namespace", what));
}

Result<PacketTap*> Trial::tap() const {
  if (!place_.tap) return fail(place_.tap.error());
  return &*place_.tap;
}

Outcome Trial::answered(int error) {
  if (error != 0) saw("errno", error);
  return {};
}

KernelTrial Trial::report(const Outcome& done) && {
  if (!done && !report_.refused) report_.because = done.error().text;
  return std::move(report_);
}

}  // namespace tuner
