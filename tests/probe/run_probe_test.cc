#include "probe/run_probe.h"

#include "base/text.h"
#include "host/files/own_programs.h"
#include "probe/report_json.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

namespace tuner {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using testing::TempFolder;

// Installs a shell script in place of the helper.
class RunProbe : public ::testing::Test {
 protected:
  void install(const std::string& script) {
    folder_.write("/ktls-tuner-probe", "#!/bin/sh\n" + script);
    std::filesystem::permissions(folder_.path() + "/ktls-tuner-probe",
                                 std::filesystem::perms::owner_all);
    programs_.emplace(folder_.path());
  }

  TempFolder folder_;
  std::optional<OwnProgramsOverride> programs_;
};

ProbeRequest hasty() {
  return {.time_limit = seconds(1), .grace = seconds(0)};
}

bool runs(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::stringstream text;
  text << file.rdbuf();
  return !text.str().empty() && text.str().find(") Z ") == std::string::npos;
}

// A killed process takes a moment to disappear.
bool ends_soon(int pid) {
  for (int i = 0; i < 200 && runs(pid); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return !runs(pid);
}

TEST_F(RunProbe, ReadsTheHelpersReport) {
  folder_.write("/report", report_to_json({.peer = "from the helper"}));
  install("cat " + folder_.path() + "/report");
  const auto report = run_loopback_probe({});
  ASSERT_TRUE(report) << report.error().text;
  EXPECT_EQ(report->peer, "from the helper");
}

TEST_F(RunProbe, PassesTheRequestAsArguments) {
  install("echo \"$@\" > " + folder_.path() + "/arguments");
  EXPECT_FALSE(run_loopback_probe({.time_limit = seconds(7), .bytes_each_way = 99}));
  EXPECT_EQ(folder_.read("/arguments"), "--loopback --bytes 99 --time-limit 7\n");
  EXPECT_FALSE(run_loopback_probe({.bytes_each_way = 1, .key_updates = true}));
  EXPECT_EQ(folder_.read("/arguments"), "--loopback --bytes 1 --time-limit 60 --key-updates\n");
  EXPECT_FALSE(ask_library());
  EXPECT_EQ(folder_.read("/arguments"), "--library\n");
}

TEST_F(RunProbe, AServerElsewhereIsPassedAsItIsAskedFor) {
  install("echo \"$@\" > " + folder_.path() + "/arguments");
  EXPECT_FALSE(run_server_probe({.place = {"a.example", 443}}));
  EXPECT_EQ(folder_.read("/arguments"), "--server a.example:443 --time-limit 60\n");
  EXPECT_FALSE(run_server_probe({.place = {"::1", 25},
                                 .server_name = "b",
                                 .starttls = Starttls::Smtp,
                                 .ca_file = "/ca",
                                 .insecure = true,
                                 .http_path = "/x",
                                 .key_update = true,
                                 .time_limit = seconds(7)}));
  EXPECT_EQ(folder_.read("/arguments"),
            "--server [::1]:25 --time-limit 7 --server-name b --starttls smtp --cafile /ca "
            "--http-get /x --insecure --key-update\n");
}

TEST_F(RunProbe, OnlyTheConnectingEndOffersASize) {
  install("echo \"$@\" > " + folder_.path() + "/arguments");
  EXPECT_FALSE(run_wire_probe({.end = ConnectTo{{"host", 1}}, .token = "t", .bytes_each_way = 99}));
  EXPECT_EQ(folder_.read("/arguments"), "--connect host:1 --time-limit 60 --bytes 99\n");
  EXPECT_FALSE(run_wire_probe({.end = ListenOn{{"::1", 1}}, .token = "t", .bytes_each_way = 99}));
  EXPECT_EQ(folder_.read("/arguments"), "--listen [::1]:1 --time-limit 60\n");
}

TEST_F(RunProbe, AConfigurationIsNamedOrSentAsOneMessage) {
  install("echo \"$@\" > " + folder_.path() +
          "/arguments; dd bs=65536 count=1 of=" + folder_.path() + "/input 2>/dev/null");
  EXPECT_FALSE(read_back(ConfigText{std::string(5000, '#')}));
  EXPECT_EQ(folder_.read("/arguments"), "--configuration -\n");
  EXPECT_EQ(folder_.read("/input"), std::string(5000, '#'));
  install("echo \"$@\" > " + folder_.path() + "/arguments");
  EXPECT_FALSE(read_back(OwnConfig{}));
  EXPECT_EQ(folder_.read("/arguments"), "--configuration default\n");
  EXPECT_FALSE(read_back(ConfigFile{"/x.cnf"}));
  EXPECT_EQ(folder_.read("/arguments"), "--configuration /x.cnf\n");
  EXPECT_EQ(read_back(ConfigText{std::string(100'000, '#')}).error().fault, Fault::TooLarge);
}

TEST_F(RunProbe, AReadbackThatFailsOrIsCutIsNone) {
  folder_.write("/error", error_to_json({.fault = Fault::Io, .text = "start OpenSSL", .hint = ""}));
  install("cat " + folder_.path() + "/error");
  EXPECT_EQ(read_back(OwnConfig{}).error().text, "start OpenSSL");
  install("exit 70");
  EXPECT_EQ(read_back(OwnConfig{}).error().fault, Fault::Internal);
  folder_.write("/readback", readback_to_json({.library = "OpenSSL 3.0.19"}));
  install("cat " + folder_.path() + "/readback");
  EXPECT_EQ(read_back(OwnConfig{})->library, "OpenSSL 3.0.19");
  EXPECT_THAT(read_back(ConfigFile{"/x.cnf"}).error().text, HasSubstr("instead of /x.cnf"));
  EXPECT_THAT(read_back(ConfigText{"x"}).error().text, HasSubstr("instead of a text"));
  install("head -c 60 " + folder_.path() + "/readback");
  EXPECT_EQ(read_back(OwnConfig{}).error().fault, Fault::Internal);
}

TEST_F(RunProbe, AMissingHelperIsReportedWithTheSearchedFolders) {
  programs_.emplace("/nowhere");
  const auto report = run_loopback_probe({});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().fault, Fault::NotFound);
  EXPECT_THAT(report.error().text, HasSubstr("ktls-tuner-probe"));
  EXPECT_THAT(report.error().text, HasSubstr("/nowhere"));
  EXPECT_THAT(report.error().hint, HasSubstr("reinstall"));
}

TEST_F(RunProbe, AFailedHelperIsInternalWithItsStatus) {
  install("exit 70");
  EXPECT_THAT(run_loopback_probe({}).error().text, HasSubstr("status 70"));
  install("kill -SEGV $$");
  EXPECT_THAT(run_loopback_probe({}).error().text, HasSubstr("signal 11"));
  EXPECT_EQ(run_loopback_probe({}).error().fault, Fault::Internal);
}

TEST_F(RunProbe, AHelperKilledByItsSandboxIsReported) {
  install("kill -SYS $$");
  const auto report = run_loopback_probe({});
  EXPECT_EQ(report.error().fault, Fault::Internal);
  EXPECT_THAT(report.error().text, HasSubstr("sandbox stopped a system call"));
  EXPECT_THAT(report.error().hint, HasSubstr("type=1326"));
}

TEST_F(RunProbe, GarbageIsInternal) {
  install("echo '{\"cells\": 3}'");
  const auto report = run_loopback_probe({});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().fault, Fault::Internal);
}

TEST_F(RunProbe, ATooLongReportIsRejected) {
  install("exec cat /dev/zero");
  const auto report = run_loopback_probe({});
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().text, HasSubstr("longer than 4 MiB"));
}

// A helper that is silent, has closed its output, or ignores signals is killed with its children.
TEST_F(RunProbe, AnOverrunIsKilledWithItsChildren) {
  const std::string pids = folder_.path() + "/pids";
  for (const char* behaviour : {"", "exec >&-; ", "trap '' TERM INT HUP; "}) {
    install(std::string(behaviour) + "sleep 300 & echo $$ $! > " + pids + "; sleep 300");
    const auto start = std::chrono::steady_clock::now();
    const auto report = run_loopback_probe(hasty());
    EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5));
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().fault, Fault::TimedOut);
    const std::string written = folder_.read("/pids");
    const auto numbers = split_whitespace(written);
    ASSERT_EQ(numbers.size(), 2U);
    for (const auto number : numbers) {
      EXPECT_TRUE(ends_soon(static_cast<int>(*parse_integer(number)))) << behaviour;
    }
  }
}

TEST_F(RunProbe, TheHelperStartsWithoutIgnoredSignals) {
  ::signal(SIGPIPE, SIG_IGN);
  install("sed -n 's/^SigIgn:.//p' /proc/$$/status > " + folder_.path() + "/ignored");
  EXPECT_FALSE(run_loopback_probe({}));
  ::signal(SIGPIPE, SIG_DFL);
  // Bit n - 1 is signal n. glibc's posix_spawn leaves its internal signals 32 and 33 ignored.
  const std::string ignored = folder_.read("/ignored");
  ASSERT_EQ(trim(ignored).size(), 16U);
  EXPECT_EQ(std::stoull(ignored, nullptr, 16) & 0x7fff'ffffU, 0U);
}

// The built helper, in the same folder as this test.
TEST_F(RunProbe, TheRealHelperReportsTheLibrary) {
  const auto library = ask_library();
  ASSERT_TRUE(library) << library.error().text;
  EXPECT_THAT(library->version, ::testing::StartsWith("OpenSSL 3"));
  EXPECT_FALSE(library->abilities.empty());
}

TEST_F(RunProbe, TheRealHelperProbesLoopback) {
  const auto report = run_loopback_probe({.bytes_each_way = 200'000});
  ASSERT_TRUE(report) << report.error().text;
  EXPECT_EQ(report->mode, "loopback");
  ASSERT_EQ(report->cells.size(), 6U);
  for (const ProbeCell& cell : report->cells) {
    EXPECT_TRUE(cell.intact) << cell.cipher_suite << ": " << cell.because;
    EXPECT_EQ(cell.bytes, 400'000U);
  }
}

}  // namespace
}  // namespace tuner
