// The tuner asks socket diagnostics on behalf of the helper, which has given up its privileges:
// before Linux 6.15 socket diagnostics show the upper-layer protocol (ULP) only with CAP_NET_ADMIN.
// Before it gives up its privileges, the helper sends a diagnostics socket of its network
// namespace. Afterwards it sends one question per message: the addresses of one of its connections.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "host/net/socket_port.h"

#include <cstdint>

namespace tuner {

// Both ends of the channel (SOCK_SEQPACKET). The helper's end becomes its stdin.
struct QuestionChannel {
  UniqueFd tuners;
  UniqueFd helpers;
};
Result<QuestionChannel> question_channel();

// The first field of a reply: 0 and then the kernel's datagram, or an errno.
using AnswerErrno = std::int32_t;

class SocketAnswers {
 public:
  explicit SocketAnswers(UniqueFd channel) : channel_(std::move(channel)) {}

  // For poll(); -1: the channel is closed, no more answers.
  int fd() const { return channel_.get(); }
  // Handles one message of the helper. Any other message, or another kind of socket, closes the
  // channel: the helper is not trusted. The helper then gets an error instead of an answer.
  void answer_one();

 private:
  bool take_socket();
  bool answer_question();

  UniqueFd channel_;
  UniqueFd diagnostics_;
};

}  // namespace tuner
