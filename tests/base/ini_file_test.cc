#include "base/ini_file.h"

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

TEST(IniFile, HasEveryLineWithWhatItIs) {
  const auto found = read_ini_lines("a = 1\n\n# note\n; note\n[s=t]\nb=2\nword\n[open = 3\n = 4\n");
  std::vector<IniText> kinds;
  for (const IniLine& line : found) kinds.push_back(line.text);
  EXPECT_EQ(kinds, (std::vector{IniText::Pair, IniText::Blank, IniText::Comment, IniText::Comment,
                                IniText::Section, IniText::Pair, IniText::Malformed,
                                IniText::Malformed, IniText::Malformed}));
  EXPECT_EQ(found[0].section, "");
  EXPECT_EQ(found[4].section, "s=t");
  EXPECT_EQ(found[5].section, "s=t");
  EXPECT_EQ(found[8].number, 9);
}

}  // namespace
}  // namespace tuner
