#include "host/process/detached.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using ::testing::Contains;
using ::testing::ElementsAreArray;

TEST(TransientUnit, StartsAServiceOutsideTheLoginSessionWithoutWaiting) {
  const auto words =
      transient_unit("ktls-tuner-guard-1", "/usr/sbin/ktls-tuner", {"guard", "--run", "1"});
  EXPECT_EQ(words.front(), "systemd-run");
  for (const char* word : {"--no-block", "--collect", "--quiet", "--unit=ktls-tuner-guard-1",
                           "--property=TimeoutStopSec=2s"})
    EXPECT_THAT(words, Contains(word));
  const auto command = std::ranges::find(words, "--");
  EXPECT_THAT(std::vector<std::string>(command, words.end()),
              ElementsAreArray({"--", "/usr/sbin/ktls-tuner", "guard", "--run", "1"}));
  EXPECT_THAT(words, ::testing::Not(Contains("--scope")))
      << "a scope would be in the login session";
}

}  // namespace
}  // namespace tuner
