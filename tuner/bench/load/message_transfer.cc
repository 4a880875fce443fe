#include "bench/load/message_transfer.h"

#include "bench/load/kernel/kept_stamps.h"
#include "bench/load/kernel/thread_cpu.h"
#include "bench/load/message.h"
#include "bench/load/message_end.h"
#include "bench/load/message_turns.h"
#include "probe/handshake/connection/loopback_pair.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <thread>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kSeed = 1;
// Between two messages: the receiver is asleep in epoll_wait(2) again, as a server between two
// requests.
constexpr std::chrono::microseconds kGap{100};

class MessageSender {
 public:
  MessageSender(LoadEnd& end, MessageTurns& turns, const MessagePlan& plan)
      : end_(end), turns_(turns), plan_(plan), message_(make_message(kSeed)) {}

  Outcome run() {
    TRY(pin_thread(plan_.cpus[0]));
    TRY(end_.accept());
    TRY(turns_.await(1, plan_.deadline));  // the receiver listens
    TRY(send_for(MessageKind::WarmUp, plan_.warm_up, plan_.most / 4));
    TRY(send_for(MessageKind::Timed, plan_.round, plan_.most));
    return send_one(MessageKind::Last);
  }

 private:
  // At least one.
  Outcome send_for(MessageKind kind, std::chrono::nanoseconds time, std::size_t most) {
    const auto end = SteadyClock::now() + time;
    std::size_t sent = 0;
    do {
      TRY(send_one(kind));
      std::this_thread::sleep_for(kGap);
    } while (++sent < most && SteadyClock::now() < end);
    return {};
  }

  Outcome send_one(MessageKind kind) {
    set_header(message_, kind, number_);
    TRY(end_.send(message_));
    ++number_;
    // One more than there were messages: first the receiver has said that it listens.
    return turns_.await(number_ + 1, plan_.deadline);
  }

  LoadEnd& end_;
  MessageTurns& turns_;
  const MessagePlan& plan_;
  std::vector<std::uint8_t> message_;
  std::uint64_t number_ = 0;
};

// What the program that receives does with a message: here it counts.
struct Handled {
  std::uint64_t messages = 0;
  std::uint64_t field_bytes = 0;
};

class MessageReceiver {
 public:
  MessageReceiver(MessageEnd& end, int socket, MessageTurns& turns, const MessagePlan& plan,
                  MessageStamps& stamps, std::uint64_t& checked)
      : end_(end),
        socket_(socket),
        turns_(turns),
        plan_(plan),
        stamps_(stamps),
        checked_(checked),
        buffer_(kMessageBytes),
        expected_(make_message(kSeed)),
        callback_([this](const Message& message) {
          ++handled_.messages;
          for (const auto& field : message.fields) handled_.field_bytes += field.size();
        }) {}

  Outcome run() {
    TRY(pin_thread(plan_.cpus[1]));
    TRY(end_.connect());
    if (plan_.ask_ktls && !end_.ktls_recv())
      return fail(Fault::Unsupported, "SSL_read() stays in user space");
    TRY(watch_socket());
    TRY(stamps_.begin(end_));
    turns_.handled();
    MessageKind kind = MessageKind::WarmUp;
    while (kind != MessageKind::Last) kind = TRY(handle_one());
    return {};
  }

 private:
  Outcome watch_socket() {
    epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    event.events = EPOLLIN;
    if (epoll_ && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket_, &event) == 0) return {};
    return fail(errno_error(errno, "watch a socket by epoll"));
  }

  // Until the socket has data, or was closed.
  Outcome wait() {
    while (true) {
      epoll_event event{};
      const int ready = ::epoll_wait(epoll_.get(), &event, 1, milliseconds_until(plan_.deadline));
      if (ready > 0) return {};
      if (ready == 0) return no_progress("epoll_wait");
      if (errno != EINTR) return fail(errno_error(errno, "epoll_wait"));
    }
  }

  // Marks of a message are those of its last call; one that took several is counted apart.
  Result<MessageKind> handle_one() {
    MessageMarks marks;
    std::size_t size = 0;
    int calls = 0;
    while (size < kMessageBytes) {
      end_.marked().restart();
      TRY(wait());
      marks.epoll = realtime_ns();
      // Nothing lies between these two here; a program with many connections would look for one.
      marks.call = realtime_ns();
      size += TRY(end_.receive(std::span(buffer_).subspan(size)));
      marks.plain = realtime_ns();
      ++calls;
    }
    const Message message = TRY(parse_message(buffer_));
    marks.parsed = realtime_ns();
    callback_(message);
    marks.done = realtime_ns();
    // Compared behind the last mark, so that no stage contains it.
    TRY(keep(message, marks, calls > 1));
    turns_.handled();
    return message.kind;
  }

  Outcome keep(const Message& message, MessageMarks marks, bool in_parts) {
    set_header(expected_, message.kind, handled_.messages - 1);
    if (!std::ranges::equal(buffer_, expected_))
      return fail(Fault::Io, "what arrived is not what was sent");
    checked_ += kMessageBytes;
    marks.receive = end_.marked().marks();
    return stamps_.add(end_, {.marks = marks,
                              .stamp = end_.marked().stamp(),
                              .timed = message.kind == MessageKind::Timed,
                              .in_parts = in_parts});
  }

  MessageEnd& end_;
  int socket_;
  MessageTurns& turns_;
  const MessagePlan& plan_;
  MessageStamps& stamps_;
  std::uint64_t& checked_;
  UniqueFd epoll_;
  std::vector<std::uint8_t> buffer_;
  std::vector<std::uint8_t> expected_;
  Handled handled_;
  std::function<void(const Message&)> callback_;
};

struct MessageEnds {
  SslContext serving;
  SslContext calling;
  std::optional<LoadEnd> sender;
  std::optional<MessageEnd> receiver;
};

// As of transfer(): in user space one recvmsg(2) reads a whole record (read-ahead). No session
// tickets: the kernel would hand them to the receiver as records of their own.
Result<MessageEnds> make_ends(const MessagePlan& plan, const Identity& identity,
                              const LoopbackPair& sockets) {
  MessageEnds ends;
  const int sending = sockets.server.get();
  const int receiving = sockets.client.get();
  if (!is_tls(plan.variant.mode)) {
    ends.sender = LoadEnd::plain(sending);
    ends.receiver = TRY(MessageEnd::make(nullptr, receiving, /*ask_ktls=*/false));
    return ends;
  }
  const CellKey cell{.version = plan.variant.version.value(),
                     .cipher = plan.variant.cipher.value()};
  ends.serving = TRY(server_context({.cell = cell, .ask_ktls = false}, identity));
  ends.calling = TRY(client_context({.cell = cell, .ask_ktls = plan.ask_ktls}));
  SSL_CTX_set_num_tickets(ends.serving.get(), 0);
  if (!plan.ask_ktls) SSL_CTX_set_read_ahead(ends.calling.get(), 1);
  ends.sender = TRY(LoadEnd::tls(ends.serving.get(), sending, /*ask_ktls=*/false));
  ends.receiver = TRY(MessageEnd::make(ends.calling.get(), receiving, plan.ask_ktls));
  return ends;
}

}  // namespace

Result<MessageResult> transfer_messages(const MessagePlan& plan, const Identity& identity,
                                        Result<FlowTap>& tap, const AskUlp& ask_ulp) {
  const UniqueFd stamping = keep_stamps();
  const LoopbackPair sockets = TRY(loopback_pair(plan.deadline));
  auto ends = TRY(make_ends(plan, identity, sockets));
  MessageTurns turns;
  MessageResult result;
  MessageStamps stamps(sockets.client.get(), tap);
  const auto stop = [&](const Error& error) {
    turns.fail_with(error);
    for (const int fd : {sockets.client.get(), sockets.server.get()}) ::shutdown(fd, SHUT_RDWR);
  };
  {
    // The end of this block joins both threads.
    const std::jthread receiving([&] {
      MessageReceiver receiver(*ends.receiver, sockets.client.get(), turns, plan, stamps,
                               result.checked_bytes);
      if (auto done = receiver.run(); !done) stop(done.error());
    });
    const std::jthread sending([&] {
      MessageSender sender(*ends.sender, turns, plan);
      if (auto done = sender.run(); !done) stop(done.error());
    });
  }
  if (const auto error = turns.error()) return fail(*error);
  result.marked = TRY(stamps.finish());
  result.sender = ends.sender->evidence(ask_ulp);
  result.receiver = ends.receiver->evidence(ask_ulp);
  return result;
}

}  // namespace tuner
