#include "bench/load/many_transfer.h"

#include "bench/load_fixture.h"
#include "host/files/file_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <span>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// Many connections on this machine, without kernel TLS.
class ManyTransfer : public LoadTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(LoadTest::SetUp());
    make_.cpus = plan_.cpus = cpus_;
    plan_.warm_up = milliseconds(5);
    plan_.round = milliseconds(30);
    plan_.deadline = deadline_;
  }

  void use(BenchMode mode) {
    plan_.mode = mode;
    make_.variant = variant_of(mode);
  }
  Result<ConnectionSet> make(std::size_t open) {
    make_.open = open;
    const auto greeting = std::span(content_.bytes).first(64);
    const auto maker = TRY(ConnectionMaker::start(make_, identity_, greeting));
    return maker->finish(plan_.deadline);
  }
  Result<ManyResult> transfer(ConnectionSet& set) {
    return transfer_many(set, plan_, content_, *local_file_tree(), [this] { ++ends_; });
  }

  MakePlan make_;
  ManyPlan plan_;
  int ends_ = 0;  // how often the end of the timed part was told
};

TEST_F(ManyTransfer, BytesFlowOnAllConnectionsAndAreCompared) {
  for (const BenchMode mode : {BenchMode::Plain, BenchMode::PlainSendfile, BenchMode::Tls}) {
    use(mode);
    auto set = make(50);
    ASSERT_TRUE(set) << word_of(mode) << ": " << set.error().text;
    EXPECT_EQ(set->made, 50U);
    EXPECT_EQ(set->senders.size(), 50U);
    EXPECT_EQ(set->receivers.size(), 50U);
    EXPECT_EQ(set->kernel_senders, 0U);
    ends_ = 0;
    const auto done = transfer(*set);
    ASSERT_TRUE(done) << word_of(mode) << ": " << done.error().text;
    EXPECT_GT(done->bytes, 0U);
    EXPECT_GE(done->time, milliseconds(30));
    EXPECT_GE(done->checked_bytes, 50 * kTurnBytes);
    EXPECT_EQ(ends_, 1);
  }
}

// However many connections there are, no more than the window is on its way: it is what the kernel
// holds at most when the receiving end stands still.
TEST_F(ManyTransfer, TheWindowBoundsWhatIsOnItsWay) {
  use(BenchMode::Plain);
  plan_.window = 8 * kTurnBytes;
  plan_.slow_readers = 40;
  plan_.pause = seconds(20);
  auto set = make(40);
  ASSERT_TRUE(set) << set.error().text;
  plan_.deadline = std::chrono::steady_clock::now() + milliseconds(300);
  EXPECT_FALSE(transfer(*set)) << "none reads, but for the first time";
  std::uint64_t queued = 0;
  for (const EventEnd& end : set->receivers) {
    std::array<std::uint8_t, kTurnBytes> bytes{};
    for (ssize_t size = 0; (size = ::recv(end.socket(), bytes.data(), bytes.size(), 0)) > 0;)
      queued += static_cast<std::uint64_t>(size);
  }
  EXPECT_GT(queued, 0U);
  EXPECT_LE(queued, *plan_.window + kTurnBytes);
}

// The others are served although some do not read.
TEST_F(ManyTransfer, SlowReadersDoNotStopTheOthers) {
  use(BenchMode::Tls);
  plan_.slow_readers = 4;
  plan_.pause = seconds(20);
  plan_.round = milliseconds(300);
  auto set = make(8);
  ASSERT_TRUE(set) << set.error().text;
  const auto done = transfer(*set);
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_GT(done->bytes, 8 * kTurnBytes);
  EXPECT_GT(done->fairness, 0.25) << "of four connections more than one";
}

TEST_F(ManyTransfer, ADamagedByteIsNoticed) {
  use(BenchMode::PlainSendfile);
  auto set = make(4);
  ASSERT_TRUE(set) << set.error().text;
  for (std::size_t at = 0; at < kContentBytes; at += kTurnBytes)
    ASSERT_EQ(::pwrite(content_.file.get(), "damaged", 7, static_cast<off_t>(at)), 7);
  EXPECT_THAT(transfer(*set).error().text, HasSubstr("what arrived is not what was sent"));
}

// A peer that dies midway is an error that says so, at once, and not a wait for the time limit.
TEST_F(ManyTransfer, AConnectionThatEndsIsAnError) {
  for (const BenchMode mode : {BenchMode::Plain, BenchMode::Tls}) {
    use(mode);
    auto set = make(4);
    ASSERT_TRUE(set) << set.error().text;
    ASSERT_EQ(::shutdown(set->senders[2].socket(), SHUT_RDWR), 0);
    const auto start = std::chrono::steady_clock::now();
    const auto done = transfer(*set);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().fault, Fault::Io) << done.error().text;
    EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(20));
  }
}

TEST_F(ManyTransfer, ReplacedConnectionsAreMadeAgainAndAgain) {
  for (const BenchMode mode : {BenchMode::Plain, BenchMode::Tls}) {
    use(mode);
    make_.replace = true;
    make_.open = 8;
    const auto greeting = std::span(content_.bytes).first(64);
    auto maker = ConnectionMaker::start(make_, identity_, greeting);
    ASSERT_TRUE(maker) << maker.error().text;
    ASSERT_TRUE((*maker)->threads().run_until([&] { return (*maker)->made() >= 30; },
                                              plan_.deadline, "make connections"));
    const auto set = (*maker)->finish(plan_.deadline);
    ASSERT_TRUE(set) << set.error().text;
    EXPECT_GE(set->made, 30U);
    EXPECT_LE(set->receivers.size(), 8U);
    EXPECT_FALSE(set->receivers.empty());
  }
}

// However fast the peer makes new ones, those that it closed do not pile up.
TEST_F(ManyTransfer, ReplacedConnectionsNeedFewFiles) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{.rlim_cur = 400, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  use(BenchMode::Plain);
  make_.replace = true;
  make_.open = 64;
  const auto greeting = std::span(content_.bytes).first(64);
  auto maker = ConnectionMaker::start(make_, identity_, greeting);
  ASSERT_TRUE(maker) << maker.error().text;
  const auto made = (*maker)->threads().run_until([&] { return (*maker)->made() >= 10'000; },
                                                  plan_.deadline, "make connections");
  EXPECT_TRUE(made) << made.error().text;
  maker->reset();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

// With one at a time there is often none under way when no more are to be made.
TEST_F(ManyTransfer, OfReplacedConnectionsOneStaysOpen) {
  use(BenchMode::Plain);
  make_.replace = true;
  make_.open = 1;
  const auto greeting = std::span(content_.bytes).first(64);
  for (int run = 0; run < 50; ++run) {
    const auto maker = ConnectionMaker::start(make_, identity_, greeting);
    ASSERT_TRUE(maker) << maker.error().text;
    ASSERT_TRUE((*maker)->threads().run_for(milliseconds(2)));
    const auto set = (*maker)->finish(plan_.deadline);
    ASSERT_TRUE(set) << set.error().text;
    ASSERT_FALSE(set->receivers.empty()) << "run " << run;
  }
}

TEST_F(ManyTransfer, AThreadThatFailsEndsBothWithItsError) {
  use(BenchMode::Plain);
  make_.cpus[1] = CpuSet::kLimit - 1;
  EXPECT_THAT(make(4).error().text, HasSubstr("run on CPU 65535"));
}

TEST_F(ManyTransfer, TheLimitOfOpenFilesIsTheReason) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{.rlim_cur = 200, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto refused = make(1000);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(refused.error().fault, Fault::Unsupported);
  EXPECT_THAT(refused.error().text, HasSubstr("need 2064 open files, and the limit is 200: raise"));
}

}  // namespace
}  // namespace tuner
