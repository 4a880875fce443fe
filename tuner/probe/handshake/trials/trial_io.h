// Data through the two non-blocking ends of a trial, in one thread, with a time limit on every
// wait.
#pragma once

#include "probe/handshake/connection/tcp.h"
#include "probe/handshake/trials/record_protection.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace tuner {

// After so long without a byte, what has arrived is taken as all there is. Over loopback data
// arrives within the call that sends it.
inline constexpr std::chrono::seconds kStall{2};

// What a call moved: bytes, or an errno. EAGAIN is no error here: nothing was moved.
struct Moved {
  std::size_t bytes = 0;
  int error = 0;
  bool ended = false;  // the other end has closed
};
Moved send_now(int fd, ByteView bytes, int flags = 0);
Moved receive_now(int fd, std::span<std::uint8_t> into, int flags = 0);
// Whether these events of poll() are there within the time.
bool becomes_ready(int fd, short events, std::chrono::milliseconds wait);

// Bytes to send in pieces: each piece is sent by calls of its own, and sizes repeat from the start.
class Pieces {
 public:
  Pieces(ByteView content, std::vector<std::size_t> sizes)
      : content_(content), sizes_(std::move(sizes)) {}
  ByteView next() const;  // the rest of the current piece; empty: all is sent
  void sent(std::size_t bytes);
  bool all_sent() const { return at_ == content_.size(); }

 private:
  ByteView content_;
  std::vector<std::size_t> sizes_;
  std::size_t piece_ = 0;  // index of its size
  std::size_t done_ = 0;   // of the current piece
  std::size_t at_ = 0;
};

// Both sides of a transfer. Each returns what it moved.
struct Transfer {
  int in = -1;  // where data are expected; -1: nowhere
  std::function<Moved()> push;
  std::function<Moved()> pull;
  std::function<bool()> complete;
};
// Ends when the transfer is complete, when an end closes, when a call fails, or after kStall
// without a byte: then what is missing is the result. Returns the errno of the call that failed, or
// 0. TimedOut: the deadline is past.
Result<int> transfer(const Transfer& what, Deadline deadline);

}  // namespace tuner
