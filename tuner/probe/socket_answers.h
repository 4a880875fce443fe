// The tuner's answers to the one question that the helper has no right to ask any more: before
// Linux 6.15 socket diagnostics hide the upper-layer protocol from those without CAP_NET_ADMIN. The
// helper hands over a diagnostics socket of its network namespace before it gives up its rights,
// and then the addresses of a connection of its own at a time.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "host/net/socket_port.h"

#include <cstdint>

namespace tuner {

// The tuner's end of the channel; the helper's is its stdin. Messages have borders.
struct QuestionChannel {
  UniqueFd tuners;
  UniqueFd helpers;
};
Result<QuestionChannel> question_channel();

// What a reply begins with; behind it the kernel's datagram, if the number is 0.
using AnswerErrno = std::int32_t;

class SocketAnswers {
 public:
  explicit SocketAnswers(UniqueFd channel) : channel_(std::move(channel)) {}

  // For poll(); -1: nothing more is answered.
  int fd() const { return channel_.get(); }
  // One message of the helper. Words that are none of the two, and a socket of another kind, end
  // the answers: the helper is not believed, and finds out by itself.
  void answer_one();

 private:
  bool take_socket();
  bool answer_question();

  UniqueFd channel_;
  UniqueFd diagnostics_;
};

}  // namespace tuner
