#include "bench/run_bench.h"

#include "bench/bench_reports.h"
#include "bench/report_lines.h"
#include "host/files/own_programs.h"
#include "host/process/become.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

namespace tuner {
namespace {

using std::chrono::seconds;
using testing::bench_sample;
using testing::bench_start;
using ::testing::HasSubstr;
using testing::TempFolder;

// Installs a shell script in place of the helper.
class RunBench : public ::testing::Test {
 protected:
  void install(const std::string& script) {
    folder_.write("/ktls-tuner-bench", "#!/bin/sh\n" + script);
    std::filesystem::permissions(folder_.path() + "/ktls-tuner-bench",
                                 std::filesystem::perms::owner_all);
    programs_.emplace(folder_.path());
  }
  // A script that prints these lines, and then does this.
  void install(const std::string& lines, const std::string& then) {
    folder_.write("/lines", lines);
    install("cat " + folder_.path() + "/lines; " + then);
  }

  TempFolder folder_;
  std::optional<OwnProgramsOverride> programs_;
};

std::string two_measurements() {
  return bench_line(bench_start()) + bench_line(bench_sample(0, 0, 10)) +
         bench_line(bench_sample(1, 0, 5, TlsPath::Userspace));
}

TEST_F(RunBench, PassesTheRequestAsArguments) {
  install("echo \"$@\" > " + folder_.path() + "/arguments");
  const BenchChoice choice{.modes = {BenchMode::Ktls, BenchMode::KtlsSplice},
                           .versions = {TlsVersion::Tls12},
                           .ciphers = {TlsCipher::Aes256Gcm}};
  EXPECT_FALSE(run_bench({.choice = choice, .cpus = {4, 5}, .total = seconds(7)}));
  EXPECT_EQ(folder_.read("/arguments"),
            "--workload bulk --sender-cpu 4 --receiver-cpu 5 --seconds 7 --mode ktls --mode "
            "ktls-splice --version TLSv1.2 --cipher AES-256-GCM\n");
  EXPECT_FALSE(run_bench({.cpus = {4, 5}, .total = seconds(7)}));
  EXPECT_EQ(folder_.read("/arguments"),
            "--workload bulk --sender-cpu 4 --receiver-cpu 5 --seconds 7\n");
}

// The token goes over stdin: a command line is visible to others.
TEST_F(RunBench, PassesTheEndAndTheCpusOfNicsAsArgumentsAndTheTokenAsInput) {
  install("echo \"$@\" > " + folder_.path() + "/arguments; head -1 > " + folder_.path() + "/input");
  BenchAcrossWire wire{.end = ConnectTo{{"192.0.2.2", 4433}},
                       .token = "ktls_secret",
                       .cpu_by_nic = {{"eth0", 3}, {"eth=1", 5}}};
  EXPECT_FALSE(run_bench({.cpus = {4, 4}, .total = seconds(7), .wire = wire}));
  EXPECT_EQ(folder_.read("/arguments"),
            "--workload bulk --sender-cpu 4 --receiver-cpu 4 --seconds 7 --connect 192.0.2.2:4433 "
            "--nic-cpu eth0=3 --nic-cpu eth=1=5\n");
  EXPECT_EQ(folder_.read("/input"), "ktls_secret\n");
  wire.end = ListenOn{{"::1", 0}};
  wire.wait = seconds(9);
  wire.cpu_by_nic.clear();
  EXPECT_FALSE(run_bench({.cpus = {4, 4}, .total = seconds(7), .wire = wire}));
  EXPECT_THAT(folder_.read("/arguments"), HasSubstr("--seconds 9 --listen [::1]:0\n"));
}

TEST_F(RunBench, AHelperThatDiesLeavesWhatItMeasuredWithTheReason) {
  install(two_measurements(), "kill -KILL $$");
  const auto report = run_bench({});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->samples.size(), 2U);
  EXPECT_EQ(report->ending, BenchEnding::Failed);
  EXPECT_THAT(report->error->text, HasSubstr("signal 9"));
}

TEST_F(RunBench, AnEndWithoutTheLastLineIsAFailure) {
  install(two_measurements(), "exit 0");
  const auto report = run_bench({});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->ending, BenchEnding::Failed);
  EXPECT_THAT(report->error->text, HasSubstr("before its last line"));
  install("exit 0");
  EXPECT_FALSE(run_bench({}));
}

TEST_F(RunBench, AStopKillsTheHelperAndKeepsWhatItMeasured) {
  install(two_measurements(), "sleep 300");
  int asked = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto report = run_bench({.total = seconds(60)}, [&] { return ++asked > 10; });
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(20));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->ending, BenchEnding::Interrupted);
  EXPECT_EQ(report->samples.size(), 2U);
  EXPECT_FALSE(report->error);
  install("sleep 300");
  const auto nothing = run_bench({.total = seconds(60)}, [] { return true; });
  EXPECT_THAT(nothing.error().text, HasSubstr("interrupted before the first measurement"));
}

TEST_F(RunBench, AHelperThatHangsIsKilledAndWhatItMeasuredKept) {
  install(two_measurements(), "sleep 300");
  const auto report = run_bench({.total = seconds(1), .grace = seconds(0)});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->samples.size(), 2U);
  EXPECT_EQ(report->error->fault, Fault::TimedOut);
}

TEST_F(RunBench, ALineThatLiesIsADefectAndWhatWasBeforeItIsKept) {
  install(two_measurements() + "{\"sample\":{}}\n", "sleep 300");
  const auto report = run_bench({.total = seconds(60)});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->samples.size(), 2U);
  EXPECT_EQ(report->error->fault, Fault::Internal);
  EXPECT_THAT(report->error->text, HasSubstr("malformed"));
}

TEST_F(RunBench, TheHelpersOwnErrorIsTheResultIfNothingWasMeasured) {
  install(bench_line(Error{.fault = Fault::NotPermitted, .text = "no rights", .hint = "h"}), "");
  const auto report = run_bench({});
  EXPECT_EQ(report.error().fault, Fault::NotPermitted);
  EXPECT_EQ(report.error().text, "no rights");
}

TEST_F(RunBench, AMissingHelperIsReported) {
  programs_.emplace("/nowhere");
  EXPECT_THAT(run_bench({}).error().text, HasSubstr("the benchmark needs ktls-tuner-bench"));
}

// The built helper, in the same folder as this test, on this machine.
TEST(BuiltBench, MeasuresPlainAndUserSpaceOnAnyMachine) {
  const auto cpus = current_cpus();
  ASSERT_TRUE(cpus);
  const auto report = run_bench({.cpus = {cpus->first(), cpus->last()}, .total = seconds(2)});
  ASSERT_TRUE(report) << report.error().text;
  EXPECT_FALSE(report->error) << report->error->text;
  EXPECT_NE(report->ending, BenchEnding::Failed);
  ASSERT_EQ(report->start.variants, variants_of({}));
  std::size_t plain = 0, tls = 0;
  for (const BenchSample& sample : report->samples) {
    const BenchVariant& variant = report->start.variants[sample.variant];
    EXPECT_GT(sample.bytes, 0U);
    EXPECT_EQ(sample.checked_bytes, 1U << 20U);
    plain += is_tls(variant.mode) ? 0 : 1;
    if (variant.mode != BenchMode::Tls && variant.mode != BenchMode::TlsProxy) continue;
    ++tls;
    EXPECT_TRUE(sample.evidence.path == TlsPath::Userspace) << sample.evidence.path.doubt();
  }
  EXPECT_GT(plain, 0U);
  EXPECT_GT(tls, 0U);
  EXPECT_FALSE(report->limits.empty());
  // A row that asks for the kernel was measured, or has its reason.
  for (const BenchRefusal& refusal : report->refusals) {
    EXPECT_TRUE(asks_kernel(report->start.variants[refusal.variant].mode));
    EXPECT_FALSE(refusal.error.text.empty());
  }
}

}  // namespace
}  // namespace tuner
