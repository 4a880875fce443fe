#include "model/plan.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Trouble, IsAnyStatusButInSync) {
  EXPECT_FALSE(is_problem(Status::InSync, Need::Required));
  EXPECT_TRUE(is_problem(Status::Change, Need::Preferred));
  EXPECT_TRUE(is_problem(Status::Unreadable, Need::Preferred));
  EXPECT_TRUE(is_problem(Status::Unsupported, Need::Required));
}

TEST(Trouble, IsNotAPreferredSettingThatTheMachineCannotHave) {
  EXPECT_FALSE(is_problem(Status::Unsupported, Need::Preferred));
  EXPECT_FALSE(is_problem(Status::Blocked, Need::Preferred));
}

}  // namespace
}  // namespace tuner
