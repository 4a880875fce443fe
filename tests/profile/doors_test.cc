// A profile cannot run a program, load code or loosen a protection. Unlisted sysctls need
// allow_unlisted.
#include "profile/find_profile.h"
#include "profile/profiles_in_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Doors : public test::ProfilesInMap {};

// allow_unlisted is valid only in the profile that sets the value; it is not inherited.
TEST_F(Doors, DoNotInheritAllowUnlisted) {
  add("/usr/base.yaml",
      "sysctl: { kernel.pid_max: { value: 99999, why: old, allow_unlisted: true } }\n");
  add("/usr/same.yaml", "extends: [base]\n");
  add("/usr/child.yaml", "extends: [base]\nsysctl: { kernel/pid_max: 4194304 }\n");
  add("/usr/mute.yaml", "extends: [base]\nsysctl: { kernel.pid_max: { value: 5, why: new } }\n");
  add("/usr/gone.yaml", "extends: [base]\nsysctl: { kernel.pid_max: null }\n");
  EXPECT_TRUE(loaded("same").sysctl.at(0).setting.allow_unlisted);
  EXPECT_THAT(loaded("gone").sysctl, IsEmpty());
  EXPECT_THAT(texts(load("mute")), ElementsAre(HasSubstr("[unlisted-sysctl]")));
  EXPECT_THAT(texts(load("child")),
              ElementsAre(AllOf(
                  HasSubstr("/usr/child.yaml:4:11: error: kernel.pid_max: it is outside net., "
                            "vm. and the known sysctls [unlisted-sysctl]"),
                  HasSubstr("hint: if intended, write { value: 4194304, why: \"the reason\", "
                            "allow_unlisted: true }"))));
}

// The setting in the hint is valid for every kind of goal.
TEST_F(Doors, HintAtAValidSetting) {
  const std::pair<std::string, std::string> cases[] = {
      {"5", "5"},
      {"{ at_least: 5 }", ">= 5"},
      {"{ at_most: 5 }", "<= 5"},
      {"[1, 2]", "1 2"},
      {"{ at_least: [3, 4] }", ">= 3 4"},
      {"word", "word"},
      {"'a \"quoted\" \\ word, }'", "a \"quoted\" \\ word, }"},
  };
  for (const auto& [written, goal] : cases) {
    add("/usr/a.yaml", "sysctl: { kernel.pid_max: " + written + " }\n");
    const std::string text = texts(load("a")).at(0);
    const std::string hint = text.substr(text.find("write {") + 6);
    add("/usr/a.yaml", "sysctl: { kernel.pid_max: " + hint + " }\n");
    const Profile profile = loaded("a");
    ASSERT_EQ(profile.sysctl.size(), 1U) << hint;
    EXPECT_EQ(to_text(profile.sysctl[0].setting.goal), goal) << hint;
  }
}

TEST_F(Doors, AcceptAllowUnlistedOnlyForSysctls) {
  for (const char* body : {"irqbalance: { value: leave, allow_unlisted: true }\n",
                           "modules: { tls: { load: { value: true, allow_unlisted: true } } }\n",
                           "cpus: [ { governor: { value: performance, allow_unlisted: true } } ]\n",
                           "nics: [ { select: { name: a }, features: { rx-gro: { value: true, "
                           "allow_unlisted: true } } } ]\n"}) {
    add("/usr/a.yaml", body);
    EXPECT_THAT(texts(load("a")), ElementsAre(HasSubstr("[unknown-key]"))) << body;
  }
}

// In any spelling, and also with allow_unlisted.
TEST_F(Doors, CannotNameAProgram) {
  const std::string meant = "{ value: \"|/p\", why: it is meant, allow_unlisted: true }";
  for (const std::string name :
       {"kernel.core_pattern", "kernel/core_pattern", "\"kernel.core_pattern\"",
        "'kernel/core_pattern'", "\"kernel\\x2Fcore_pattern\"", "\"\\x6Bernel.core_pattern\""}) {
    add("/usr/a.yaml", "sysctl: { " + name + ": " + meant + " }\n");
    EXPECT_THAT(texts(load("a")), ElementsAre(HasSubstr("[refused-sysctl]"))) << name;
  }
  for (const std::string name :
       {"kernel..core_pattern", "kernel//core_pattern", "kernel/./core_pattern",
        "./kernel/modprobe", "net/../kernel/core_pattern", "net.//.kernel.core_pattern",
        "/proc/sys/kernel/core_pattern", "-kernel.core_pattern", "\"*.core_pattern\"",
        "kernel.core_patter?", "\" kernel.core_pattern\"", "\"kernel.core_pattern \"",
        "\"kernel.core_pattern=\"", "\"net.core.x\\nkernel.core_pattern\"",
        "\"kernel\\\\x2Fcore_pattern\"", "core_pattern", "kernel"}) {
    add("/usr/a.yaml", "sysctl: { " + name + ": " + meant + " }\n");
    const LoadedProfile result = load("a");
    EXPECT_FALSE(result.profile.has_value()) << name;
    EXPECT_FALSE(texts(result).empty()) << name;
  }
}

TEST_F(Doors, MayMakeAProtectionStricterWithoutAllowUnlisted) {
  add("/usr/a.yaml",
      "sysctl: { kernel.kptr_restrict: 2, kernel/dmesg_restrict: 1, fs.protected_regular: 2, "
      "kernel.yama.ptrace_scope: { at_least: 1 }, user.max_user_namespaces: { at_most: 1000 } }\n");
  EXPECT_THAT(texts(load("a")), IsEmpty());
  EXPECT_EQ(loaded("a").sysctl.size(), 5U);
}

}  // namespace
}  // namespace tuner
