#include "probe/socket_answers.h"

#include "base/interrupted.h"
#include "host/net/netlink_request.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>

namespace tuner {
namespace {

constexpr std::string_view kDoing = "socket diagnostics";

// The descriptor that the helper sends with a message of one byte. Any other message gives none.
// The helper meets peers from the network, so its messages are checked like a peer's: one
// descriptor, of the wanted kind, or the channel is closed.
UniqueFd received_descriptor(int channel) {
  char byte = 0;
  iovec data{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (retry_interrupted(
          [&] { return ::recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); }) != 1)
    return UniqueFd();
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head == nullptr || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS ||
      head->cmsg_len != CMSG_LEN(sizeof(int)))
    return UniqueFd();
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
  return UniqueFd(descriptor);
}

bool has(int socket, int option, int wanted) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

// A socket belongs to the network namespace in which it was made. This one shows the probed
// namespace, which the tuner itself never enters; and any other socket must not be used with the
// tuner's rights.
bool is_diagnostics(int socket) {
  return has(socket, SO_DOMAIN, AF_NETLINK) && has(socket, SO_PROTOCOL, NETLINK_SOCK_DIAG);
}

// recv() without a control buffer: the kernel closes descriptors that a message carries.
std::optional<TcpEnds> received_question(int channel) {
  std::array<char, sizeof(TcpEnds) + 1> bytes{};
  const ssize_t size =
      retry_interrupted([&] { return ::recv(channel, bytes.data(), bytes.size(), MSG_DONTWAIT); });
  if (size != static_cast<ssize_t>(sizeof(TcpEnds))) return std::nullopt;
  TcpEnds ends;
  std::memcpy(&ends, bytes.data(), sizeof ends);
  if (ends.family != AF_INET && ends.family != AF_INET6) return std::nullopt;
  return ends;
}

}  // namespace

// SEQPACKET keeps messages apart, and a closed end is seen as a message of length 0.
Result<QuestionChannel> question_channel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(errno_error(errno, "make a channel to the probe"));
  }
  return QuestionChannel{.tuners = UniqueFd(ends[0]), .helpers = UniqueFd(ends[1])};
}

void SocketAnswers::answer_one() {
  const bool done = diagnostics_ ? answer_question() : take_socket();
  if (!done) channel_.reset();
}

bool SocketAnswers::take_socket() {
  UniqueFd socket = received_descriptor(channel_.get());
  if (!socket || !is_diagnostics(socket.get())) return false;
  diagnostics_ = std::move(socket);
  return true;
}

// The request is encoded here from two addresses. Bytes from the helper never reach the kernel as
// they are.
bool SocketAnswers::answer_question() {
  const auto ends = received_question(channel_.get());
  if (!ends) return false;
  const auto reply = request_over(diagnostics_.get(), encode_ulp_request(*ends), kDoing);
  AnswerErrno error = 0;
  if (!reply) error = reply.error().errno_value != 0 ? reply.error().errno_value : EIO;
  // The errno stands first. If it is 0, the kernel's reply follows.
  std::vector<std::byte> answer(sizeof error);
  std::memcpy(answer.data(), &error, sizeof error);
  if (reply) answer.insert(answer.end(), reply->begin(), reply->end());
  // The kernel's late answer would be read as the answer to the next question.
  if (!reply && reply.error().fault == Fault::TimedOut) return false;
  return ::send(channel_.get(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(answer.size());
}

}  // namespace tuner
