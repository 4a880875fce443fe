#include "cli/render/log_lines.h"

#include "cli/sample_plan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace tuner {
namespace {

using testing::sample_step;

TEST(LogLines, HaveOneLinePerSettingWithItsPriority) {
  Step drifted = sample_step("sysctl", "net.a", Status::Change);
  drifted.cause = "set by 99-other.conf:3, as key=value";
  drifted.drift = DriftTimes{.first_seen = std::chrono::sys_days{std::chrono::January / 2 / 2026},
                             .last_seen = {}};
  Step preferred = sample_step("cpu_epp", "policy0", Status::Unsupported);
  preferred.desired.setting.need = Need::Preferred;
  const Plan plan{.profile = "edge-server",
                  .digest = {},
                  .steps = {drifted, sample_step("sysctl", "net.b", Status::InSync), preferred},
                  .notes = {}};
  EXPECT_EQ(log_lines(plan),
            "<4>profile=edge-server status=change knob=sysctl subject=net.a observed=4 "
            "goal=\">= 16\" because=\"the reason\" cause=\"set by 99-other.conf:3, as key=value\" "
            "since=2026-01-02T00:00:00Z\n"
            "<6>edge-server: 1 to change, 1 in sync, 1 unsupported\n");
}

TEST(LogLines, OmitAValueThatWasNotRead) {
  Step unreadable = sample_step("sysctl", "net.u", Status::Unreadable);
  unreadable.observed.availability = Observation::Availability::Unreadable;
  unreadable.observed.hint = "run as root";
  const std::string lines =
      log_lines({.profile = "p", .digest = {}, .steps = {unreadable}, .notes = {}});
  EXPECT_EQ(lines.substr(0, lines.find('\n')),
            "<4>profile=p status=unreadable knob=sysctl subject=net.u goal=\">= 16\" "
            "because=\"the reason\" hint=\"run as root\"");
}

TEST(LogLines, StayOneLineForAnyValue) {
  Step odd = sample_step("sysctl", "net.o", Status::Change);
  odd.because = "he said \"no\"\nand \xff";
  const std::string lines = log_lines({.profile = "p", .digest = {}, .steps = {odd}, .notes = {}});
  EXPECT_NE(lines.find("because=\"he said \\\"no\\\"\\nand \xef\xbf\xbd\"\n<6>"), std::string::npos)
      << lines;
}

TEST(WithPriority, IsOnEachLine) {
  EXPECT_EQ(with_priority(Priority::Error, "error: no\n  hint: yes\n"),
            "<3>error: no\n<3>  hint: yes\n");
  EXPECT_EQ(with_priority(Priority::Info, "no end"), "<6>no end\n");
  EXPECT_EQ(with_priority(Priority::Info, ""), "");
}

TEST(GoesToLog, OnlyForTheStreamThatSystemdNames) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  struct stat end {};
  ASSERT_EQ(::fstat(ends[1], &end), 0);
  ::setenv("JOURNAL_STREAM", fmt::format("{}:{}", end.st_dev, end.st_ino).c_str(), 1);
  EXPECT_TRUE(goes_to_log(ends[1]));
  std::array<int, 2> others{};
  ASSERT_EQ(::pipe(others.data()), 0);
  EXPECT_FALSE(goes_to_log(others[1]));
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_FALSE(goes_to_log(ends[1]));
  for (const int each : {ends[0], ends[1], others[0], others[1]}) ::close(each);
}

}  // namespace
}  // namespace tuner
