#include "engine/boot_attempts.h"

#include "support/fake_host.h"
#include "support/fake_state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tuner {
namespace {

using testing::FakeMachine;
using testing::FakeStateStore;
using ::testing::HasSubstr;

struct Boots {
  FakeMachine machine;
  FakeStateStore store{machine.fuse};

  // A boot whose unit starts and never ends.
  void hang(const std::string& boot) {
    ASSERT_TRUE(begin_boot(store, boot, "2026-01-0" + boot + "T00:00:00Z"));
  }
  std::string skip(std::string_view boot) const {
    return boot_skip(machine.host().files(), store, boot).because;
  }
};

TEST(BootAttempts, AfterThreeUnfinishedBootsTheNextIsSkipped) {
  Boots boots;
  for (const char* boot : {"1", "2", "3"}) {
    EXPECT_EQ(boots.skip(boot), "") << boot;
    boots.hang(boot);
    EXPECT_EQ(boots.skip(boot), "") << "the NICs of this boot may still be set";
  }
  EXPECT_THAT(boots.skip("4"),
              HasSubstr("3 boots in a row, the last at 2026-01-03T00:00:00Z, "
                        "did not finish setting the profile: nothing is set unattended"));
}

TEST(BootAttempts, AFinishedBootResetsTheCount) {
  Boots boots;
  boots.hang("1");
  boots.hang("2");
  ASSERT_TRUE(reset_boot_attempts(boots.store));
  boots.hang("3");
  EXPECT_EQ(boots.skip("4"), "");
  EXPECT_EQ(load_boot_attempts(boots.store)->count, 1);
}

TEST(BootAttempts, AUnitStartedTwiceInABootCountsOnce) {
  Boots boots;
  for (int start = 0; start < 5; ++start) boots.hang("1");
  EXPECT_EQ(load_boot_attempts(boots.store)->count, 1);
}

TEST(BootAttempts, AnUnknownNumberSkipsTheBoot) {
  Boots boots;
  boots.hang("1");
  auto& text = boots.store.files[std::string(kBootAttemptsPath)];
  const std::string whole = text;
  for (const std::string& cut : {std::string(), std::string("{}"), whole.substr(0, 20)}) {
    text = cut;
    if (cut == "{}") {
      EXPECT_FALSE(load_boot_attempts(boots.store));
    }
    EXPECT_THAT(boots.skip("2"), HasSubstr("is unknown (")) << cut;
    EXPECT_FALSE(begin_boot(boots.store, "2", "")) << cut;
  }
  text = whole;
  text[text.find("attempts") + 10] = '0';
  EXPECT_THAT(boots.skip("2"), HasSubstr("is unknown (")) << "altered";
}

TEST(BootAttempts, TheKernelsCommandLineSkips) {
  Boots boots;
  for (const char* line : {"quiet ktls_tuner.skip\n", "ktls_tuner.skip=1 ro"}) {
    boots.machine.set("/proc/cmdline", line);
    EXPECT_THAT(boots.skip("1"), HasSubstr("command line")) << line;
    EXPECT_TRUE(boot_skip(boots.machine.host().files(), boots.store, "1").by_choice);
  }
  for (const char* line :
       {"quiet\n", "ktls_tuner.skip=0", "xktls_tuner.skip", "ktls_tuner.skipped"}) {
    boots.machine.set("/proc/cmdline", line);
    EXPECT_EQ(boots.skip("1"), "") << line;
  }
}

}  // namespace
}  // namespace tuner
