// Counts the instructions that each mode of `bench` takes per byte, user space and kernel together.
// Only for a machine whose time stamp counter counts instructions (scripts/lab --icount). Prints
// one line of JSON per measurement, all at the end: a reader that wakes up would be counted.
//
// `bench` measures for a time; this sends a fixed number of bytes, so that two runs do the same
// work. It uses the same connections, calls and content.
#include "base/number.h"
#include "base/text.h"
#include "bench/load/kernel/thread_cpu.h"
#include "bench/load/load_end.h"
#include "bench/load/transfer.h"
#include "bench/report.h"
#include "host/files/file_tree.h"
#include "probe/handshake/connection/cell.h"
#include "probe/handshake/connection/kernel.h"
#include "probe/handshake/connection/loopback_pair.h"
#include "probe/handshake/fresh_network.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <csignal>
#include <cstdio>
#include <functional>
#include <map>
#include <pthread.h>
#include <thread>
#include <x86intrin.h>

namespace tuner {
namespace {

using nlohmann::json;

constexpr std::string_view kUsage =
    "usage: count-instructions [--bytes N] [--warm-up N] [--call N] [--repeat N] [--threads 1|2]\n"
    "         [--mode MODE]... [--receiver-priority N] [--receive] [--no-delay] [--fixed-buffers]\n"
    "         [--first-use] [--file PATH [--cold]]\n"
    "  --threads 1: one thread sends 64 KiB, receives them, and so on: no end wakes the other.\n"
    "  --threads 2: two threads on CPU 0, as `bench` with one CPU.\n"
    "  --mode: only these modes of `bench`; otherwise all.\n"
    "  --receiver-priority: SCHED_FIFO for the receiving thread, so that it runs as soon as it "
    "can.\n"
    "  --receive: the receiving end asks for kernel TLS as well.\n"
    "  --no-delay: TCP_NODELAY, so that no record waits for an acknowledgement.\n"
    "  --fixed-buffers: the kernel does not tune the buffers of the sockets; always so with one "
    "thread.\n"
    "  --first-use: the first measurement is the first to use the content's pages.\n"
    "  --file: the content is this file's. --cold: not in the page cache when the count begins.";

// What one thread hands over before it receives. Fits into kSocketBuffer.
constexpr std::uint64_t kTurn = kCallBytes;
// Of the one-thread order: a full buffer would block the thread that has to empty it.
constexpr int kSocketBuffer = 1 << 20;
constexpr std::chrono::minutes kLongest{30};

struct Options {
  std::uint64_t bytes = kContentBytes;  // each page of the content once
  std::uint64_t warm_up = 2U << 20U;    // windows and buffers have grown
  std::uint64_t call = kCallBytes;
  int repeat = 1;
  int threads = 1;
  int receiver_priority = 0;
  bool receive = false;
  std::vector<BenchMode> modes;  // empty: all
  std::string file;
  bool cold = false;
  bool first_use = false;
  bool no_delay = false;
  bool fixed_buffers = false;
};

Result<Options> parse(std::span<const std::string_view> words) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const auto flag = [&](std::string_view name) { return word == name; };
    if (flag("--receive")) options.receive = true;
    if (flag("--cold")) options.cold = true;
    if (flag("--first-use")) options.first_use = true;
    if (flag("--no-delay")) options.no_delay = true;
    if (flag("--fixed-buffers")) options.fixed_buffers = true;
    if (flag("--receive") || flag("--cold") || flag("--first-use") || flag("--no-delay") ||
        flag("--fixed-buffers"))
      continue;
    if (++i == words.size()) return fail(Fault::Invalid, std::string(kUsage));
    const std::string_view value = words[i];
    if (flag("--bytes"))
      options.bytes = TRY(whole_number<std::uint64_t>(value, kTurn, 1U << 30U));
    else if (flag("--warm-up"))
      options.warm_up = TRY(whole_number<std::uint64_t>(value, 0, 1U << 30U));
    else if (flag("--call"))
      options.call = TRY(whole_number<std::uint64_t>(value, 1, kTurn));
    else if (flag("--repeat"))
      options.repeat = TRY(whole_number<int>(value, 1, 1000));
    else if (flag("--threads"))
      options.threads = TRY(whole_number<int>(value, 1, 2));
    else if (flag("--receiver-priority"))
      options.receiver_priority = TRY(whole_number<int>(value, 1, 99));
    else if (flag("--file"))
      options.file = value;
    else if (const auto mode = from_word<BenchMode>(value); flag("--mode") && mode)
      options.modes.push_back(*mode);
    else
      return fail(Fault::Invalid, std::string(kUsage));
  }
  const auto whole = [&](std::uint64_t bytes) { return bytes % kTurn == 0; };
  if (kTurn % options.call == 0 && whole(options.bytes) && whole(options.warm_up)) return options;
  return fail(Fault::Invalid, fmt::format("--bytes and --warm-up are multiples of {0}, and --call "
                                          "divides it",
                                          kTurn));
}

// How often a thread of this process gave up the CPU, by itself or not.
std::int64_t switches() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_nvcsw + used.ru_nivcsw;
}

// The CPU time of all threads of this process. Less than the counted instructions: other threads
// ran, or the CPU was idle, when the clock goes on.
std::int64_t process_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

using TcpCounts = std::map<std::string, std::int64_t>;

// All counters of TCP of this network namespace: a line of names and a line of numbers.
Result<TcpCounts> tcp_counts(const FileTree& files) {
  TcpCounts counts;
  for (const char* const path : {"/proc/self/net/snmp", "/proc/self/net/netstat"}) {
    const std::string text = TRY(files.read(path));
    std::vector<std::string_view> names;
    for (const std::string_view line : lines(text)) {
      if (!line.starts_with("Tcp")) continue;
      const auto words = split_whitespace(line);
      if (names.empty() || names.front() != words.front()) {
        names.assign(words.begin(), words.end());
        continue;
      }
      for (std::size_t i = 1; i < names.size() && i < words.size(); ++i)
        counts.emplace(names[i], TRY(whole_number<std::int64_t>(words[i])));
    }
  }
  return counts;
}

struct Count {
  std::uint64_t instructions = 0;
  std::int64_t process_ns = 0;
  std::int64_t switches = 0;
  TcpCounts tcp;  // those that moved
};

class Counting {
 public:
  explicit Counting(const FileTree& files) : files_(files) {}

  Outcome start() {
    begun_.tcp = TRY(tcp_counts(files_));
    begun_.switches = switches();
    begun_.process_ns = process_ns();
    begun_.instructions = __rdtsc();
    return {};
  }
  Outcome stop() {
    const std::uint64_t now = __rdtsc();
    count_.instructions = now - begun_.instructions;
    count_.process_ns = process_ns() - begun_.process_ns;
    count_.switches = switches() - begun_.switches;
    for (const auto& [name, value] : TRY(tcp_counts(files_))) {
      if (value != begun_.tcp[name]) count_.tcp[name] = value - begun_.tcp[name];
    }
    return {};
  }
  const Count& count() const { return count_; }

 private:
  const FileTree& files_;
  Count begun_;
  Count count_;
};

using Look = std::function<Outcome(std::span<const std::uint8_t> arrived)>;

// Both ends of one connection.
class Connected {
 public:
  Connected(LoadEnd& sender, LoadEnd& receiver, const LoadContent& content, bool as_file,
            std::uint64_t call)
      : sender_(sender),
        receiver_(receiver),
        content_(content),
        as_file_(as_file),
        call_(call),
        buffer_(kCallBytes) {}

  Outcome send(std::uint64_t bytes) {
    for (std::uint64_t sent = 0; sent < bytes; sent += call_) {
      if (as_file_) {
        TRY(sender_.send_file(content_.file.get(), at_, call_));
      } else {
        TRY(sender_.send(std::span(content_.bytes).subspan(at_, call_)));
      }
      at_ = (at_ + call_) % content_.bytes.size();
    }
    return {};
  }

  Outcome receive(std::uint64_t bytes, const Look& look) {
    for (std::uint64_t received = 0; received < bytes;) {
      const std::size_t size = TRY(receiver_.receive(buffer_));
      if (look) TRY(look(std::span(buffer_).first(size)));
      received += size;
    }
    return {};
  }

  Outcome turns(std::uint64_t bytes, const Look& look) {
    for (std::uint64_t done = 0; done < bytes; done += kTurn) {
      TRY(send(kTurn));
      TRY(receive(kTurn, look));
    }
    return {};
  }

  void rewind() { at_ = 0; }

 private:
  LoadEnd& sender_;
  LoadEnd& receiver_;
  const LoadContent& content_;
  bool as_file_;
  std::uint64_t call_;
  std::size_t at_ = 0;
  std::vector<std::uint8_t> buffer_;
};

// Warm-up, counted part, and a part of which each byte is compared.
struct Parts {
  const Options& options;
  const LoadContent& content;
  Counting& counting;
  std::uint64_t checked = 0;

  Outcome chill() const {
    if (!options.cold) return {};
    if (const int error = ::posix_fadvise(content.file.get(), 0, 0, POSIX_FADV_DONTNEED);
        error != 0)
      return fail(errno_error(error, "drop the file's pages"));
    return {};
  }
  Look compare() {
    return [this](std::span<const std::uint8_t> arrived) -> Outcome {
      if (!std::ranges::equal(arrived, std::span(content.bytes).subspan(checked, arrived.size())))
        return fail(Fault::Io, "what arrived is not what was sent");
      checked += arrived.size();
      return {};
    };
  }
};

Outcome in_one_thread(Connected& pair, Parts& parts) {
  TRY(pair.turns(parts.options.warm_up, {}));
  TRY(parts.chill());
  TRY(parts.counting.start());
  TRY(pair.turns(parts.options.bytes, {}));
  TRY(parts.counting.stop());
  pair.rewind();
  return pair.turns(kCheckedBytes, parts.compare());
}

Outcome prefer(int priority) {
  if (priority == 0) return {};
  const sched_param wanted{.sched_priority = priority};
  if (const int error = ::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &wanted); error != 0)
    return fail(errno_error(error, "set SCHED_FIFO"));
  return {};
}

// An end that fails closes both sockets, so that the other fails too, and leaves the barrier.
Outcome in_two_threads(Connected& pair, Parts& parts, const LoopbackPair& sockets) {
  std::barrier meet(2);
  const auto guarded = [&](Outcome& result, const std::function<Outcome()>& work) {
    result = work();
    if (result) return;
    for (const int fd : {sockets.client.get(), sockets.server.get()}) ::shutdown(fd, SHUT_RDWR);
    meet.arrive_and_drop();
  };
  Outcome received;
  Outcome sent;
  {
    const std::jthread receiving([&] {
      guarded(received, [&]() -> Outcome {
        TRY(prefer(parts.options.receiver_priority));
        TRY(pair.receive(parts.options.warm_up, {}));
        meet.arrive_and_wait();
        TRY(pair.receive(parts.options.bytes, {}));
        TRY(parts.counting.stop());
        meet.arrive_and_wait();
        return pair.receive(kCheckedBytes, parts.compare());
      });
    });
    const std::jthread sending([&] {
      guarded(sent, [&]() -> Outcome {
        TRY(pair.send(parts.options.warm_up));
        meet.arrive_and_wait();
        TRY(parts.chill());
        TRY(parts.counting.start());
        TRY(pair.send(parts.options.bytes));
        meet.arrive_and_wait();
        pair.rewind();
        return pair.send(kCheckedBytes);
      });
    });
  }
  return received ? sent : received;
}

// The rows of docs/instructions.md.
std::vector<BenchVariant> counted_variants() {
  std::vector<BenchVariant> all{{.mode = BenchMode::Plain}, {.mode = BenchMode::PlainSendfile}};
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const BenchMode mode : {BenchMode::Tls, BenchMode::Ktls, BenchMode::KtlsSendfile})
      all.push_back({.mode = mode, .version = version, .cipher = TlsCipher::Aes128Gcm});
  }
  return all;
}

struct Ends {
  SslContext serving;
  SslContext calling;
  std::optional<LoadEnd> sender;
  std::optional<LoadEnd> receiver;
};

// As transfer.cc, but that the receiving end may ask for kernel TLS too. Read-ahead is only for
// user space: with it OpenSSL leaves the receiving side there.
Result<Ends> make_ends(const BenchVariant& variant, const LoopbackPair& sockets,
                       const Identity& identity, bool receive) {
  Ends ends;
  if (!is_tls(variant.mode)) {
    ends.sender = LoadEnd::plain(sockets.server.get());
    ends.receiver = LoadEnd::plain(sockets.client.get());
    return ends;
  }
  const bool ask = asks_kernel(variant.mode);
  const CellKey cell{.version = variant.version.value(), .cipher = variant.cipher.value()};
  ends.serving = TRY(server_context({.cell = cell, .ask_ktls = ask}, identity));
  ends.calling = TRY(client_context({.cell = cell, .ask_ktls = ask && receive}));
  if (!receive) {
    SSL_CTX_set_read_ahead(ends.calling.get(), 1);
    SSL_CTX_set_default_read_buffer_len(ends.calling.get(), 2 * kCallBytes);
  }
  ends.sender = TRY(LoadEnd::tls(ends.serving.get(), sockets.server.get(), ask));
  ends.receiver = TRY(LoadEnd::tls(ends.calling.get(), sockets.client.get(), ask && receive));
  return ends;
}

Outcome shake_hands(Ends& ends) {
  Outcome connected;
  {
    const std::jthread other([&] { connected = ends.receiver->connect(); });
    TRY(ends.sender->accept());
  }
  return connected;
}

Outcome fix_buffers(const LoopbackPair& sockets) {
  for (const int fd : {sockets.client.get(), sockets.server.get()}) {
    for (const int which : {SO_SNDBUFFORCE, SO_RCVBUFFORCE}) {
      if (::setsockopt(fd, SOL_SOCKET, which, &kSocketBuffer, sizeof kSocketBuffer) != 0)
        return fail(errno_error(errno, "set the buffers of a socket"));
    }
  }
  return {};
}

Outcome send_at_once(const LoopbackPair& sockets) {
  const int on = 1;
  for (const int fd : {sockets.client.get(), sockets.server.get()}) {
    if (::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
      return fail(errno_error(errno, "set TCP_NODELAY"));
  }
  return {};
}

EndEvidence evidence_at(const LoadEnd& end, int socket, const AskUlp& ask_ulp) {
  EndEvidence evidence{.ktls_send = end.ktls_send(), .ktls_recv = end.ktls_recv()};
  if (!ask_ulp) return evidence;
  if (auto answer = ask_ulp(socket)) evidence.diagnostics = *answer;
  return evidence;
}

class Measuring {
 public:
  Measuring(Options options, const FileTree& files, KernelTls kernel)
      : options_(std::move(options)), files_(files), kernel_(std::move(kernel)) {}

  Outcome run() {
    identity_ = TRY(make_identity());
    content_ = TRY(options_.file.empty() ? make_content() : content_of(options_.file));
    if (!options_.first_use) TRY(make_active(content_));
    // The round is the outer loop: what drifts within a boot is then seen in all rows alike.
    for (int round = 0; round < options_.repeat; ++round) {
      for (const BenchVariant& variant : counted_variants()) {
        if (!wanted(variant.mode)) continue;
        lines_.push_back(TRY(measure(variant, round)));
      }
    }
    for (const json& line : lines_) fmt::print("{}\n", line.dump());
    return {};
  }

 private:
  // Without the module nothing asks for kernel TLS: to set the ULP would load it.
  bool wanted(BenchMode mode) const {
    if (asks_kernel(mode) && !kernel_.tls_loaded) return false;
    return options_.modes.empty() ||
           std::ranges::find(options_.modes, mode) != options_.modes.end();
  }

  // The kernel moves a page of a file to the list of active ones when it is used for the second
  // time. Otherwise the first measurement that sends the file counts that.
  static Outcome make_active(const LoadContent& content) {
    std::vector<std::uint8_t> buffer(kCallBytes);
    for (int times = 0; times < 2; ++times) {
      for (std::size_t at = 0; at < content.bytes.size(); at += buffer.size()) {
        if (::pread(content.file.get(), buffer.data(), buffer.size(), static_cast<off_t>(at)) < 0)
          return fail(errno_error(errno, "read the content"));
      }
    }
    return {};
  }

  // Whole calls of it, and in memory as well.
  static Result<LoadContent> content_of(const std::string& path) {
    LoadContent content{.bytes = {}, .file = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC))};
    if (!content.file) return fail(errno_error(errno, "open " + path));
    content.bytes.resize(kContentBytes);
    std::size_t filled = 0;
    while (filled < kContentBytes) {
      const ssize_t size = ::pread(content.file.get(), content.bytes.data() + filled,
                                   kContentBytes - filled, static_cast<off_t>(filled));
      if (size <= 0) return fail(Fault::Invalid, fmt::format("{} is too short", path));
      filled += static_cast<std::size_t>(size);
    }
    return content;
  }

  Result<json> measure(const BenchVariant& variant, int round) {
    const auto before = read_tls_stat(files_);
    const auto sockets = TRY(loopback_pair(std::chrono::steady_clock::now() + kLongest));
    if (options_.threads == 1 || options_.fixed_buffers) TRY(fix_buffers(sockets));
    if (options_.no_delay) TRY(send_at_once(sockets));
    auto ends = TRY(make_ends(variant, sockets, identity_, options_.receive));
    TRY(shake_hands(ends));
    if (variant.mode == BenchMode::KtlsSendfile && !ends.sender->ktls_send())
      return fail(Fault::Unsupported, "SSL_sendfile() needs kernel TLS");
    Counting counting(files_);
    Parts parts{.options = options_, .content = content_, .counting = counting};
    Connected pair(*ends.sender, *ends.receiver, content_, sends_file(variant.mode), options_.call);
    TRY(options_.threads == 1 ? in_one_thread(pair, parts) : in_two_threads(pair, parts, sockets));
    json line = described(variant, round, counting.count(), parts.checked);
    if (is_tls(variant.mode)) {
      TRY(prove(line,
                {.version = variant.version.value(),
                 .cipher = variant.cipher.value(),
                 .server = evidence_at(*ends.sender, sockets.server.get(), kernel_.ulp_source()),
                 .client = evidence_at(*ends.receiver, sockets.client.get(), kernel_.ulp_source()),
                 .own_namespace = true},
                before));
    }
    return line;
  }

  json described(const BenchVariant& variant, int round, const Count& count,
                 std::uint64_t checked) const {
    json line{{"mode", word_of(variant.mode)},
              {"version", nullptr},
              {"call", options_.call},
              {"threads", options_.threads},
              {"round", round},
              {"bytes", options_.bytes},
              {"instructions", count.instructions},
              {"process_ns", count.process_ns},
              {"switches", count.switches},
              {"tcp", count.tcp},
              {"checked_bytes", checked},
              {"path", nullptr},
              {"receive_path", nullptr},
              {"counters", json::object()}};
    if (variant.version) line["version"] = word_of(*variant.version);
    return line;
  }

  Outcome prove(json& line, Evidence evidence, const Result<TlsCounters>& before) const {
    const auto counters = counted(before, read_tls_stat(files_));
    set_counters(evidence, counters);
    const Finding sender = weigh(evidence);
    evidence.role = TlsRole::Client;
    const Finding receiver = weigh(evidence);
    for (const Finding* finding : {&sender, &receiver}) {
      if (!finding->broken.empty()) return fail(Fault::Io, finding->broken);
    }
    line["path"] = word_of(sender.tx.path());
    line["receive_path"] = word_of(receiver.rx.path());
    line["counters"] = counters.value_or(TlsStatDelta{});
    return {};
  }

  Options options_;
  const FileTree& files_;
  KernelTls kernel_;
  Identity identity_;
  LoadContent content_;
  std::vector<json> lines_;
};

int run(std::span<const std::string_view> words) {
  auto options = parse(words);
  if (!options) {
    fmt::print(stderr, "count-instructions: {}\n", options.error().text);
    return 64;
  }
  ::signal(SIGPIPE, SIG_IGN);
  const auto files = local_file_tree();
  KernelTls kernel = read_kernel_tls(*files);
  const auto work = [&]() -> Outcome {
    TRY(enter_fresh_network());
    TRY(pin_thread(0));  // threads inherit it
    return Measuring(*options, *files, kernel).run();
  };
  if (const auto done = work(); !done) {
    fmt::print(stderr, "count-instructions: {}\n", done.error().text);
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace tuner

int main(int count, char** words) {
  return tuner::run(std::vector<std::string_view>(words + 1, words + count));
}
