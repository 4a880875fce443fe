#include "probe/handshake/trials/trial_flow.h"

#include <cerrno>

namespace tuner {
namespace {

constexpr std::size_t kReadSize = 64U << 10U;

Moved nothing() {
  return {};
}

template <typename Check>
auto reading(int fd, ByteBuffer& buffer, Check& check) {
  return [fd, &buffer, &check] {
    const Moved got = receive_now(fd, buffer);
    check.take(ByteView(buffer).first(got.bytes));
    return got;
  };
}

auto sending(int fd, Pieces& pieces) {
  return [fd, &pieces] {
    const ByteView next = pieces.next();
    if (next.empty()) return Moved();
    const Moved sent = send_now(fd, next);
    pieces.sent(sent.bytes);
    return sent;
  };
}

// Makes each record when the one before it is sent, so that memory does not grow with the content.
class RecordSender {
 public:
  RecordSender(Trial& trial, const Payload& content, const Receiving& how)
      : fd_(trial.raw()),
        sealing_(trial.protection()),
        records_(content, how.records),
        cuts_(how.cuts),
        cut_({}, how.cuts) {}

  Moved operator()() {
    // Two rulers on one stream: the sizes of records, and the sizes in which their bytes are sent.
    // So headers and tags end up at any place of a packet.
    if (cut_.all_sent() && !records_.all_sent()) {
      auto sealed = sealing_.seal(kDataRecord, records_.next());
      if (!sealed) return {.error = EIO};
      records_.sent(records_.next().size());
      record_ = std::move(*sealed);
      cut_ = Pieces(record_, cuts_);
    }
    return sending(fd_, cut_)();
  }

 private:
  int fd_;
  RecordProtection sealing_;
  Pieces records_;
  ByteBuffer record_;
  std::vector<std::size_t> cuts_;
  Pieces cut_;
};

}  // namespace

Payload trial_content(std::size_t size) {
  return make_payload(kTrialSeed, size);
}

RecordCheck record_check(const Trial& trial, ByteView expected) {
  // One opens what arrives, the other seals it again, so that each byte on the wire is compared.
  return {trial.protection(), trial.protection(), expected};
}

Result<int> send_until_checked(Trial& trial, RecordCheck& check, const std::function<Moved()>& push,
                               std::size_t portion) {
  ByteBuffer buffer(portion);
  return transfer(
      {trial.raw(), push, reading(trial.raw(), buffer, check), [&] { return check.complete(); }},
      trial.deadline());
}

Outcome drain(Trial& trial, RecordCheck& check) {
  return trial.answered(TRY(send_until_checked(trial, check, nothing)));
}

Outcome drain(Trial& trial, ContentCheck& check, std::size_t portion) {
  ByteBuffer buffer(portion);
  const int error = TRY(transfer({trial.kernel(), nothing, reading(trial.kernel(), buffer, check),
                                  [&] { return check.complete(); }},
                                 trial.deadline()));
  return trial.answered(error);
}

Outcome send_raw(Trial& trial, ByteView stream) {
  Pieces pieces(stream, {stream.size()});
  const int error =
      TRY(transfer({-1, sending(trial.raw(), pieces), nothing, [&] { return pieces.all_sent(); }},
                   trial.deadline()));
  return trial.answered(error);
}

void measure(Trial& trial, const RecordCheck& check) {
  trial.saw("bytes", check.bytes());
  trial.saw("records", check.records());
  trial.saw("wire_bytes", check.wire_bytes());
  trial.saw("differing_bytes", check.differing());
  trial.saw("repeated_nonces", check.repeated_nonces());
}

void measure(Trial& trial, const ContentCheck& check) {
  trial.saw("bytes", check.bytes());
  trial.saw("differing_bytes", check.differing());
}

Outcome send_through_kernel(Trial& trial, const Payload& content, std::vector<std::size_t> sizes) {
  RecordCheck check = record_check(trial, content);
  Pieces pieces(content, std::move(sizes));
  const int error = TRY(send_until_checked(trial, check, sending(trial.kernel(), pieces)));
  measure(trial, check);
  return trial.answered(error);
}

Outcome receive_through_kernel(Trial& trial, const Payload& content, const Receiving& how) {
  ContentCheck check(content);
  RecordSender sender(trial, content, how);
  ByteBuffer buffer(how.portion);
  const int error =
      TRY(transfer({trial.kernel(), [&] { return sender(); },
                    reading(trial.kernel(), buffer, check), [&] { return check.complete(); }},
                   trial.deadline()));
  measure(trial, check);
  return trial.answered(error);
}

Outcome send_and_receive(Trial& trial, const Payload& content, std::vector<std::size_t> sizes) {
  RecordCheck sent = record_check(trial, content);
  ContentCheck received(content);
  Pieces pieces(content, sizes);
  RecordSender sender(trial, content, {.records = {kLargestRecord}, .cuts = std::move(sizes)});
  ByteBuffer buffer(kReadSize);
  // push() sends at both ends and pull() receives at both, so each is one step.
  const auto both = [](const Moved& a, const Moved& b) {
    return Moved{.bytes = a.bytes + b.bytes,
                 .error = a.error != 0 ? a.error : b.error,
                 .ended = a.ended || b.ended};
  };
  const auto push = [&] { return both(sending(trial.kernel(), pieces)(), sender()); };
  const auto pull = [&] {
    return both(reading(trial.raw(), buffer, sent)(), reading(trial.kernel(), buffer, received)());
  };
  const auto complete = [&] { return sent.complete() && received.complete(); };
  const int error = TRY(transfer({trial.raw(), push, pull, complete}, trial.deadline()));
  measure(trial, sent);
  trial.saw("received_bytes", received.bytes());
  trial.saw("differing_bytes", sent.differing() + received.differing());
  return trial.answered(error);
}

}  // namespace tuner
