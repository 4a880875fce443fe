// Real transfers on this machine, judged as bench judges them: a mode that wastes a fifth of one
// end's time is found slower, and two equal modes are called equal. The waste is in this program
// alone: the linker puts it around SSL_write() and SSL_read() (--wrap, tests/tiers.cmake).
#include "bench/load/transfer.h"
#include "bench/result.h"
#include "bench/schedule.h"
#include "host/files/file_tree.h"
#include "host/process/become.h"

#include <gtest/gtest.h>

#include <signal.h>

#include <atomic>
#include <cstdio>
#include <time.h>

namespace {

// Which end is slow; nobody but these two functions looks at it.
enum class Slow { Neither, Sender, Receiver };
std::atomic<Slow> slow{Slow::Neither};

std::int64_t running_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

// A quarter more than it took: then a fifth of all is wasted. What it waited for does not count.
void waste(std::int64_t began) {
  const std::int64_t until = running_ns() + (running_ns() - began) / 4;
  while (running_ns() < until) {
  }
}

}  // namespace

extern "C" {
// NOLINTBEGIN(*reserved-identifier, *identifier-naming): the linker names them so
int __real_SSL_write(SSL* ssl, const void* bytes, int size);
int __real_SSL_read(SSL* ssl, void* bytes, int size);

int __wrap_SSL_write(SSL* ssl, const void* bytes, int size) {
  const std::int64_t began = running_ns();
  const int written = __real_SSL_write(ssl, bytes, size);
  if (slow == Slow::Sender) waste(began);
  return written;
}

int __wrap_SSL_read(SSL* ssl, void* bytes, int size) {
  const std::int64_t began = running_ns();
  const int read = __real_SSL_read(ssl, bytes, size);
  if (slow == Slow::Receiver) waste(began);
  return read;
}
// NOLINTEND(*reserved-identifier, *identifier-naming)
}

namespace tuner {
namespace {

using std::chrono::milliseconds;

constexpr int kFewRounds = 10;  // the least that bench makes
// Where other machines share the CPUs, ten rounds of 40 ms have an interval wider than a fifth.
constexpr int kManyRounds = 60;

class Honesty : public ::testing::Test {
 protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);
    const auto cpus = current_cpus();
    ASSERT_TRUE(cpus);
    if (cpus->size() < 2) GTEST_SKIP() << "two ends on one CPU share its time";
    auto content = make_content();
    auto identity = make_identity();
    ASSERT_TRUE(content && identity);
    content_ = std::move(*content);
    identity_ = std::move(*identity);
    cpus_ = {cpus->first(), cpus->last()};
  }

  TransferResult measure() {
    const auto done =
        transfer({.variant = {BenchMode::Tls, TlsVersion::Tls13, TlsCipher::Aes128Gcm},
                  .cpus = cpus_,
                  .warm_up = milliseconds(10),
                  .round = milliseconds(40),
                  .deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20)},
                 content_, identity_, *local_file_tree(), {});
    EXPECT_TRUE(done) << done.error().text;
    return done.value_or(TransferResult{});
  }

  // The end that limits: the other one has time to waste. Of many transfers: where other machines
  // share the CPUs, a single one may show the wrong end.
  Slow busier_end() {
    std::int64_t sender_us = 0, receiver_us = 0;
    for (int transfers = 0; transfers < kManyRounds; ++transfers) {
      const TransferResult done = measure();
      sender_us += done.cost[0].thread_us;
      receiver_us += done.cost[1].thread_us;
    }
    return sender_us >= receiver_us ? Slow::Sender : Slow::Receiver;
  }

  // Row 0 is `tls`, row 1 the other mode, which differs by the waste alone.
  BenchRow other_mode(Slow waste, int rounds) {
    BenchReport report;
    report.start.cpus = cpus_;
    report.start.rounds = rounds;
    report.start.variants = {{BenchMode::Tls, TlsVersion::Tls13, TlsCipher::Aes128Gcm},
                             {BenchMode::Ktls, TlsVersion::Tls13, TlsCipher::Aes128Gcm}};
    for (int round = 0; round < rounds; ++round) {
      for (const std::size_t row : order_of_round(round, 2)) {
        slow = row == 1 ? waste : Slow::Neither;
        const TransferResult done = measure();
        report.samples.push_back({.variant = row,
                                  .round = round,
                                  .bytes = done.bytes,
                                  .nanoseconds = done.time.count(),
                                  .cost = done.cost});
      }
    }
    slow = Slow::Neither;
    return judge_bench(report, {}).rows[1];
  }

  LoadContent content_;
  Identity identity_;
  std::array<int, 2> cpus_{};
};

TEST_F(Honesty, AModeThatWastesAFifthIsFoundSlower) {
  const BenchRow row = other_mode(busier_end(), kManyRounds);
  ASSERT_TRUE(row.speed_to_tls);
  std::printf("wasted a fifth: %.3f times (%.3f to %.3f)\n", row.speed_to_tls->ratio,
              row.speed_to_tls->low, row.speed_to_tls->high);
  EXPECT_LT(row.speed_to_tls->high, 1);
  EXPECT_EQ(difference_of(row.speed_to_tls), Difference::Lower);
  EXPECT_NEAR(row.speed_to_tls->ratio, 0.8, 0.1);
}

TEST_F(Honesty, TwoEqualModesAreCalledEqual) {
  constexpr int kRuns = 20;
  int equal = 0;
  for (int run = 0; run < kRuns; ++run) {
    const BenchRow row = other_mode(Slow::Neither, kFewRounds);
    ASSERT_TRUE(row.speed_to_tls);
    const bool same = difference_of(row.speed_to_tls) == Difference::None;
    equal += same ? 1 : 0;
    std::printf("equal modes: %.3f times (%.3f to %.3f)%s\n", row.speed_to_tls->ratio,
                row.speed_to_tls->low, row.speed_to_tls->high, same ? "" : ": called different");
  }
  EXPECT_GE(equal, 17) << "of " << kRuns;
}

}  // namespace
}  // namespace tuner
