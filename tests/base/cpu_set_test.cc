#include "base/cpu_set.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace tuner {
namespace {

struct Good {
  const char* text;
  CpuSet cpus;
};

TEST(CpuSet, ReadsLists) {
  const Good cases[] = {
      {"0-3,8,10-11\n", CpuSet::of({0, 1, 2, 3, 8, 10, 11})},
      {"", {}},
      {"\n", {}},
      {" 5 ", CpuSet::of({5})},
      {"007", CpuSet::of({7})},
      {"63-65", CpuSet::of({63, 64, 65})},
      {"1023", CpuSet::of({1023})},
      {"65535", CpuSet::of({65535})},
      {"3,3,1-3", CpuSet::range(1, 3)},
  };
  for (const Good& good : cases) {
    const auto cpus = CpuSet::parse_list(good.text);
    ASSERT_TRUE(cpus) << good.text;
    EXPECT_EQ(*cpus, good.cpus) << good.text;
  }
}

// Ranges are filled word by word, so their ends are tried around the words' ends.
TEST(CpuSet, FillsRangesAcrossWords) {
  for (const int first : {0, 1, 62, 63, 64, 65, 127, 128}) {
    for (const int last : {0, 1, 62, 63, 64, 65, 127, 128, 191, 192, 700}) {
      if (last < first) continue;
      CpuSet expected;
      for (int cpu = first; cpu <= last; ++cpu) expected.add(cpu);
      EXPECT_EQ(CpuSet::range(first, last), expected) << first << "-" << last;
      EXPECT_EQ(CpuSet::parse_list(fmt::format("{}-{}", first, last)).value(), expected);
      EXPECT_EQ(CpuSet::parse_list(fmt::format("5,{}-{},9", first, last)).value(),
                expected | CpuSet::of({5, 9}));
    }
  }
  EXPECT_TRUE(CpuSet::range(3, 2).empty());
}

TEST(CpuSet, RejectsInvalidLists) {
  for (const char* text : {"a", "1,", ",1", "1,,2", "1-", "-1", "3-1", "1-2-3", "+1", "1 2", "0x1",
                           "65536", "0-99999999999", "99999999999999999999", "0-4:1/2"}) {
    const auto cpus = CpuSet::parse_list(text);
    ASSERT_FALSE(cpus) << text;
    EXPECT_EQ(cpus.error().fault, Fault::Invalid) << text;
    EXPECT_NE(cpus.error().text.find("is not a CPU list"), std::string::npos) << cpus.error().text;
  }
}

// Other parsers had bugs with masks over 32 bits, omitted groups, leading zeros and the trailing
// newline.
TEST(CpuSet, ReadsMasksOfAnyWidth) {
  const Good cases[] = {
      {"f\n", CpuSet::range(0, 3)},
      {"0000000f", CpuSet::range(0, 3)},
      {"00000001,00000000", CpuSet::of({32})},
      {"ff,00000000,ffffffff", CpuSet::range(0, 31) | CpuSet::range(64, 71)},
      {"1,,1", CpuSet::of({0, 64})},
      {"1,0,1", CpuSet::of({0, 64})},
      {"0x3", CpuSet::of({0, 1})},
      {"0", {}},
      {"00000000,00000000", {}},
      {"80000000,00000000", CpuSet::of({63})},
      {"FF", CpuSet::range(0, 7)},
  };
  for (const Good& good : cases) {
    const auto cpus = CpuSet::parse_mask(good.text);
    ASSERT_TRUE(cpus) << good.text;
    EXPECT_EQ(*cpus, good.cpus) << good.text;
  }
}

TEST(CpuSet, RejectsInvalidMasks) {
  for (const char* text : {"", "\n", "g", ",1", "123456789", "-1", "+1", "0x", "1 2", "1-3"}) {
    const auto cpus = CpuSet::parse_mask(text);
    ASSERT_FALSE(cpus) << text;
    EXPECT_EQ(cpus.error().fault, Fault::Invalid) << text;
  }
}

TEST(CpuSet, RejectsMasksBeyondTheLimit) {
  std::string text = "1";
  for (int group = 0; group < CpuSet::kLimit / 32; ++group) text += ",00000000";
  EXPECT_FALSE(CpuSet::parse_mask(text));
}

TEST(CpuSet, PrintsListsAndMasks) {
  EXPECT_EQ(CpuSet().to_list(), "");
  EXPECT_EQ(CpuSet().to_mask(), "0");
  const CpuSet cpus = CpuSet::of({0, 1, 2, 8, 10, 11, 64});
  EXPECT_EQ(cpus.to_list(), "0-2,8,10-11,64");
  EXPECT_EQ(cpus.to_mask(), "1,00000000,00000d07");
  EXPECT_EQ(CpuSet::of({32}).to_mask(), "1,00000000");
}

TEST(CpuSet, SetsWithTheSameMembersAreEqual) {
  CpuSet grown = CpuSet::of({1, 700});
  grown.remove(700);
  EXPECT_EQ(grown, CpuSet::of({1}));
  grown.remove(1);
  EXPECT_EQ(grown, CpuSet());
  EXPECT_TRUE(grown.empty());
  grown.remove(5);
  EXPECT_EQ(grown, CpuSet());
  EXPECT_EQ(CpuSet::range(0, 200) - CpuSet::range(1, 200), CpuSet::of({0}));
  EXPECT_EQ(CpuSet::range(0, 200) & CpuSet::range(190, 400), CpuSet::range(190, 200));
  EXPECT_EQ(CpuSet::of({1}) | CpuSet::of({900}), CpuSet::of({1, 900}));
}

TEST(CpuSet, ReportsFirstLastSizeAndMembership) {
  EXPECT_EQ(CpuSet().first(), -1);
  EXPECT_EQ(CpuSet().last(), -1);
  const CpuSet cpus = CpuSet::of({64, 127, 128});
  EXPECT_EQ(cpus.first(), 64);
  EXPECT_EQ(cpus.last(), 128);
  EXPECT_EQ(cpus.size(), 3);
  EXPECT_TRUE(cpus.contains(127));
  EXPECT_FALSE(cpus.contains(-1));
  EXPECT_FALSE(cpus.contains(100000));
}

class CpuSetRoundTrip : public ::testing::TestWithParam<int> {};

// Parsing the printed list or mask gives the same set, for every width and density.
TEST_P(CpuSetRoundTrip, ParsingThePrintedTextGivesTheSameSet) {
  const int width = GetParam();
  std::mt19937 random(static_cast<unsigned>(width));
  for (int round = 0; round < 200; ++round) {
    std::bernoulli_distribution in_set(round % 11 / 10.0);
    CpuSet cpus;
    std::vector<int> expected;
    for (int cpu = 0; cpu < width; ++cpu) {
      if (!in_set(random)) continue;
      cpus.add(cpu);
      expected.push_back(cpu);
    }
    ASSERT_EQ(cpus.members(), expected);
    ASSERT_EQ(CpuSet::parse_list(cpus.to_list() + "\n").value(), cpus) << cpus.to_list();
    ASSERT_EQ(CpuSet::parse_mask(cpus.to_mask() + "\n").value(), cpus) << cpus.to_mask();
    ASSERT_EQ(cpus.size(), static_cast<int>(expected.size()));
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, CpuSetRoundTrip,
                         ::testing::Values(1, 31, 32, 33, 63, 64, 65, 128, 1000, 1024, 4096, 8192));

}  // namespace
}  // namespace tuner
