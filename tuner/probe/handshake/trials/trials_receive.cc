#include "probe/handshake/trials/trial_bodies.h"
#include "probe/handshake/trials/trial_flow.h"

#include <fcntl.h>
#include <linux/tls.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <numeric>

namespace tuner {
namespace {

using std::chrono::milliseconds;

Outcome decrypt(Trial& trial, std::size_t size) {
  TRY(trial.open(TrialDirection::Rx));
  return receive_through_kernel(trial, trial_content(size),
                                {.records = {kLargestRecord}, .cuts = {kLargestRecord * 2}});
}

// Sends one record and waits until its first byte is there.
Outcome deliver(Trial& trial, RecordProtection& sealing, std::uint8_t type, ByteView content) {
  const auto record = TRY(sealing.seal(type, content));
  return send_raw(trial, record);
}

struct Typed {
  Moved moved;
  int type = 0;  // 0: the kernel gave none
};

Typed receive_typed(int fd, std::span<std::uint8_t> into) {
  iovec part{.iov_base = into.data(), .iov_len = into.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(1)] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size = ::recvmsg(fd, &message, MSG_DONTWAIT);
  if (size < 0) return {.moved = {.error = errno}};
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  const bool has_type = header != nullptr && header->cmsg_level == SOL_TLS &&
                        header->cmsg_type == TLS_GET_RECORD_TYPE;
  return {.moved = {.bytes = static_cast<std::size_t>(size)},
          .type = has_type ? *CMSG_DATA(header) : 0};
}

Moved splice_now(int from, int into, std::size_t size) {
  const ssize_t moved = ::splice(from, nullptr, into, nullptr, size, SPLICE_F_NONBLOCK);
  if (moved >= 0) return {.bytes = static_cast<std::size_t>(moved)};
  return {.error = errno == EAGAIN ? 0 : errno};
}

}  // namespace

Outcome try_decrypt(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  std::vector<std::size_t> sizes(kTrialSizes.begin(), kTrialSizes.end());
  const Payload content =
      trial_content(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}));
  sizes.back() = kLargestRecord;  // a record has no more; the last byte has one of its own
  return receive_through_kernel(trial, content, {.records = sizes, .cuts = {content.size()}});
}

Outcome try_decrypt_1_mib(Trial& trial) {
  return decrypt(trial, kMebibyte);
}

Outcome try_decrypt_64_mib(Trial& trial) {
  return decrypt(trial, 64 * kMebibyte);
}

// Headers, nonces and tags are cut at every place, and reads end within records.
Outcome try_decrypt_odd_cuts(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  return receive_through_kernel(trial, trial_content(kOddBytes),
                                {.records = {1, 101, 16381, 4099, 16384, 7},
                                 .cuts = {1, 2, 3, 5, 7, 11, 13, 1009, 8191},
                                 .portion = 777});
}

// A record without content between two with a byte each is no end of the connection.
Outcome try_receive_nothing(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  const Payload content = trial_content(2);
  RecordProtection sealing = trial.protection();
  TRY(deliver(trial, sealing, kDataRecord, ByteView(content).first(1)));
  TRY(deliver(trial, sealing, kDataRecord, {}));
  TRY(deliver(trial, sealing, kDataRecord, ByteView(content).last(1)));
  ContentCheck check(content);
  TRY(drain(trial, check, 1));
  measure(trial, check);
  return {};
}

// Nothing can be read before the last byte of a record, whose tag vouches for all of it. poll() may
// report too early, which is measured and no failure: it may do so for any socket (select(2),
// BUGS).
Outcome try_slow_sender(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  const Payload content = trial_content(1000);
  RecordProtection sealing = trial.protection();
  const auto record = TRY(sealing.seal(kDataRecord, content));
  ByteBuffer buffer(2000);
  TRY(send_raw(trial, ByteView(record).first(record.size() - 1)));
  trial.saw("readable_early", becomes_ready(trial.kernel(), POLLIN, milliseconds(20)) ? 1 : 0);
  const Moved early = receive_now(trial.kernel(), buffer);
  trial.saw("bytes_early", static_cast<std::int64_t>(early.bytes));
  trial.saw("errno", early.error);
  TRY(send_raw(trial, ByteView(record).last(1)));
  trial.saw("readable", becomes_ready(trial.kernel(), POLLIN, kStall) ? 1 : 0);
  ContentCheck check(content);
  TRY(drain(trial, check));
  measure(trial, check);
  return {};
}

Outcome try_peek(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  const Payload content = trial_content(1000);
  RecordProtection sealing = trial.protection();
  TRY(deliver(trial, sealing, kDataRecord, content));
  // If nothing comes, the look below finds it.
  becomes_ready(trial.kernel(), POLLIN, kStall);
  ByteBuffer buffer(400);
  ContentCheck peeked(ByteView(content).first(buffer.size()));
  // Only the second look tells whether the first has taken something away.
  for (int i = 0; i < 2; ++i) {
    const Moved got = receive_now(trial.kernel(), buffer, MSG_PEEK);
    if (i == 1) peeked.take(ByteView(buffer).first(got.bytes));
  }
  trial.saw("peeked_bytes", peeked.bytes());
  ContentCheck check(content);
  TRY(drain(trial, check));
  trial.saw("bytes", check.bytes());
  trial.saw("differing_bytes", check.differing() + peeked.differing());
  return {};
}

Outcome try_splice_out(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  const Payload content = trial_content(kSpliceBytes);
  RecordProtection sealing = trial.protection();
  const TrialPipe pipe = TRY(trial_pipe());
  ContentCheck check(content);
  Pieces records(content, {4099, 16384, 1});
  ByteBuffer buffer(64U << 10U);
  const auto push = [&] {
    if (records.all_sent()) return Moved();
    const std::size_t size = records.next().size();
    if (const auto done = deliver(trial, sealing, kDataRecord, records.next()); !done)
      return Moved{.error = EIO};
    records.sent(size);
    return Moved{.bytes = size};
  };
  const auto pull = [&] {
    const Moved spliced = splice_now(trial.kernel(), pipe.in.get(), buffer.size());
    if (spliced.bytes == 0) return spliced;
    const ssize_t size = ::read(pipe.out.get(), buffer.data(), buffer.size());
    if (size < 0) return Moved{.error = errno};
    check.take(ByteView(buffer).first(static_cast<std::size_t>(size)));
    return Moved{.bytes = static_cast<std::size_t>(size)};
  };
  const int error = TRY(
      transfer({trial.kernel(), push, pull, [&] { return check.complete(); }}, trial.deadline()));
  measure(trial, check);
  return trial.answered(error);
}

// The kernel hands over an alert with its type and never joins it with data.
Outcome try_control_in(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  const Payload content = trial_content(50);
  RecordProtection sealing = trial.protection();
  TRY(deliver(trial, sealing, kDataRecord, content));
  TRY(deliver(trial, sealing, kAlertRecord, ByteBuffer{1, 0}));
  ByteBuffer buffer(100);
  becomes_ready(trial.kernel(), POLLIN, kStall);
  const Typed data = receive_typed(trial.kernel(), buffer);
  ContentCheck check(content);
  check.take(ByteView(buffer).first(data.moved.bytes));
  becomes_ready(trial.kernel(), POLLIN, kStall);
  const Typed alert = receive_typed(trial.kernel(), buffer);
  measure(trial, check);
  trial.saw("data_type", data.type);
  trial.saw("alert_type", alert.type);
  trial.saw("alert_bytes", static_cast<std::int64_t>(alert.moved.bytes));
  return {};
}

// Without room for its type an alert must not be taken for data.
Outcome try_control_unasked(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  RecordProtection sealing = trial.protection();
  TRY(deliver(trial, sealing, kAlertRecord, ByteBuffer{1, 0}));
  becomes_ready(trial.kernel(), POLLIN, kStall);
  ByteBuffer buffer(100);
  trial.saw("errno", receive_now(trial.kernel(), buffer).error);
  return {};
}

Outcome try_control_spliced(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  RecordProtection sealing = trial.protection();
  TRY(deliver(trial, sealing, kAlertRecord, ByteBuffer{1, 0}));
  becomes_ready(trial.kernel(), POLLIN, kStall);
  const TrialPipe pipe = TRY(trial_pipe());
  trial.saw("errno", splice_now(trial.kernel(), pipe.in.get(), 100).error);
  return {};
}

}  // namespace tuner
