#include "bench/load/transfer.h"

#include "bench/load/load_end.h"
#include "bench/load/thread_cpu.h"
#include "probe/handshake/loopback_pair.h"

#include <fmt/format.h>

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace tuner {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kNotKnown = std::numeric_limits<std::uint64_t>::max();

// A part of a transfer. The sender decides by the clock where it ends, and must tell the receiver
// before the last call: afterwards the receiver would wait for bytes that never come.
struct Part {
  std::atomic<std::uint64_t> bytes{kNotKnown};  // that belong to it
  // What the receiver says when it has them.
  bool received = false;
  Clock::time_point end;
  std::int64_t thread_us = 0;  // CPU time of its thread until then
};

// What the two threads share.
struct Meeting {
  Part warm_up;
  Part timed;
  Part check;
  LoopbackPair sockets;

  // Keeps the first error, the second is a consequence, and wakes the other end.
  void fail_with(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    for (const int fd : {sockets.client.get(), sockets.server.get()}) ::shutdown(fd, SHUT_RDWR);
    changed_.notify_all();
  }
  void finish(Part& part) {
    const std::lock_guard lock(mutex_);
    part.end = Clock::now();
    part.thread_us = thread_cpu_us();
    part.received = true;
    changed_.notify_all();
  }
  // Until the receiver has the whole part. The error is the first of either end.
  Outcome await(const Part& part, Deadline deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [&] { return part.received || error_; });
    if (error_) return fail(*error_);
    if (!part.received) return no_progress("the receiving end");
    return {};
  }
  std::optional<Error> error() {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Error> error_;
};

// The place in the content.
class Cursor {
 public:
  Cursor(const LoadContent& content, const TransferPlan& plan)
      : content_(content),
        as_file_(sends_file(plan.variant.mode)),
        call_(plan.call_bytes),
        buffer_(plan.reads_file && !as_file_ ? kCallBytes : 0) {}

  // Of one turn: a large call, or many small ones. Between turns the sender looks at the clock,
  // which would take as long as a small call does.
  std::size_t turn_bytes() const { return std::max(call_, kCallBytes); }
  Outcome send_turn(LoadEnd& end) {
    for (std::size_t sent = 0; sent < turn_bytes(); sent += call_) {
      TRY(send_call(end));
      at_ = (at_ + call_) % kContentBytes;
    }
    return {};
  }
  void rewind() { at_ = 0; }

 private:
  Outcome send_call(LoadEnd& end) {
    if (as_file_) return end.send_file(content_.file.get(), at_, call_);
    const std::size_t piece = std::min(call_, kCallBytes);
    for (std::size_t at = at_; at < at_ + call_; at += piece) TRY(send_piece(end, at, piece));
    return {};
  }
  Outcome send_piece(LoadEnd& end, std::size_t at, std::size_t size) {
    if (buffer_.empty()) return end.send(std::span(content_.bytes).subspan(at, size));
    const ssize_t got = ::pread(content_.file.get(), buffer_.data(), size, static_cast<off_t>(at));
    if (got < 0) return fail(errno_error(errno, "read the file"));
    if (static_cast<std::size_t>(got) != size) return fail(Fault::Io, "read: the file has ended");
    return end.send(std::span(buffer_).first(size));
  }

  const LoadContent& content_;
  bool as_file_;
  std::size_t call_;
  std::vector<std::uint8_t> buffer_;  // empty: what is sent is in memory already
  std::size_t at_ = 0;
};

class Sender {
 public:
  Sender(LoadEnd& end, Meeting& meeting, const TransferPlan& plan, const LoadContent& content)
      : end_(end), meeting_(meeting), plan_(plan), cursor_(content, plan) {}

  Outcome run(const FileTree& files, TransferResult& result) {
    TRY(pin_thread(plan_.cpus[0]));
    TRY(end_.accept());
    if (is_tls(plan_.variant.mode) && sends_file(plan_.variant.mode) && !end_.ktls_send())
      return fail(Fault::Unsupported, "SSL_sendfile() needs kernel TLS");
    TRY(send_for(meeting_.warm_up, plan_.warm_up));
    TRY(measure(files, result));
    cursor_.rewind();
    return send_bytes(meeting_.check, kCheckedBytes);
  }

 private:
  Outcome measure(const FileTree& files, TransferResult& result) {
    const auto before = TRY(read_cpu_times(files, plan_.cpus));
    const std::int64_t thread_before = thread_cpu_us();
    const auto start = Clock::now();
    TRY(send_for(meeting_.timed, plan_.round));
    result.cost[0].thread_us = thread_cpu_us() - thread_before;
    const auto after = TRY(read_cpu_times(files, plan_.cpus));
    result.bytes = meeting_.timed.bytes;
    result.time = meeting_.timed.end - start;
    result.cost[1].thread_us = meeting_.timed.thread_us - meeting_.warm_up.thread_us;
    result.cost[0].cpu_us = busy_us(before[0], after[0]);
    // With one CPU for both ends its time is the sender's, and is not counted twice.
    if (plan_.cpus[0] != plan_.cpus[1]) result.cost[1].cpu_us = busy_us(before[1], after[1]);
    return {};
  }

  Outcome send_for(Part& part, std::chrono::nanoseconds time) {
    const auto end = Clock::now() + time;
    std::uint64_t sent = 0;
    bool last = false;
    while (!last) {
      last = Clock::now() >= end;
      if (last) part.bytes = sent + cursor_.turn_bytes();
      TRY(cursor_.send_turn(end_));
      sent += cursor_.turn_bytes();
    }
    return meeting_.await(part, plan_.deadline);
  }

  Outcome send_bytes(Part& part, std::uint64_t bytes) {
    part.bytes = bytes;
    for (std::uint64_t sent = 0; sent < bytes; sent += cursor_.turn_bytes())
      TRY(cursor_.send_turn(end_));
    return meeting_.await(part, plan_.deadline);
  }

  LoadEnd& end_;
  Meeting& meeting_;
  const TransferPlan& plan_;
  Cursor cursor_;
};

class Receiver {
 public:
  Receiver(LoadEnd& end, Meeting& meeting, const TransferPlan& plan)
      : end_(end), meeting_(meeting), plan_(plan), buffer_(kCallBytes) {}

  Outcome run(const LoadContent& content, std::uint64_t& checked) {
    TRY(pin_thread(plan_.cpus[1]));
    TRY(end_.connect());
    TRY(receive(meeting_.warm_up, [](auto) -> Outcome { return {}; }));
    TRY(receive(meeting_.timed, [](auto) -> Outcome { return {}; }));
    return receive(meeting_.check, [&](std::span<const std::uint8_t> arrived) -> Outcome {
      const auto expected = std::span(content.bytes).subspan(checked, arrived.size());
      if (!std::ranges::equal(arrived, expected))
        return fail(Fault::Io,
                    fmt::format("what arrived is not what was sent: within {} bytes from "
                                "byte {} of the check",
                                arrived.size(), checked));
      checked += arrived.size();
      return {};
    });
  }

 private:
  Outcome receive(Part& part, const std::function<Outcome(std::span<const std::uint8_t>)>& look) {
    std::uint64_t received = 0;
    while (received < part.bytes) {
      const std::size_t size = TRY(end_.receive(buffer_));
      TRY(look(std::span(buffer_).first(size)));
      received += size;
    }
    meeting_.finish(part);
    return {};
  }

  LoadEnd& end_;
  Meeting& meeting_;
  const TransferPlan& plan_;
  std::vector<std::uint8_t> buffer_;
};

struct Ends {
  SslContext serving;
  SslContext calling;
  std::optional<LoadEnd> sender;
  std::optional<LoadEnd> receiver;
};

// The receiver of a user-space connection reads several records by one call (read-ahead), as a
// client that wants speed does; so it is rather the sender that limits.
Result<Ends> make_ends(const TransferPlan& plan, const Identity& identity, const Meeting& meeting) {
  Ends ends;
  const int sending = meeting.sockets.server.get();
  const int receiving = meeting.sockets.client.get();
  if (!is_tls(plan.variant.mode)) {
    ends.sender = LoadEnd::plain(sending);
    ends.receiver = LoadEnd::plain(receiving);
    return ends;
  }
  const CellKey cell{.version = plan.variant.version.value(),
                     .cipher = plan.variant.cipher.value()};
  ends.serving = TRY(server_context({.cell = cell, .ask_ktls = plan.ask_ktls}, identity));
  ends.calling = TRY(client_context({.cell = cell, .ask_ktls = false}));
  SSL_CTX_set_read_ahead(ends.calling.get(), 1);
  SSL_CTX_set_default_read_buffer_len(ends.calling.get(), 2 * kCallBytes);
  ends.sender = TRY(LoadEnd::tls(ends.serving.get(), sending, plan.ask_ktls));
  ends.receiver = TRY(LoadEnd::tls(ends.calling.get(), receiving, /*ask_ktls=*/false));
  return ends;
}

}  // namespace

Result<LoadContent> make_content() {
  LoadContent content{.bytes = make_payload(1, kContentBytes),
                      .file = UniqueFd(::memfd_create("ktls-tuner-bench", MFD_CLOEXEC))};
  if (!content.file) return fail(errno_error(errno, "make a file in memory"));
  std::span<const std::uint8_t> rest = content.bytes;
  while (!rest.empty()) {
    const ssize_t written = ::write(content.file.get(), rest.data(), rest.size());
    if (written < 0) return fail(errno_error(errno, "fill a file in memory"));
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  return content;
}

Result<TransferResult> transfer(const TransferPlan& plan, const LoadContent& content,
                                const Identity& identity, const FileTree& files,
                                const AskUlp& ask_ulp) {
  Meeting meeting;
  meeting.sockets = TRY(loopback_pair(plan.deadline));
  auto ends = TRY(make_ends(plan, identity, meeting));
  TransferResult result;
  {
    // The end of this block joins both threads.
    const std::jthread receiving([&] {
      Receiver receiver(*ends.receiver, meeting, plan);
      if (auto done = receiver.run(content, result.checked_bytes); !done)
        meeting.fail_with(done.error());
    });
    const std::jthread sending([&] {
      Sender sender(*ends.sender, meeting, plan, content);
      if (auto done = sender.run(files, result); !done) meeting.fail_with(done.error());
    });
  }
  if (const auto error = meeting.error()) return fail(*error);
  // Before the sockets are closed: a closed socket has no diagnostics.
  result.sender = ends.sender->evidence(ask_ulp);
  result.receiver = ends.receiver->evidence(ask_ulp);
  return result;
}

}  // namespace tuner
