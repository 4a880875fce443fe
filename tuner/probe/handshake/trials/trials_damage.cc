#include "probe/handshake/connection/kernel.h"
#include "probe/handshake/trials/trial_bodies.h"
#include "probe/handshake/trials/trial_flow.h"

#include <poll.h>

namespace tuner {
namespace {

constexpr std::size_t kGood = 100;  // bytes of an intact record before the damaged one

struct Damaged {
  RecordProtection sealing;
  Payload content;
};

// Opens the connection and sends an intact record, which must arrive: so the answers that follow
// belong to the damage.
Result<Damaged> after_a_good_record(Trial& trial) {
  TRY(trial.open(TrialDirection::Rx));
  Damaged damaged{.sealing = trial.protection(), .content = trial_content(kGood)};
  const auto record = TRY(damaged.sealing.seal(kDataRecord, damaged.content));
  TRY(send_raw(trial, record));
  ContentCheck check(damaged.content);
  TRY(drain(trial, check));
  measure(trial, check);
  return damaged;
}

// Sends the bytes and measures what a read of the kernel's end says.
Outcome read_damaged(Trial& trial, ByteView stream) {
  TRY(send_raw(trial, stream));
  becomes_ready(trial.kernel(), POLLIN, kStall);
  ByteBuffer buffer(1000);
  const Moved got = receive_now(trial.kernel(), buffer);
  trial.saw("errno", got.error);
  trial.saw("bytes_of_damaged", static_cast<std::int64_t>(got.bytes));
  return {};
}

std::int64_t decrypt_errors(const TlsCounters& stat) {
  const auto found = stat.find("TlsDecryptError");
  return found == stat.end() ? 0 : static_cast<std::int64_t>(found->second);
}

// A header alone: the kernel refuses it before it waits for the rest.
Outcome refuse_header(Trial& trial, std::uint8_t minor, std::size_t size) {
  TRY(after_a_good_record(trial));
  ByteBuffer stream{kDataRecord, 3, minor, static_cast<std::uint8_t>(size >> 8U),
                    static_cast<std::uint8_t>(size)};
  stream.resize(200);
  return read_damaged(trial, stream);
}

}  // namespace

Outcome try_flipped_bit(Trial& trial) {
  TRY(trial.needs_own_namespace("TlsDecryptError"));
  Damaged damaged = TRY(after_a_good_record(trial));
  auto record = TRY(damaged.sealing.seal(kDataRecord, damaged.content));
  // Within the encrypted content, behind header and nonce.
  record[kRecordHeader + explicit_nonce(trial.version(), trial.cipher()) + 20] ^= 1U;
  const auto before = TRY(read_tls_stat(trial.files()));
  TRY(read_damaged(trial, record));
  const auto after = TRY(read_tls_stat(trial.files()));
  trial.saw("decrypt_errors", decrypt_errors(after) - decrypt_errors(before));
  ByteBuffer buffer(1000);
  // The error must stay: a reader that tries again must not get what follows the damage.
  trial.saw("errno_again", receive_now(trial.kernel(), buffer).error);
  return {};
}

Outcome try_wrong_version(Trial& trial) {
  return refuse_header(trial, 1, 100);
}

// One byte more than TLS 1.2 allows (RFC 5246, 6.2.3), which allows more than TLS 1.3.
Outcome try_too_long(Trial& trial) {
  return refuse_header(trial, 3, kLargestRecord + 2048 + 1);
}

// Shorter than the tag.
Outcome try_too_short(Trial& trial) {
  return refuse_header(trial, 3, 3);
}

// The connection ends within a record. Nothing of it may be read: no tag vouches for it.
Outcome try_cut_off(Trial& trial) {
  Damaged damaged = TRY(after_a_good_record(trial));
  const auto record = TRY(damaged.sealing.seal(kDataRecord, damaged.content));
  TRY(send_raw(trial, ByteView(record).first(record.size() - 1)));
  trial.close_raw_end();
  becomes_ready(trial.kernel(), POLLIN, kStall);
  ByteBuffer buffer(1000);
  const Moved got = receive_now(trial.kernel(), buffer);
  trial.saw("bytes_of_damaged", static_cast<std::int64_t>(got.bytes));
  return {};
}

}  // namespace tuner
