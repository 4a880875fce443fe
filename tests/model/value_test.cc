#include "model/value.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using enum Goal::Op;

Value integer(std::int64_t number) {
  return number;
}
Value word(const char* text) {
  return std::string(text);
}

TEST(Value, GoalsAreComparedByType) {
  const struct {
    Value observed;
    Goal goal;
    bool met;
  } cases[] = {
      {integer(5), {Exactly, integer(5)}, true},
      {integer(5), {Exactly, word("5")}, false},
      {integer(5), {AtLeast, integer(5)}, true},
      {integer(4), {AtLeast, integer(5)}, false},
      {integer(6), {AtLeast, integer(5)}, true},
      {integer(6), {AtMost, integer(5)}, false},
      {integer(4), {AtMost, integer(5)}, true},
      {integer(INT64_MAX), {AtLeast, integer(INT64_MAX)}, true},
      {Integers{4096, 16384, 4194304}, {AtLeast, Integers{4096, 16384, 4194304}}, true},
      {Integers{4096, 16384, 4194303}, {AtLeast, Integers{4096, 16384, 4194304}}, false},
      {Integers{8192, 16384, 4194303}, {AtLeast, Integers{4096, 16384, 4194304}}, false},
      {Integers{1, 2}, {AtLeast, Integers{1, 2, 3}}, false},
      {Integers{1, 2, 3}, {AtMost, Integers{1, 2, 3}}, true},
      {Integers{}, {AtLeast, Integers{}}, true},
      {integer(7), {AtLeast, Integers{7}}, true},
      {true, {Exactly, true}, true},
      {true, {AtLeast, true}, true},
      {false, {Exactly, true}, false},
      {word("bbr"), {AtLeast, word("bbr")}, true},
      {word("cubic"), {AtLeast, word("bbr")}, false},
      {CpuSet::of({1, 2}), {Exactly, CpuSet::range(1, 2)}, true},
      {CpuSet::of({1}), {Exactly, CpuSet::of({2})}, false},
      {Absent{}, {Exactly, Absent{}}, true},
      {Absent{}, {AtLeast, integer(0)}, false},
  };
  for (const auto& one : cases)
    EXPECT_EQ(meets(one.observed, one.goal), one.met)
        << to_text(one.observed) << " for " << to_text(one.goal);
}

TEST(Value, ATargetKeepsBetterValues) {
  const struct {
    Value observed;
    Goal goal;
    Value target;
  } cases[] = {
      {Integers{8192, 131072, 33554432},
       {AtLeast, Integers{4096, 262144, 16777216}},
       Integers{8192, 262144, 33554432}},
      {Integers{1, 9}, {AtMost, Integers{5, 5}}, Integers{1, 5}},
      {integer(1), {AtLeast, integer(7)}, integer(7)},
      {integer(9), {Exactly, integer(7)}, integer(7)},
      {Integers{1, 2}, {AtLeast, Integers{1, 2, 3}}, Integers{1, 2, 3}},
      {word("cubic"), {AtLeast, word("bbr")}, word("bbr")},
      {Absent{}, {AtLeast, integer(7)}, integer(7)},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(target(one.observed, one.goal), one.target) << to_text(one.goal);
    EXPECT_TRUE(meets(one.target, one.goal)) << to_text(one.goal);
  }
}

TEST(Value, PrintsForPeople) {
  EXPECT_EQ(to_text(Value{true}), "on");
  EXPECT_EQ(to_text(Value{false}), "off");
  EXPECT_EQ(to_text(Value{Absent{}}), "(absent)");
  EXPECT_EQ(to_text(integer(-7)), "-7");
  EXPECT_EQ(to_text(Value{Integers{4096, 16384, 16777216}}), "4096 16384 16777216");
  EXPECT_EQ(to_text(word("performance")), "performance");
  EXPECT_EQ(to_text(Value{CpuSet::range(2, 3)}), "2-3");
  EXPECT_EQ(to_text(Value{CpuSet{}}), "(no CPU)");
  EXPECT_EQ(to_text(Goal{AtLeast, integer(5)}), ">= 5");
  EXPECT_EQ(to_text(Goal{AtMost, integer(3)}), "<= 3");
  EXPECT_EQ(to_text(Goal{Exactly, word("fq")}), "fq");
}

TEST(Value, OperatorsHaveTheirDocumentedNames) {
  EXPECT_EQ(op_name(Exactly), "exactly");
  EXPECT_EQ(op_name(AtLeast), "at_least");
  EXPECT_EQ(op_name(AtMost), "at_most");
}

}  // namespace
}  // namespace tuner
