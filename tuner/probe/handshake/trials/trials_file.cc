#include "probe/handshake/trials/trial_bodies.h"
#include "probe/handshake/trials/trial_flow.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace tuner {
namespace {

Result<UniqueFd> memory_file(const Payload& content) {
  UniqueFd file(::memfd_create("ktls-tuner-trial", MFD_CLOEXEC));
  if (!file) return fail(errno_error(errno, "make a file in memory"));
  if (::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
    return fail(errno_error(errno, "fill a file in memory"));
  return file;
}

Moved moved(ssize_t answer) {
  if (answer >= 0) return {.bytes = static_cast<std::size_t>(answer)};
  return {.error = errno == EAGAIN ? 0 : errno};
}

// Sends `count` bytes of the file from `offset`, as a server does: until sendfile() says 0.
// Measures `sent`, which is what sendfile() returned, and what arrives.
struct Sending {
  int file = -1;
  off_t offset = 0;
  std::size_t count = 0;
};

Outcome send_file(Trial& trial, const Sending& what, ByteView expected) {
  RecordCheck check = record_check(trial, expected);
  off_t offset = what.offset;
  std::size_t sent = 0;
  const auto push = [&] {
    if (sent == what.count) return Moved();
    const Moved some = moved(::sendfile(trial.kernel(), what.file, &offset, what.count - sent));
    sent += some.bytes;
    return some;
  };
  const int error = TRY(send_until_checked(trial, check, push));
  trial.saw("sent", static_cast<std::int64_t>(sent));
  measure(trial, check);
  return trial.answered(error);
}

}  // namespace

Outcome try_sendfile(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  // Not at a page, and not at a word.
  constexpr std::size_t kOffset = 7;
  const Payload content = trial_content(kFileBytes + kOffset);
  const UniqueFd file = TRY(memory_file(content));
  return send_file(trial, {.file = file.get(), .offset = kOffset, .count = kFileBytes},
                   ByteView(content).subspan(kOffset));
}

// A server that asks for more than there is must still get all bytes of the file onto the wire.
Outcome try_sendfile_past_end(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  const Payload content = trial_content(kFileBytes);
  const UniqueFd file = TRY(memory_file(content));
  return send_file(trial, {.file = file.get(), .count = 2 * kFileBytes}, content);
}

// The file becomes shorter after its size was read.
Outcome try_sendfile_truncated(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  const Payload content = trial_content(kFileBytes);
  const UniqueFd file = TRY(memory_file(content));
  if (::ftruncate(file.get(), kCutFileBytes) != 0)
    return fail(errno_error(errno, "truncate a file in memory"));
  return send_file(trial, {.file = file.get(), .count = kFileBytes},
                   ByteView(content).first(kCutFileBytes));
}

Outcome try_splice_in(Trial& trial) {
  TRY(trial.open(TrialDirection::Tx));
  const Payload content = trial_content(kSpliceBytes);
  const TrialPipe pipe = TRY(trial_pipe());
  RecordCheck check = record_check(trial, content);
  Pieces pieces(content, {4099, 16384, 1});
  std::size_t in_pipe = 0;
  const auto push = [&] {
    if (in_pipe == 0 && !pieces.all_sent()) {
      const ByteView next = pieces.next();
      const Moved written = moved(::write(pipe.in.get(), next.data(), next.size()));
      if (written.error != 0) return written;
      pieces.sent(written.bytes);
      in_pipe += written.bytes;
    }
    if (in_pipe == 0) return Moved();
    const Moved spliced = moved(
        ::splice(pipe.out.get(), nullptr, trial.kernel(), nullptr, in_pipe, SPLICE_F_NONBLOCK));
    in_pipe -= spliced.bytes;
    return spliced;
  };
  const int error = TRY(send_until_checked(trial, check, push));
  measure(trial, check);
  return trial.answered(error);
}

}  // namespace tuner
