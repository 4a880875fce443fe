#include "probe/handshake/trials/trial_bodies.h"
#include "probe/handshake/trials/trial_flow.h"

#include <linux/tls.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>

namespace tuner {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kOneWrite = 64U << 10U;
// The longest delay of an acknowledgement is 200 ms (TCP_DELACK_MAX, include/net/tcp.h).
constexpr milliseconds kFull{250};

Outcome encrypt(Trial& trial, std::size_t size) {
  TRY(trial.open(TrialDirection::Tx));
  return send_through_kernel(trial, trial_content(size), {kOneWrite});
}

// Sends until the kernel takes no more, which is when poll() does not wait for an acknowledgement
// alone.
Moved fill(Trial& trial, ByteView content) {
  Moved all;
  while (all.bytes < content.size()) {
    const Moved sent = send_now(trial.kernel(), content.subspan(all.bytes));
    all.error = sent.error;
    all.bytes += sent.bytes;
    if (sent.error != 0) break;
    if (sent.bytes == 0 && !becomes_ready(trial.kernel(), POLLOUT, kFull)) break;
  }
  return all;
}

// A record of another type than data (Documentation/networking/tls.rst, "Send TLS control
// messages").
Moved send_typed(int fd, std::uint8_t type, ByteView content) {
  iovec part{.iov_base = const_cast<std::uint8_t*>(content.data()), .iov_len = content.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(1)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_TLS;
  header->cmsg_type = TLS_SET_RECORD_TYPE;
  header->cmsg_len = CMSG_LEN(1);
  *CMSG_DATA(header) = type;
  const ssize_t size = ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return size >= 0 ? Moved{.bytes = static_cast<std::size_t>(size)} : Moved{.error = errno};
}

}  // namespace

Outcome try_encrypt(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  const std::size_t size = std::accumulate(kTrialSizes.begin(), kTrialSizes.end(), std::size_t{0});
  return send_through_kernel(trial, trial_content(size), {kTrialSizes.begin(), kTrialSizes.end()});
}

Outcome try_encrypt_1_mib(Trial& trial) {
  return encrypt(trial, kMebibyte);
}

Outcome try_encrypt_64_mib(Trial& trial) {
  return encrypt(trial, 64 * kMebibyte);
}

// Primes, so that writes, records and pages are never aligned with each other.
Outcome try_encrypt_odd_sizes(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  return send_through_kernel(trial, trial_content(kOddBytes),
                             {1, 7, 101, 1009, 4099, 16411, 40009});
}

Outcome try_both_ways(Trial& trial) {
  TRY(trial.open(TrialDirection::Both));
  return send_and_receive(trial, trial_content(kOddBytes), {10007, 331, 16384});
}

// A write of no bytes makes no record; it must not disturb the next one either.
Outcome try_send_nothing(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  const Payload content = trial_content(1);
  const Moved none = send_now(trial.kernel(), ByteView(content).first(0));
  trial.saw("errno", none.error);
  RecordCheck check = record_check(trial, content);
  const Moved one = send_now(trial.kernel(), content);
  if (one.error != 0) return trial.answered(one.error);
  TRY(drain(trial, check));
  measure(trial, check);
  return {};
}

// The small buffer fills soon: then the kernel must refuse without losing a byte, and poll() must
// agree with it.
Outcome try_slow_reader(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  const int small = 8192;
  ::setsockopt(trial.kernel(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  const Payload content = trial_content(kSlowBytes);
  const Moved filled = fill(trial, content);
  if (filled.error != 0) return trial.answered(filled.error);
  const std::size_t taken = filled.bytes;
  trial.saw("refused_bytes", static_cast<std::int64_t>(content.size() - taken));
  trial.saw("writable_when_full", becomes_ready(trial.kernel(), POLLOUT, milliseconds(20)) ? 1 : 0);
  RecordCheck check = record_check(trial, content);
  Pieces rest(ByteView(content).subspan(taken), {kOneWrite});
  const auto push = [&] {
    if (rest.all_sent()) return Moved();
    const Moved sent = send_now(trial.kernel(), rest.next());
    rest.sent(sent.bytes);
    return sent;
  };
  const int error = TRY(send_until_checked(trial, check, push, 1000));
  trial.saw("writable_when_empty", becomes_ready(trial.kernel(), POLLOUT, kStall) ? 1 : 0);
  measure(trial, check);
  return trial.answered(error);
}

// With MSG_MORE a record stays open until a write without it.
Outcome try_more(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  const Payload content = trial_content(1111);
  const ByteView all(content);
  for (const auto& part : {all.first(100), all.subspan(100, 1000), all.subspan(1100, 10)}) {
    const Moved sent = send_now(trial.kernel(), part, MSG_MORE);
    if (sent.error != 0) return trial.answered(sent.error);
  }
  trial.saw("sent_early", becomes_ready(trial.raw(), POLLIN, milliseconds(20)) ? 1 : 0);
  const Moved last = send_now(trial.kernel(), all.subspan(1110));
  if (last.error != 0) return trial.answered(last.error);
  RecordCheck check = record_check(trial, content);
  TRY(drain(trial, check));
  measure(trial, check);
  return {};
}

// Data, a handshake message and an alert: each has its type, and none is joined with another.
Outcome try_control_out(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  const Payload content = trial_content(62);
  const ByteView all(content);
  for (const Moved& sent : {send_now(trial.kernel(), all.first(50)),
                            send_typed(trial.kernel(), kHandshakeRecord, all.subspan(50, 10)),
                            send_typed(trial.kernel(), kAlertRecord, all.subspan(60))}) {
    if (sent.error != 0) return trial.answered(sent.error);
  }
  RecordCheck check = record_check(trial, content);
  TRY(drain(trial, check));
  measure(trial, check);
  const ByteBuffer wanted{kDataRecord, kHandshakeRecord, kAlertRecord};
  trial.saw("types_as_sent", check.types() == wanted ? 1 : 0);
  return {};
}

}  // namespace tuner
