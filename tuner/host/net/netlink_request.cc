#include "host/net/netlink_request.h"

#include "base/handle.h"
#include "base/interrupted.h"

#include <fmt/format.h>

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

constexpr std::string_view kAgain = "run it again";
constexpr int kLargestErrno = 4095;  // MAX_ERRNO in include/linux/err.h

tl::unexpected<Error> kernel_error(Bytes body, std::string_view doing) {
  if (body.size() < sizeof(int)) return malformed_reply(doing, "truncated error message");
  const int number = load<int>(body);
  if (number == 0) return malformed_reply(doing, "acknowledgement without a reply");
  if (number > 0 || number < -kLargestErrno)
    return malformed_reply(doing, fmt::format("error message with invalid errno {}", number));
  return fail(errno_error(-number, doing));
}

}  // namespace

tl::unexpected<Error> malformed_reply(std::string_view doing, std::string_view what) {
  return fail(Fault::Invalid, fmt::format("{}: {}", doing, what), std::string(kAgain));
}

Result<NetlinkMessage> read_reply(Bytes datagram, std::string_view doing) {
  if (datagram.size() < sizeof(nlmsghdr))
    return malformed_reply(doing, "reply shorter than its header");
  const auto header = load<nlmsghdr>(datagram);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) {
    return malformed_reply(doing, fmt::format("message of {} bytes in a datagram of {}",
                                              header.nlmsg_len, datagram.size()));
  }
  const Bytes body = datagram.subspan(sizeof header, header.nlmsg_len - sizeof header);
  if (header.nlmsg_type == NLMSG_ERROR) return kernel_error(body, doing);
  return NetlinkMessage{header.nlmsg_type, body};
}

Result<bool> ends_dump(const NetlinkMessage& message, std::string_view doing) {
  if (message.type == NLMSG_NOOP) return false;
  if (message.type == NLMSG_OVERRUN)
    return fail(Fault::Io, fmt::format("{}: the kernel lost data", doing), std::string(kAgain));
  if (message.type != NLMSG_DONE)
    return malformed_reply(doing, fmt::format("unexpected message of type {}", message.type));
  // It has the error with which the dump ended, or 0.
  if (message.body.size() < sizeof(int)) return malformed_reply(doing, "truncated end of the list");
  const int number = load<int>(message.body);
  if (number == 0) return true;
  if (number > 0 || number < -kLargestErrno)
    return malformed_reply(doing, fmt::format("end of the list with invalid errno {}", number));
  return fail(errno_error(-number, doing));
}

Outcome await_reply(int socket, std::chrono::steady_clock::time_point until,
                    std::string_view doing) {
  pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
  while (true) {
    // Computed anew after each signal: with the full timeout again, a timer signal would extend the
    // wait without end.
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int wait = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    const int ready = ::poll(&waiting, 1, wait);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail(errno_error(errno, doing));
    if (ready == 0)
      return fail({.fault = Fault::TimedOut,
                   .errno_value = ETIMEDOUT,
                   .text = fmt::format("{}: the kernel did not answer", doing),
                   .hint = "try again; dmesg may show a driver that hangs"});
  }
}

Result<std::vector<std::byte>> request_over(int socket, Bytes request, std::string_view doing) {
  if (retry_interrupted([&] { return ::send(socket, request.data(), request.size(), 0); }) < 0) {
    return fail(errno_error(errno, doing));
  }
  TRY(await_reply(socket, std::chrono::steady_clock::now() + kReplyTimeout, doing));
  // A longer reply is cut off by recv(2); read_reply() then rejects it, because nlmsg_len exceeds
  // the datagram.
  std::vector<std::byte> answer(8192);
  const ssize_t size =
      retry_interrupted([&] { return ::recv(socket, answer.data(), answer.size(), 0); });
  if (size < 0) return fail(errno_error(errno, doing));
  answer.resize(static_cast<std::size_t>(size));
  return answer;
}

Result<std::vector<std::byte>> request_netlink(int protocol, Bytes request,
                                               std::string_view doing) {
  const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!socket) return fail(errno_error(errno, doing));
  return request_over(socket.get(), request, doing);
}

}  // namespace tuner
