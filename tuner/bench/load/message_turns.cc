#include "bench/load/message_turns.h"

#include "probe/handshake/connection/openssl.h"

namespace tuner {

void MessageTurns::handled() {
  const std::lock_guard lock(mutex_);
  ++handled_;
  changed_.notify_all();
}

Outcome MessageTurns::await(std::uint64_t count, Deadline deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [&] { return handled_ >= count || error_; });
  if (error_) return fail(*error_);
  if (handled_ < count) return no_progress("the receiving end");
  return {};
}

void MessageTurns::fail_with(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = error;
  changed_.notify_all();
}

std::optional<Error> MessageTurns::error() {
  const std::lock_guard lock(mutex_);
  return error_;
}

}  // namespace tuner
