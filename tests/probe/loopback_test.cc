#include "probe/handshake/loopback.h"

#include "host/files/file_tree.h"
#include "probe/handshake/connection/end.h"
#include "probe/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <thread>

namespace tuner {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

Deadline in(seconds time) {
  return std::chrono::steady_clock::now() + time;
}

// Probes this machine without a private namespace and without kTLS, so all paths are in user space
// with any kernel.
ProbeReport probe(LoopbackOptions options) {
  const auto files = local_file_tree();
  options.ask_ktls = false;
  const auto report = probe_loopback(*files, read_kernel_tls(*files), options);
  EXPECT_TRUE(report);
  return report ? *report : ProbeReport{};
}

TEST(Loopback, EveryUsualCellIsIntactInUserSpaceWithAReason) {
  const ProbeReport report =
      probe({.cells = usual_cells(), .bytes_each_way = 300'000, .deadline = in(seconds(60))});
  ASSERT_EQ(report.cells.size(), 6U);
  for (const ProbeCell& cell : report.cells) {
    EXPECT_TRUE(cell.intact) << cell.because;
    EXPECT_EQ(cell.bytes, 600'000U);
    EXPECT_EQ(cell.tx, TlsPath::Userspace);
    EXPECT_EQ(cell.rx, TlsPath::Userspace);
    EXPECT_THAT(cell.because, HasSubstr("not requested"));
    EXPECT_EQ(cell.cipher_suite, suite_name({cell.version, cell.cipher}));
  }
  EXPECT_TRUE(report.warnings.empty());
  const JudgedReport judged = judge(report, Profile{});
  for (const JudgedCell& cell : judged.cells()) EXPECT_EQ(cell.result(), CellResult::Pass);
}

// With kTLS requested: in the kernel if it has TLS, else in user space with the kernel's cause.
TEST(Loopback, MissingKernelSupportIsNamed) {
  const auto files = local_file_tree();
  const KernelTls kernel = read_kernel_tls(*files);
  const auto report = probe_loopback(
      *files, kernel,
      {.cells = {CellKey{}}, .bytes_each_way = 100'000, .deadline = in(seconds(30))});
  ASSERT_TRUE(report);
  const ProbeCell& cell = report->cells.at(0);
  EXPECT_TRUE(cell.intact) << cell.because;
  if (kernel.tls_loaded) {
    // In a shared namespace and without privileges the path may be unknown.
    EXPECT_TRUE(cell.tx == TlsPath::Kernel || cell.tx == TlsPath::Unknown);
  } else {
    EXPECT_EQ(cell.tx, TlsPath::Userspace);
    EXPECT_EQ(cell.rx, TlsPath::Userspace);
    EXPECT_THAT(cell.because, ::testing::ContainsRegex("tls|TLS"));
  }
}

TEST(Loopback, AFewBytesAreEnough) {
  for (const std::uint64_t bytes : {1U, 2U, 16'385U}) {
    const ProbeReport report =
        probe({.cells = {CellKey{}}, .bytes_each_way = bytes, .deadline = in(seconds(30))});
    EXPECT_TRUE(report.cells.at(0).intact) << report.cells.at(0).because;
    EXPECT_EQ(report.cells.at(0).bytes, 2 * bytes);
  }
}

TEST(Loopback, CellsAfterTheTimeLimitFailWithThatReason) {
  const ProbeReport report = probe({.cells = usual_cells(), .deadline = in(seconds(0))});
  ASSERT_EQ(report.cells.size(), 6U);
  for (const ProbeCell& cell : report.cells) {
    EXPECT_FALSE(cell.intact);
    EXPECT_THAT(cell.because, HasSubstr("time limit"));
  }
  const JudgedReport judged = judge(report, Profile{});
  for (const JudgedCell& cell : judged.cells()) EXPECT_EQ(cell.result(), CellResult::Fail);
}

// Two ends of one connection, for errors that a healthy session does not have.
class TwoEnds : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto identity = make_identity();
    ASSERT_TRUE(identity);
    serving_ = std::move(*server_context({.ask_ktls = false}, *identity));
    calling_ = std::move(*client_context({.ask_ktls = false}));
    pair_ = std::move(*loopback_pair(in(limit_)));
    server_.emplace(*TlsEnd::on(serving_.get(), pair_.server.get(), false, in(limit_)));
    client_.emplace(*TlsEnd::on(calling_.get(), pair_.client.get(), false, in(limit_)));
    std::jthread accepting([&] { EXPECT_TRUE(server_->accept()); });
    EXPECT_TRUE(client_->connect());
  }

  const seconds limit_{2};
  SslContext serving_;
  SslContext calling_;
  LoopbackPair pair_;
  std::optional<TlsEnd> server_;
  std::optional<TlsEnd> client_;
};

TEST_F(TwoEnds, ADifferentByteIsReportedWithItsOffset) {
  Payload payload = make_payload(1, 5000);
  ASSERT_TRUE(client_->send(payload));
  payload[4321] ^= 1U;
  const auto received = server_->receive(payload);
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error().text, "byte 4321 is not what was sent");
  EXPECT_EQ(server_->received(), 4321U);
}

TEST_F(TwoEnds, TheWaitForMissingBytesHasATimeLimit) {
  ASSERT_TRUE(client_->send(make_payload(1, 10)));
  const auto received = server_->receive(make_payload(1, 11));
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error().fault, Fault::TimedOut);
  EXPECT_EQ(server_->received(), 10U);
}

TEST_F(TwoEnds, ExtraBytesAreAnError) {
  ASSERT_TRUE(client_->send(make_payload(1, 1)));
  EXPECT_THAT(server_->close_second().error().text, HasSubstr("more bytes"));
}

// A middlebox or a plain close(2) ends a connection like this.
TEST_F(TwoEnds, AClosedSocketWithoutCloseNotifyIsAnError) {
  ::shutdown(pair_.client.get(), SHUT_WR);
  const auto ended = server_->close_second();
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().text, HasSubstr("wait for close_notify"));
}

TEST_F(TwoEnds, CloseNotifyGoesBothWays) {
  {
    std::jthread ending([&] { EXPECT_TRUE(server_->close_second()); });
    EXPECT_TRUE(client_->close_first());
  }
  EXPECT_THAT(server_->receive(make_payload(1, 1)).error().text,
              HasSubstr("the peer ended the connection"));
}

}  // namespace
}  // namespace tuner
