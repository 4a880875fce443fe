#include "host/process/service_port.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(UnitState, IsParsedFromSystemctlShow) {
  const UnitState state =
      unit_state_from("ActiveState=failed\nResult=exit-code\nExecMainStatus=4\nMainPID=812\n");
  EXPECT_EQ(state.active, "failed");
  EXPECT_EQ(state.result, "exit-code");
  EXPECT_EQ(state.exit_status, 4);
  EXPECT_EQ(state.main_pid, 812);
}

TEST(UnitState, IsInactiveWithoutOutput) {
  for (const std::string_view text : {"", "\n", "ActiveState", "ExecMainStatus=x\n"}) {
    const UnitState state = unit_state_from(text);
    EXPECT_EQ(state.active, "inactive") << text;
    EXPECT_EQ(state.result, "success") << text;
    EXPECT_EQ(state.exit_status, 0) << text;
  }
}

}  // namespace
}  // namespace tuner
