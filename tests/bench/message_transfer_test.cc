#include "bench/load/message_transfer.h"

#include "bench/load/message.h"
#include "bench/load_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// One connection on this machine, without kernel TLS and without a capture.
class MessageTransfer : public LoadTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(LoadTest::SetUp());
    plan_ = {.variant = {},
             .cpus = cpus_,
             .warm_up = milliseconds(5),
             .round = milliseconds(30),
             .most = 20,
             .deadline = deadline_};
  }

  Result<MessageResult> run(BenchMode mode, TlsVersion version = TlsVersion::Tls13) {
    plan_.variant = variant_of(mode, version);
    return transfer_messages(plan_, identity_, tap_, {});
  }

  MessagePlan plan_;
  Result<FlowTap> tap_ = fail(Fault::NotPermitted, "no capture here");
};

void expect_marks(const MarkedMessages& marked) {
  ASSERT_GT(marked.messages.size(), 0U);
  EXPECT_EQ(marked.disordered, 0U);
  for (const MessageMarks& marks : marked.messages) {
    EXPECT_TRUE(check_order(marks));
    ASSERT_TRUE(marks.receive);
    EXPECT_GT(marks.receive->nanoseconds, 0);
    EXPECT_LE(marks.receive->nanoseconds, marks.plain - marks.call);
    // Stamps are of this clock, and a message takes no minute.
    ASSERT_TRUE(marks.kernel) << marked.no_stamps;
    EXPECT_LT(marks.epoll - *marks.kernel, 60'000'000'000);
    EXPECT_FALSE(marks.nic);
  }
  EXPECT_EQ(marked.no_stamps, "");
}

TEST_F(MessageTransfer, EachMessageHasItsMarksAndTheSocketsStamp) {
  for (const auto& [mode, version] : {std::pair{BenchMode::Plain, TlsVersion::Tls12},
                                      std::pair{BenchMode::Tls, TlsVersion::Tls12},
                                      std::pair{BenchMode::Tls, TlsVersion::Tls13}}) {
    const auto done = run(mode, version);
    ASSERT_TRUE(done) << word_of(mode) << ": " << done.error().text;
    expect_marks(done->marked);
    EXPECT_LE(done->marked.messages.size(), plan_.most);
    EXPECT_EQ(done->checked_bytes % kMessageBytes, 0U);
    EXPECT_GT(done->checked_bytes, done->marked.messages.size() * kMessageBytes)
        << "the warm-up is compared, too";
    EXPECT_FALSE(done->receiver.ktls_recv);
  }
}

// Without the module a socket gets no ULP, and the row must not be that of user space.
TEST_F(MessageTransfer, KernelTlsThatDoesNotComeIsUnsupported) {
  plan_.ask_ktls = true;
  const auto done = run(BenchMode::KtlsReceive);
  if (done) GTEST_SKIP() << "this machine has kernel TLS";
  EXPECT_EQ(done.error().fault, Fault::Unsupported);
  EXPECT_THAT(done.error().text, HasSubstr("stays in user space"));
}

TEST_F(MessageTransfer, ACpuThatThereIsNotIsNamed) {
  plan_.cpus[1] = CpuSet::kLimit - 1;
  const auto done = run(BenchMode::Plain);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text, HasSubstr("run on CPU 65535"));
}

TEST_F(MessageTransfer, ADeadlineThatIsPastEndsIt) {
  plan_.deadline = std::chrono::steady_clock::now() - seconds(1);
  EXPECT_EQ(run(BenchMode::Plain).error().fault, Fault::TimedOut);
}

}  // namespace
}  // namespace tuner
