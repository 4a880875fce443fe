#include "host/files/ini_file.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(IniFile, SkipsALineWithoutAKey) {
  const auto found = read_ini("= 1\n[s]\n = 2\nk = 3\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().section, "s");
  EXPECT_EQ(found.front().key, "k");
  EXPECT_EQ(found.front().value, "3");
  EXPECT_EQ(found.front().number, 4);
}

}  // namespace
}  // namespace tuner
