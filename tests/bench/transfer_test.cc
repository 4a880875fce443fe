#include "bench/load/transfer.h"

#include "bench/load/limits.h"
#include "bench/load_fixture.h"
#include "host/files/file_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// One connection on this machine, without kernel TLS.
class Transfer : public LoadTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(LoadTest::SetUp());
    plan_ = {.cpus = cpus_,
             .warm_up = milliseconds(5),
             .round = milliseconds(30),
             .deadline = deadline_};
  }

  Result<TransferResult> run(BenchMode mode) {
    plan_.variant = variant_of(mode);
    return transfer(plan_, content_, identity_, *local_file_tree(), {});
  }

  TransferPlan plan_;
};

TEST_F(Transfer, BytesAreCountedInTheTimedPartAndCheckedBehindIt) {
  for (const BenchMode mode :
       {BenchMode::Plain, BenchMode::PlainSendfile, BenchMode::Tls, BenchMode::TlsProxy}) {
    const auto done = run(mode);
    ASSERT_TRUE(done) << word_of(mode) << ": " << done.error().text;
    EXPECT_GT(done->bytes, 0U);
    EXPECT_EQ(done->bytes % kCallBytes, 0U);
    EXPECT_GE(done->time, milliseconds(30));
    EXPECT_LT(done->time, seconds(10));
    EXPECT_EQ(done->checked_bytes, kCheckedBytes);
    EXPECT_GT(done->cost[0].thread_us + done->cost[1].thread_us, 0);
    EXPECT_FALSE(done->sender.ktls_send);
  }
}

// The file is not what the memory is, as if the path had damaged it.
TEST_F(Transfer, ADamagedByteIsNoticed) {
  ASSERT_EQ(::pwrite(content_.file.get(), "damaged", 7, kCheckedBytes - 7), 7);
  EXPECT_TRUE(run(BenchMode::Plain)) << "it sends from memory";
  const auto done = run(BenchMode::PlainSendfile);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text, HasSubstr("what arrived is not what was sent"));
}

// From a record of 64 bytes to a file of 1 MiB, what arrives is the content.
TEST_F(Transfer, CallsOfAnySizeSendTheSameBytes) {
  for (const std::size_t size : {std::size_t{64}, std::size_t{4096}, kCallBytes, kCheckedBytes}) {
    plan_.call_bytes = size;
    for (const bool reads : {false, true}) {
      plan_.reads_file = reads;
      for (const BenchMode mode : {BenchMode::Plain, BenchMode::PlainSendfile, BenchMode::Tls}) {
        const auto done = run(mode);
        ASSERT_TRUE(done) << size << " " << word_of(mode) << ": " << done.error().text;
        EXPECT_EQ(done->bytes % size, 0U);
        EXPECT_EQ(done->checked_bytes, kCheckedBytes);
      }
    }
  }
}

// A server that reads its file sends what is in it.
TEST_F(Transfer, UserSpaceReadsTheFile) {
  plan_.reads_file = true;
  ASSERT_EQ(::pwrite(content_.file.get(), "damaged", 7, 0), 7);
  EXPECT_THAT(run(BenchMode::Tls).error().text, HasSubstr("what arrived is not what was sent"));
  ASSERT_EQ(::ftruncate(content_.file.get(), 100'000), 0);
  EXPECT_THAT(run(BenchMode::Tls).error().text, HasSubstr("read: the file has ended"));
}

TEST_F(Transfer, AFileThatHasBecomeShorterIsAnError) {
  ASSERT_EQ(::ftruncate(content_.file.get(), 100'000), 0);
  const auto done = run(BenchMode::PlainSendfile);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text, HasSubstr("the file has ended"));
}

// Never in plain text instead.
TEST_F(Transfer, WithoutKernelTlsSslSendfileIsUnsupported) {
  const auto done = run(BenchMode::KtlsSendfile);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, Fault::Unsupported);
}

TEST_F(Transfer, WithoutKernelTlsAProxyCannotSplice) {
  const auto done = run(BenchMode::KtlsSplice);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, Fault::Unsupported);
  EXPECT_EQ(run(BenchMode::KtlsZerocopy).error().fault, Fault::Unsupported);
}

TEST_F(Transfer, AProxyHasTwoConnectionsAndItsOwnCpuTime) {
  const auto done = run(BenchMode::TlsProxy);
  ASSERT_TRUE(done) << done.error().text;
  ASSERT_TRUE(done->proxy);
  EXPECT_FALSE(done->proxy->receiving.ktls_recv);
  EXPECT_GT(done->cost[1].thread_us, 0) << "of the proxy";
  EXPECT_FALSE(run(BenchMode::Tls)->proxy);
}

TEST_F(Transfer, EachCipherCanBeMeasured) {
  for (const Word<TlsCipher>& cipher : kWords<TlsCipher>) {
    for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
      plan_.variant = {BenchMode::Tls, version, cipher.value};
      const auto done = transfer(plan_, content_, identity_, *local_file_tree(), {});
      EXPECT_TRUE(done) << cipher.word << ": " << done.error().text;
    }
  }
}

// What fell back says so: OpenSSL's word is part of the evidence.
TEST_F(Transfer, AModeThatFellBackSaysSo) {
  const auto done = run(BenchMode::Ktls);
  ASSERT_TRUE(done) << done.error().text;
  EXPECT_FALSE(done->sender.ktls_send);
  const auto received = run(BenchMode::KtlsReceive);
  ASSERT_TRUE(received) << received.error().text;
  EXPECT_FALSE(received->receiver.ktls_recv);
}

TEST_F(Transfer, ACpuThatThereIsNotIsNamed) {
  plan_.cpus[1] = CpuSet::kLimit - 1;
  const auto done = run(BenchMode::Plain);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text, HasSubstr("run on CPU 65535"));
}

TEST_F(Transfer, ADeadlineThatIsPastEndsIt) {
  plan_.deadline = std::chrono::steady_clock::now() - seconds(1);
  EXPECT_EQ(run(BenchMode::Plain).error().fault, Fault::TimedOut);
}

TEST_F(Transfer, TheLimitsOfOneCpuAreMeasured) {
  std::vector<BenchLimit> limits{BenchLimit::MemoryCopy};
  for (const Word<TlsCipher>& cipher : kWords<TlsCipher>) {
    limits.push_back(limits_of(cipher.value).seal);
    limits.push_back(limits_of(cipher.value).open);
  }
  for (const BenchLimit limit : limits) {
    const auto sample = measure_limit(limit, plan_.cpus[0], milliseconds(10), content_);
    ASSERT_TRUE(sample) << word_of(limit) << ": " << sample.error().text;
    EXPECT_EQ(sample->limit, limit);
    EXPECT_GT(sample->bytes, 0U);
    EXPECT_GE(sample->nanoseconds, 10'000'000);
    EXPECT_GT(sample->running_ns, 0);
    EXPECT_LE(sample->running_ns, sample->nanoseconds + 1'000'000);
  }
}

}  // namespace
}  // namespace tuner
