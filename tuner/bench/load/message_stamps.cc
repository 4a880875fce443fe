#include "bench/load/message_stamps.h"

#include "probe/handshake/connection/tcp.h"

#include <fmt/format.h>

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace tuner {
namespace {

// Bytes of the stream so far, as they were on the wire.
Result<std::uint64_t> received_bytes(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return fail(errno_error(errno, "read TCP_INFO"));
  return info.tcpi_bytes_received;
}

Result<TcpFlow> flow_to(int socket) {
  const auto to = TRY(local_place(socket));
  const auto from = TRY(peer_place(socket));
  return TcpFlow{.from = from.port, .to = to.port};
}

MessageMarks relative(MessageMarks marks, std::int64_t origin) {
  if (marks.nic) *marks.nic -= origin;
  if (marks.kernel) *marks.kernel -= origin;
  if (marks.receive) marks.receive->begin -= origin;
  for (std::int64_t* const mark :
       {&marks.epoll, &marks.call, &marks.plain, &marks.parsed, &marks.done})
    *mark -= origin;
  return marks;
}

}  // namespace

MarkedMessages stamp_messages(std::vector<HandledMessage> messages,
                              const std::vector<std::optional<std::int64_t>>& captured) {
  MarkedMessages stamped;
  std::size_t without = 0;
  std::int64_t before = std::numeric_limits<std::int64_t>::min();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    HandledMessage& message = messages[i];
    const auto seen = i < captured.size() ? captured[i] : std::nullopt;
    const auto stamp = seen ? seen : message.stamp;
    if (stamp && *stamp >= before && *stamp <= message.marks.epoll) message.marks.kernel = stamp;
    if (!message.timed && seen && message.stamp) {
      ++stamped.compared;
      if (*seen >= before && *seen <= *message.stamp)
        stamped.leads.push_back(*message.stamp - *seen);
    }
    before = message.marks.done;
    if (!message.timed) continue;
    if (message.in_parts) {
      ++stamped.in_parts;
    } else if (!check_order(message.marks)) {
      ++stamped.disordered;
    } else {
      without += message.marks.kernel ? 0 : 1;
      stamped.messages.push_back(message.marks);
    }
  }
  if (without > 0)
    stamped.no_stamps = fmt::format("{} of {} messages have no time stamp of the kernel", without,
                                    stamped.messages.size());
  if (stamped.messages.empty()) return stamped;
  const MessageMarks& first = stamped.messages.front();
  stamped.origin = first.kernel.value_or(first.epoll);
  for (MessageMarks& marks : stamped.messages) marks = relative(marks, stamped.origin);
  return stamped;
}

// Without kernel TLS the socket's stamps are asked for, too: the messages of the warm-up show that
// both are the same.
Outcome MessageStamps::begin(MessageEnd& end) {
  if (!end.ktls_recv()) {
    TRY(end.marked().ask_stamps(true));
    asked_ = true;
  }
  if (!tap_) return {};
  const TcpFlow flow = TRY(flow_to(socket_));
  TRY(tap_->listen(flow));
  received_ = TRY(received_bytes(socket_));
  return {};
}

// In the timed part rows with and without kernel TLS have the same source, which costs them the
// same.
Outcome MessageStamps::add(MessageEnd& end, HandledMessage message) {
  const bool stop = message.timed && asked_ && tap_;
  messages_.push_back(std::move(message));
  if (!stop) return {};
  asked_ = false;
  return end.marked().ask_stamps(false);
}

std::optional<std::vector<std::optional<std::int64_t>>> MessageStamps::captured() {
  if (!tap_) {
    why_ = tap_.error().text;
    return std::nullopt;
  }
  const auto received = received_bytes(socket_);
  const auto tapped = tap_->collect();
  if (!received || !tapped) {
    why_ = (received ? tapped.error() : received.error()).text;
    return std::nullopt;
  }
  const std::uint64_t bytes = *received - received_;
  // All messages have one size, as plain text and as records. A remainder means that something else
  // arrived, and that no packet can be given to a message by its place.
  if (tapped->packets.empty() || messages_.empty() || bytes % messages_.size() != 0) {
    why_ = fmt::format("{} packets were captured of {} messages with {} bytes",
                       tapped->packets.size(), messages_.size(), bytes);
    return std::nullopt;
  }
  return stamps_of_messages(tapped->packets, tapped->packets.front().sequence,
                            bytes / messages_.size(), messages_.size());
}

Result<MarkedMessages> MessageStamps::finish() {
  const auto seen = captured();
  auto stamped =
      stamp_messages(messages_, seen.value_or(std::vector<std::optional<std::int64_t>>{}));
  if (const std::size_t differ = stamped.compared - stamped.leads.size(); differ > 0) {
    // Then the capture is not to be believed, and in the timed part the socket was not asked.
    for (MessageMarks& marks : stamped.messages) marks.kernel.reset();
    stamped.no_stamps = fmt::format(
        "the stamps of the capture and of the socket contradict each other for {} of {} messages",
        differ, stamped.compared);
  } else if (!stamped.no_stamps.empty() && !why_.empty()) {
    stamped.no_stamps += ": " + why_;
  }
  return stamped;
}

}  // namespace tuner
