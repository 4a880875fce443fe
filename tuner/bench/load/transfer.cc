#include "bench/load/transfer.h"

#include "bench/load/kernel/thread_cpu.h"
#include "bench/load/proxy.h"
#include "probe/handshake/connection/loopback_pair.h"

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

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kNotKnown = std::numeric_limits<std::uint64_t>::max();

// A part of a transfer. The sender decides by the clock where it ends, and must tell the receiver
// before the last call: afterwards the receiver would wait for bytes that never come.
struct Part {
  std::atomic<std::uint64_t> bytes{kNotKnown};  // that belong to it
  // What the receiver says when it has them.
  bool received = false;
  SteadyClock::time_point end;
  std::int64_t thread_us = 0;  // CPU time of its thread until then
};

// What the two threads share.
struct Meeting {
  Part warm_up;
  Part timed;
  Part check;
  LoopbackPair sockets;
  std::optional<LoopbackPair> proxied;   // of a proxy's mode, from the proxy to the receiver
  std::atomic<clockid_t> proxy_clock{};  // set before the proxy's first handshake

  // Keeps the first error, the second is a consequence, and wakes the other end.
  void fail_with(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    for (const LoopbackPair* pair : {&sockets, proxied ? &*proxied : &sockets})
      for (const int fd : {pair->client.get(), pair->server.get()}) ::shutdown(fd, SHUT_RDWR);
    changed_.notify_all();
  }
  void finish(Part& part) {
    const std::lock_guard lock(mutex_);
    part.end = SteadyClock::now();
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
  // What a proxy passes on; kNotKnown: the sender has not decided yet.
  std::uint64_t all_bytes() const {
    std::uint64_t all = 0;
    for (const Part* part : {&warm_up, &timed, &check}) {
      const std::uint64_t bytes = part->bytes;
      if (bytes == kNotKnown) return kNotKnown;
      all += bytes;
    }
    return all;
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

class Sender {
 public:
  Sender(LoadEnd& end, Meeting& meeting, const TransferPlan& plan, const LoadContent& content)
      : end_(end), meeting_(meeting), plan_(plan), cursor_(content, plan) {}

  Outcome run(const FileTree& files, TransferResult& result) {
    TRY(pin_thread(plan_.cpus[0]));
    TRY(end_.accept());
    if (is_tls(plan_.variant.mode) && sends_file(plan_.variant.mode) && !end_.ktls_send())
      return fail(Fault::Unsupported, "SSL_sendfile() needs kernel TLS");
    if (plan_.variant.mode == BenchMode::KtlsZerocopy) TRY(end_.ask_zero_copy());
    TRY(send_for(meeting_.warm_up, plan_.warm_up));
    TRY(measure(files, result));
    cursor_.rewind();
    return send_bytes(meeting_.check, kCheckedBytes);
  }

 private:
  Outcome measure(const FileTree& files, TransferResult& result) {
    const auto before = TRY(read_cpu_times(files, plan_.cpus));
    const BenchCounts counts_before = counts();
    const std::int64_t thread_before = thread_cpu_us();
    const std::int64_t proxy_before = proxy_us();
    const auto start = SteadyClock::now();
    TRY(send_for(meeting_.timed, plan_.round));
    result.cost[0].thread_us = thread_cpu_us() - thread_before;
    result.counts = counted_between(counts_before, counts());
    const auto after = TRY(read_cpu_times(files, plan_.cpus));
    // While the clock is still that of the load.
    result.khz = read_khz(files, plan_.cpus);
    result.bytes = meeting_.timed.bytes;
    result.time = meeting_.timed.end - start;
    const std::int64_t receiver = meeting_.timed.thread_us - meeting_.warm_up.thread_us;
    if (is_proxy(plan_.variant.mode)) {
      result.cost[0].thread_us += receiver;
      result.cost[1].thread_us = proxy_us() - proxy_before;
    } else {
      result.cost[1].thread_us = receiver;
    }
    result.cost[0].cpu_us = busy_us(before[0], after[0]);
    // With one CPU for both ends its time is the sender's, and is not counted twice.
    if (plan_.cpus[0] != plan_.cpus[1]) result.cost[1].cpu_us = busy_us(before[1], after[1]);
    return {};
  }

  BenchCounts counts() const { return plan_.events ? plan_.events->read() : BenchCounts(); }

  std::int64_t proxy_us() const {
    return is_proxy(plan_.variant.mode) ? clock_us(meeting_.proxy_clock) : 0;
  }

  Outcome send_for(Part& part, std::chrono::nanoseconds time) {
    const auto end = SteadyClock::now() + time;
    std::uint64_t sent = 0;
    bool last = false;
    while (!last) {
      last = SteadyClock::now() >= end;
      // Said before the last call: the receiver stops as soon as it has so many.
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
  ContentCursor cursor_;
};

class Receiver {
 public:
  Receiver(LoadEnd& end, Meeting& meeting, const TransferPlan& plan)
      : end_(end), meeting_(meeting), plan_(plan), buffer_(kCallBytes) {}

  Outcome run(const LoadContent& content, std::uint64_t& checked) {
    TRY(pin_thread(plan_.cpus[is_proxy(plan_.variant.mode) ? 0 : 1]));
    TRY(end_.connect());
    TRY(receive(meeting_.warm_up, [](auto) -> Outcome { return {}; }));
    TRY(receive(meeting_.timed, [](auto) -> Outcome { return {}; }));
    return receive(meeting_.check, [&](std::span<const std::uint8_t> arrived) -> Outcome {
      return check_content(content, arrived, checked);
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

// One connection. OpenSSL counts the users of a context, so it lives as long as they.
struct Ends {
  LoadEnd serving;
  LoadEnd calling;
};

Result<Ends> make_ends(const TransferPlan& plan, const Identity& identity, const LoopbackPair& pair,
                       bool serving_asks, bool calling_asks) {
  auto serving = TRY(sending_end(plan.variant, identity, pair.server.get(), serving_asks));
  auto calling = TRY(receiving_end(plan.variant, pair.client.get(), calling_asks));
  return Ends{.serving = std::move(serving), .calling = std::move(calling)};
}

CellKey cell_of(const BenchVariant& variant) {
  return {.version = variant.version.value(), .cipher = variant.cipher.value()};
}

Outcome run_proxy(const ProxyEnds& ends, Meeting& meeting, const TransferPlan& plan) {
  meeting.proxy_clock = thread_clock();
  TRY(pin_thread(plan.cpus[1]));
  TRY(begin_proxy(ends));
  const auto total = [&] { return meeting.all_bytes(); };
  if (plan.variant.mode == BenchMode::KtlsSplice) return pass_on_by_splice(ends, total);
  return pass_on(ends, total);
}

}  // namespace

ContentCursor::ContentCursor(const LoadContent& content, const TransferPlan& plan)
    : content_(content),
      as_file_(sends_file(plan.variant.mode)),
      call_(plan.call_bytes),
      buffer_(plan.reads_file && !as_file_ ? kCallBytes : 0) {}

std::size_t ContentCursor::turn_bytes() const {
  return std::max(call_, kCallBytes);
}

Outcome ContentCursor::send_turn(LoadEnd& end) {
  for (std::size_t sent = 0; sent < turn_bytes(); sent += call_) {
    TRY(send_call(end));
    at_ = (at_ + call_) % kContentBytes;
  }
  return {};
}

Outcome ContentCursor::send_call(LoadEnd& end) {
  if (as_file_) return end.send_file(content_.file.get(), at_, call_);
  const std::size_t piece = std::min(call_, kCallBytes);
  for (std::size_t at = at_; at < at_ + call_; at += piece) TRY(send_piece(end, at, piece));
  return {};
}

Outcome ContentCursor::send_piece(LoadEnd& end, std::size_t at, std::size_t size) {
  if (buffer_.empty()) return end.send(std::span(content_.bytes).subspan(at, size));
  const ssize_t got = ::pread(content_.file.get(), buffer_.data(), size, static_cast<off_t>(at));
  if (got < 0) return fail(errno_error(errno, "read the file"));
  if (static_cast<std::size_t>(got) != size) return fail(Fault::Io, "read: the file has ended");
  return end.send(std::span(buffer_).first(size));
}

Outcome check_content(const LoadContent& content, std::span<const std::uint8_t> arrived,
                      std::uint64_t& checked) {
  if (arrived.size() > content.bytes.size() - checked)
    return fail(Fault::Io, "more bytes arrived than were sent");
  const auto expected = std::span(content.bytes).subspan(checked, arrived.size());
  if (!std::ranges::equal(arrived, expected))
    return fail(Fault::Io, fmt::format("what arrived is not what was sent: within {} bytes from "
                                       "byte {} of the check",
                                       arrived.size(), checked));
  checked += arrived.size();
  return {};
}

Result<LoadEnd> sending_end(const BenchVariant& variant, const Identity& identity, int socket,
                            bool ask_ktls) {
  if (!is_tls(variant.mode)) return LoadEnd::plain(socket);
  const auto context =
      TRY(server_context({.cell = cell_of(variant), .ask_ktls = ask_ktls}, identity));
  // A ticket is no payload: splice() refuses it.
  if (is_proxy(variant.mode)) SSL_CTX_set_num_tickets(context.get(), 0);
  return LoadEnd::tls(context.get(), socket, ask_ktls);
}

// A receiver in user space reads several records by one call (read-ahead), as a client that wants
// speed does; so it is rather the sender that limits. One that asks for the kernel does not: the
// kernel cannot take over what OpenSSL has read already.
Result<LoadEnd> receiving_end(const BenchVariant& variant, int socket, bool ask_ktls) {
  if (!is_tls(variant.mode)) return LoadEnd::plain(socket);
  const auto context = TRY(client_context({.cell = cell_of(variant), .ask_ktls = ask_ktls}));
  if (!ask_ktls) {
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context.get(), 2 * kCallBytes);
  }
  return LoadEnd::tls(context.get(), socket, ask_ktls);
}

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
  if (is_proxy(plan.variant.mode)) meeting.proxied = TRY(loopback_pair(plan.deadline));
  const BenchMode mode = plan.variant.mode;
  const bool sends = plan.ask_ktls && asks_to_send(mode);
  const bool receives = plan.ask_ktls && asks_to_receive(mode);
  auto first = TRY(make_ends(plan, identity, meeting.sockets, sends && !is_proxy(mode), receives));
  std::optional<Ends> second;
  if (meeting.proxied)
    second = TRY(make_ends(plan, identity, *meeting.proxied, sends, /*calling_asks=*/false));
  LoadEnd& last = second ? second->calling : first.calling;
  TransferResult result;
  {
    const auto start = [&](auto work) {
      return std::jthread([&meeting, work] {
        if (auto done = work(); !done) meeting.fail_with(done.error());
      });
    };
    // The end of this block joins the threads.
    std::vector<std::jthread> threads;
    threads.push_back(
        start([&] { return Receiver(last, meeting, plan).run(content, result.checked_bytes); }));
    threads.push_back(
        start([&] { return Sender(first.serving, meeting, plan, content).run(files, result); }));
    if (second)
      threads.push_back(start([&] {
        return run_proxy({first.calling, second->serving}, meeting, plan);
      }));
  }
  if (const auto error = meeting.error()) return fail(*error);
  // Before the sockets are closed: a closed socket has no diagnostics.
  result.sender = first.serving.evidence(ask_ulp);
  result.receiver = last.evidence(ask_ulp);
  if (second)
    result.proxy = ProxyEvidence{.receiving = first.calling.evidence(ask_ulp),
                                 .sending = second->serving.evidence(ask_ulp)};
  return result;
}

}  // namespace tuner
