#include "model/plan.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Trouble, IsAnyStatusButInSync) {
  EXPECT_FALSE(is_trouble(Status::InSync, Need::Required));
  EXPECT_TRUE(is_trouble(Status::Change, Need::Preferred));
  EXPECT_TRUE(is_trouble(Status::Unreadable, Need::Preferred));
  EXPECT_TRUE(is_trouble(Status::Unsupported, Need::Required));
}

TEST(Trouble, IsNotAPreferredSettingThatTheMachineCannotHave) {
  EXPECT_FALSE(is_trouble(Status::Unsupported, Need::Preferred));
  EXPECT_FALSE(is_trouble(Status::Blocked, Need::Preferred));
}

}  // namespace
}  // namespace tuner
