// How the two threads of a connection take turns: one message is under way at a time.
#pragma once

#include "base/result.h"
#include "probe/handshake/connection/tcp.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace tuner {

class MessageTurns {
 public:
  // The receiver is ready, or has handled one more.
  void handled();
  // Until handled() was called so often. The error is the first of either end. TimedOut.
  Outcome await(std::uint64_t count, Deadline deadline);
  // Keeps the first error; a second is a consequence.
  void fail_with(const Error& error);
  std::optional<Error> error();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t handled_ = 0;
  std::optional<Error> error_;
};

}  // namespace tuner
