// Our user-space row beside openssl s_server with s_client, and beside nginx with our reader, in
// turn on the same two CPUs and the same loopback, and as a share of what the machine can do.
// Started by scripts/bench-beside, which starts the servers:
//   bench_beside SENDER_CPU RECEIVER_CPU ROUNDS OPENSSL_PORT NGINX_PORT FILE_BYTES    port 0: none
// Exit 1: one of the goals is not met.
#include "base/number.h"
#include "bench/load/kernel/thread_cpu.h"
#include "bench/load/limits.h"
#include "bench/load/load_end.h"
#include "bench/load/transfer.h"
#include "bench/schedule.h"
#include "bench/statistics.h"
#include "bench/verdict.h"
#include "host/files/file_tree.h"
#include "probe/handshake/connection/payload.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace tuner {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kRound{400};
constexpr milliseconds kLimit{150};
constexpr double kShareGoal = 0.95;
constexpr CellKey kCell{.version = TlsVersion::Tls13, .cipher = TlsCipher::Aes128Gcm};

struct Settings {
  std::array<int, 2> cpus{};
  int rounds = 0;
  int openssl_port = 0;
  int nginx_port = 0;
  std::uint64_t file_bytes = 0;
};

double gbit(std::uint64_t bytes, nanoseconds time) {
  return static_cast<double>(bytes) * 8 / static_cast<double>(time.count());
}

Result<UniqueFd> connect_to(int port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return fail(errno_error(errno, "make a socket"));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fail(errno_error(errno, fmt::format("connect to port {}", port)));
  return fd;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Reads at least so many bytes: the body and its short header.
Outcome receive(LoadEnd& end, std::uint64_t bytes) {
  std::vector<std::uint8_t> buffer(kCallBytes);
  while (bytes > 0) bytes -= std::min<std::uint64_t>(bytes, TRY(end.receive(buffer)));
  return {};
}

// A connection of two ends in memory, of which the sending one writes into nothing from then on:
// libssl's work on its records, without a call of the kernel.
Result<Connection> connection_without_socket(const Identity& identity) {
  const auto server = TRY(server_context({.cell = kCell, .ask_ktls = false}, identity));
  const auto client = TRY(client_context({.cell = kCell, .ask_ktls = false}));
  Connection sending(SSL_new(server.get()));
  const Connection receiving(SSL_new(client.get()));
  BIO* near = nullptr;
  BIO* far = nullptr;
  if (!sending || !receiving || BIO_new_bio_pair(&near, 0, &far, 0) != 1)
    return fail(openssl_error("create TLS in memory"));
  SSL_set_bio(sending.get(), near, near);
  SSL_set_bio(receiving.get(), far, far);
  SSL_set_accept_state(sending.get());
  SSL_set_connect_state(receiving.get());
  // Each end goes on until it waits for the other one.
  for (int turn = 0; turn < 4; ++turn) {
    SSL_do_handshake(receiving.get());
    SSL_do_handshake(sending.get());
  }
  TRY(ssl_outcome(sending.get(), SSL_do_handshake(sending.get()), "handshake in memory"));
  SSL_set0_wbio(sending.get(), BIO_new(BIO_s_null()));
  return sending;
}

class Beside {
 public:
  explicit Beside(Settings settings) : settings_(settings) {}

  Outcome run() {
    content_ = TRY(make_content());
    identity_ = TRY(make_identity());
    TRY(pin_thread(settings_.cpus[1]));
    std::vector<std::pair<std::vector<double>*, std::function<Result<double>()>>> rows{
        {&ours_, [&] { return transfer_of(BenchMode::Tls); }},
        {&plain_, [&] { return transfer_of(BenchMode::Plain); }},
        {&plain_records_, [&] { return transfer_of(BenchMode::Plain, kLargestRecord); }}};
    if (settings_.openssl_port > 0) rows.emplace_back(&openssl_, [&] { return openssl_client(); });
    if (settings_.nginx_port > 0) rows.emplace_back(&nginx_, [&] { return nginx_reader(); });
    for (int round = 0; round < settings_.rounds; ++round) {
      seal_.push_back(TRY(limit(BenchLimit::AesSeal, 0)));
      open_.push_back(TRY(limit(BenchLimit::AesOpen, 1)));
      libssl_.push_back(TRY(libssl_alone()));
      for (const std::size_t row : order_of_round(round, rows.size()))
        rows[row].first->push_back(TRY(rows[row].second()));
    }
    return {};
  }

  // Whether all goals are met.
  bool print() const {
    fmt::print(
        "tls {:.2f} Gbit/s, plain {:.2f} and by calls of one record {:.2f}, one CPU seals {:.2f} "
        "and opens {:.2f}\n",
        median(ours_), median(plain_), median(plain_records_), median(seal_), median(open_));
    return print_share() & print_beside("openssl s_server and s_client", openssl_) &
           print_beside("nginx and our reader", nginx_);
  }

 private:
  Result<double> transfer_of(BenchMode mode, std::size_t call_bytes = kCallBytes) {
    BenchVariant variant{.mode = mode, .version = {}, .cipher = {}};
    if (is_tls(mode)) variant = {mode, kCell.version, kCell.cipher};
    const auto done = TRY(transfer({.variant = variant,
                                    .cpus = settings_.cpus,
                                    .warm_up = kRound / 4,
                                    .round = kRound,
                                    .deadline = Clock::now() + std::chrono::seconds(30),
                                    .call_bytes = call_bytes},
                                   content_, identity_, *local_file_tree(), {}));
    if (is_tls(mode)) {
      sender_us_ += done.cost[0].cpu_us;
      receiver_us_ += done.cost[1].cpu_us;
    }
    return gbit(done.bytes, done.time);
  }

  Result<double> limit(BenchLimit limit, std::size_t end) {
    const auto sample = TRY(measure_limit(limit, settings_.cpus[end], kLimit, content_));
    return gbit(sample.bytes, nanoseconds(sample.nanoseconds));
  }

  // In a thread of its own on the sender's CPU, as measure_limit() has the cipher.
  Result<double> libssl_alone() {
    Result<double> rate;
    {
      const std::jthread thread([&] { rate = seal_by_libssl(); });
    }
    return rate;
  }

  Result<double> seal_by_libssl() {
    TRY(pin_thread(settings_.cpus[0]));
    const auto connection = TRY(connection_without_socket(identity_));
    std::uint64_t sealed = 0;
    const auto start = Clock::now();
    while (Clock::now() < start + kLimit) {
      const auto bytes = std::span(content_.bytes).subspan(sealed % kContentBytes, kCallBytes);
      TRY(ssl_outcome(connection.get(),
                      SSL_write(connection.get(), bytes.data(), static_cast<int>(bytes.size())),
                      "SSL_write"));
      sealed += bytes.size();
    }
    return gbit(sealed, Clock::now() - start);
  }

  // A run with an empty file is the time of start, handshake and end, which the transfer does not
  // have either.
  Result<double> openssl_client() {
    const auto small = TRY(client_time("empty"));
    const auto large = TRY(client_time("large"));
    return gbit(settings_.file_bytes, large - small);
  }

  Result<nanoseconds> client_time(std::string_view file) {
    const std::string command = fmt::format(
        "printf 'GET /{} HTTP/1.0\\r\\n\\r\\n' | taskset -c {} openssl s_client -quiet -tls1_3 "
        "-connect 127.0.0.1:{} >/dev/null 2>&1",
        file, settings_.cpus[1], settings_.openssl_port);
    const auto start = Clock::now();
    if (std::system(command.c_str()) < 0) return fail(errno_error(errno, "start openssl"));
    return Clock::now() - start;
  }

  // The second request of a connection: the first one is its warm-up.
  Result<double> nginx_reader() {
    const auto context = TRY(client_context({.cell = kCell, .ask_ktls = false}));
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context.get(), 2 * kCallBytes);
    const auto fd = TRY(connect_to(settings_.nginx_port));
    auto end = TRY(LoadEnd::tls(context.get(), fd.get(), /*ask_ktls=*/false));
    TRY(end.connect());
    nanoseconds took{0};
    for (int request = 0; request < 2; ++request) {
      const auto start = Clock::now();
      TRY(end.send(bytes_of("GET /large HTTP/1.1\r\nHost: beside\r\n\r\n")));
      TRY(receive(end, settings_.file_bytes));
      took = Clock::now() - start;
    }
    return gbit(settings_.file_bytes, took);
  }

  // Of 1 / (1/cipher + 1/plain) at the busier end, each in Gbit/s by round.
  double share_of_bound(std::span<const double> cipher, std::span<const double> plain) const {
    std::vector<double> shares;
    for (std::size_t round = 0; round < ours_.size(); ++round)
      shares.push_back(ours_[round] * (1 / cipher[round] + 1 / plain[round]));
    return median(shares);
  }

  bool opens() const { return receiver_us_ > sender_us_; }

  // libssl hands each record to the kernel by a call of its own. Where calls are dear they cost
  // as much as the cipher: the second figure tells such a machine from a slow sender. The third
  // has libssl's own work in it as well, so that what is missing there is bench's own loss.
  bool print_share() const {
    const std::vector<double>& aes = opens() ? open_ : seal_;
    const double share = share_of_bound(aes, plain_);
    fmt::print(
        "share of the bound, the {} being busier: {:.3f} (goal {:.2f}); of that with plain "
        "TCP by calls of one record: {:.3f}\n",
        opens() ? "receiver" : "sender", share, kShareGoal, share_of_bound(aes, plain_records_));
    if (opens())
      fmt::print("libssl's own work: not measured at the receiver\n");
    else
      fmt::print("libssl seals {:.2f} Gbit/s into nothing; of the second bound with that: {:.3f}\n",
                 median(libssl_), share_of_bound(libssl_, plain_records_));
    return share >= kShareGoal;
  }

  bool print_beside(std::string_view who, const std::vector<double>& theirs) const {
    if (theirs.empty()) {
      fmt::print("{}: not measured\n", who);
      return true;
    }
    const auto ratio = paired_ratio(ours_, theirs);
    if (!ratio) {
      fmt::print("{}: {:.2f} Gbit/s; too few rounds to compare\n", who, median(theirs));
      return false;
    }
    fmt::print("{}: {:.2f} Gbit/s; tls has {}\n", who, median(theirs), ratio_words(*ratio));
    return ratio->high >= 1;
  }

  Settings settings_;
  LoadContent content_;
  Identity identity_;
  std::vector<double> ours_, plain_, plain_records_, openssl_, nginx_, seal_, open_, libssl_;
  std::int64_t sender_us_ = 0, receiver_us_ = 0;
};

Result<Settings> parse(std::span<char* const> words) {
  if (words.size() != 6)
    return fail(Fault::Invalid,
                "usage: bench_beside SENDER_CPU RECEIVER_CPU ROUNDS OPENSSL_PORT NGINX_PORT "
                "FILE_BYTES");
  return Settings{.cpus = {TRY(whole_number<int>(words[0])), TRY(whole_number<int>(words[1]))},
                  .rounds = TRY(whole_number<int>(words[2])),
                  .openssl_port = TRY(whole_number<int>(words[3])),
                  .nginx_port = TRY(whole_number<int>(words[4])),
                  .file_bytes = TRY(whole_number<std::uint64_t>(words[5]))};
}

int run(std::span<char* const> words) {
  ::signal(SIGPIPE, SIG_IGN);
  const auto settings = parse(words);
  if (!settings) {
    fmt::print(stderr, "{}\n", settings.error().text);
    return 64;
  }
  Beside beside(*settings);
  if (const auto done = beside.run(); !done) {
    fmt::print(stderr, "bench_beside: {}\n", done.error().text);
    return 70;
  }
  return beside.print() ? 0 : 1;
}

}  // namespace
}  // namespace tuner

int main(int argc, char** argv) {
  return tuner::run({argv + 1, static_cast<std::size_t>(argc - 1)});
}
