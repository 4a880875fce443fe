// Gives each message of a measurement the time at which the kernel received it.
#pragma once

#include "bench/load/kernel/flow_tap.h"
#include "bench/load/message_end.h"
#include "bench/stages.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

// A message as the receiver saw it; marks in nanoseconds since 1970.
struct HandledMessage {
  MessageMarks marks;
  std::optional<std::int64_t> stamp;  // that came with its data
  bool timed = false;                 // not of the warm-up
  bool in_parts = false;              // it took several calls
};

// Pure. `captured`: the stamps of a capture beside the socket, of all messages, or nothing if there
// was none. A stamp that is not between the message before and the end of epoll_wait(2) is that of
// another packet, and is dropped.
MarkedMessages stamp_messages(std::vector<HandledMessage> messages,
                              const std::vector<std::optional<std::int64_t>>& captured);

class MessageStamps {
 public:
  // The socket that receives. The tap is an error where there is none.
  MessageStamps(int socket, Result<FlowTap>& tap) : socket_(socket), tap_(tap) {}

  // Call it behind the handshake, while nothing is under way.
  Outcome begin(MessageEnd& end);
  // Of all messages, in their order.
  Outcome add(MessageEnd& end, HandledMessage message);
  Result<MarkedMessages> finish();

 private:
  // nullopt: the capture is of no use; why_ says why.
  std::optional<std::vector<std::optional<std::int64_t>>> captured();

  int socket_;
  Result<FlowTap>& tap_;
  bool asked_ = false;  // the socket for stamps
  std::uint64_t received_ = 0;
  std::vector<HandledMessage> messages_;
  std::string why_;
};

}  // namespace tuner
