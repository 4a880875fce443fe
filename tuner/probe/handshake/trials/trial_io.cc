#include "probe/handshake/trials/trial_io.h"

#include "base/interrupted.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

Moved moved(ssize_t answer) {
  if (answer >= 0) return {.bytes = static_cast<std::size_t>(answer)};
  return {.error = errno == EAGAIN ? 0 : errno};
}

// Room for sending comes without an event where it was made by an acknowledgement alone, so the
// wait is short.
constexpr std::chrono::milliseconds kOneWait{10};

}  // namespace

Moved send_now(int fd, ByteView bytes, int flags) {
  return moved(retry_interrupted(
      [&] { return ::send(fd, bytes.data(), bytes.size(), flags | MSG_DONTWAIT | MSG_NOSIGNAL); }));
}

Moved receive_now(int fd, std::span<std::uint8_t> into, int flags) {
  const ssize_t size =
      retry_interrupted([&] { return ::recv(fd, into.data(), into.size(), flags | MSG_DONTWAIT); });
  Moved answer = moved(size);
  answer.ended = size == 0 && !into.empty();
  return answer;
}

bool becomes_ready(int fd, short events, std::chrono::milliseconds wait) {
  pollfd end{.fd = fd, .events = events, .revents = 0};
  const int count =
      retry_interrupted([&] { return ::poll(&end, 1, static_cast<int>(wait.count())); });
  return count > 0 && (end.revents & events) != 0;
}

ByteView Pieces::next() const {
  if (all_sent()) return {};
  const std::size_t left = sizes_[piece_] - done_;
  return content_.subspan(at_, std::min(left, content_.size() - at_));
}

void Pieces::sent(std::size_t bytes) {
  at_ += bytes;
  done_ += bytes;
  if (done_ < sizes_[piece_]) return;
  done_ = 0;
  piece_ = (piece_ + 1) % sizes_.size();
}

Result<int> transfer(const Transfer& what, Deadline deadline) {
  auto last = SteadyClock::now();
  while (!what.complete()) {
    const Moved pushed = what.push();
    if (pushed.error != 0) return pushed.error;
    const Moved pulled = what.pull();
    if (pulled.error != 0) return pulled.error;
    if (pulled.ended) return 0;
    const auto now = SteadyClock::now();
    if (now >= deadline) return fail(Fault::TimedOut, "not complete within the time limit");
    if (pushed.bytes > 0 || pulled.bytes > 0) {
      last = now;
    } else if (now - last > kStall) {
      return 0;
    } else {
      becomes_ready(what.in, POLLIN, kOneWait);
    }
  }
  return what.pull().error;  // what should not be there
}

}  // namespace tuner
