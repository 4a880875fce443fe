#include "probe/handshake/connection/socket_questions.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/net/netlink_request.h"
#include "probe/socket_answers.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>

namespace tuner {
namespace {

constexpr std::string_view kDoing = "socket diagnostics";
// Longer than the time that the tuner waits for the kernel (kReplyTimeout).
constexpr std::chrono::seconds kReplyLimit{4};

bool has(int socket, int option, int wanted) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

// One byte goes with the descriptor: an empty message would look like the end of the channel.
bool finish_run(int channel, int descriptor) {
  char byte = 'd';
  iovec data{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  return retry_interrupted([&] { return ::sendmsg(channel, &message, MSG_NOSIGNAL); }) == 1;
}

Result<SocketUlp> ask_tuner(int channel, int socket) {
  const auto ends = TRY(tcp_ends(socket));
  if (retry_interrupted([&] { return ::send(channel, &ends, sizeof(TcpEnds), MSG_NOSIGNAL); }) !=
      static_cast<ssize_t>(sizeof(TcpEnds))) {
    return fail(errno_error(errno, "ask the tuner for socket diagnostics"));
  }
  const auto until = std::chrono::steady_clock::now() + kReplyLimit;
  TRY(await_reply(channel, until, kDoing));
  std::vector<std::byte> reply(sizeof(AnswerErrno) + 8192);
  const ssize_t size =
      retry_interrupted([&] { return ::recv(channel, reply.data(), reply.size(), 0); });
  if (size < static_cast<ssize_t>(sizeof(AnswerErrno))) {
    return fail(Fault::Io, "the tuner does not answer for socket diagnostics");
  }
  AnswerErrno error = 0;
  std::memcpy(&error, reply.data(), sizeof error);
  if (error != 0) return fail(errno_error(error, kDoing));
  return decode_ulp_reply(
      std::span(reply).first(static_cast<std::size_t>(size)).subspan(sizeof error));
}

// Without a tuner (the helper run by hand), or where the channel is no socket.
Result<SocketUlp> ask_kernel_directly(int socket) {
  auto answer = socket_ulp(socket);
  if (answer && answer->name.empty()) {
    return fail(Fault::NotPermitted, "socket diagnostics show no ULP to this user");
  }
  return answer;
}

}  // namespace

AskUlp ulp_questions(int channel) {
  if (!has(channel, SO_DOMAIN, AF_UNIX) || !has(channel, SO_TYPE, SOCK_SEQPACKET)) {
    return ask_kernel_directly;
  }
  // Opened here, because a socket shows the network namespace in which it was made.
  const UniqueFd diagnostics(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!diagnostics || !finish_run(channel, diagnostics.get())) return ask_kernel_directly;
  return [channel](int socket) { return ask_tuner(channel, socket); };
}

}  // namespace tuner
