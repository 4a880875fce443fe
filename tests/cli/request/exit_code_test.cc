#include "cli/request/exit_code.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace tuner {
namespace {

using enum ExitCode;

TEST(ExitCode, WorstFollowsTheDocumentedOrder) {
  constexpr std::array kOrder{ProfileInvalid, NotPermitted, Unsupported, Failed,
                              Drift,          PathNotTaken, Ok};
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    for (std::size_t j = i; j < kOrder.size(); ++j) {
      EXPECT_EQ(worst(kOrder[i], kOrder[j]), kOrder[i]);
      EXPECT_EQ(worst(kOrder[j], kOrder[i]), kOrder[i]);
    }
  }
}

TEST(ExitCode, WorstKeepsEveryCodeBesideOk) {
  for (const ExitCodeRow& row : exit_codes()) {
    EXPECT_EQ(worst(Ok, row.code), row.code) << row.name;
    EXPECT_EQ(worst(row.code, Ok), row.code) << row.name;
  }
}

TEST(ExitCode, BugOutranksUnsupportedAndDrift) {
  EXPECT_EQ(worst(Unsupported, Bug), Bug);
  EXPECT_EQ(worst(Bug, Drift), Bug);
}

TEST(ExitCode, RowsAreCompleteAndInNumericalOrder) {
  int before = -1;
  std::set<std::string_view> names;
  for (const ExitCodeRow& row : exit_codes()) {
    EXPECT_GT(static_cast<int>(row.code), before);
    before = static_cast<int>(row.code);
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.meaning.empty()) << row.name;
    EXPECT_FALSE(row.next_step.empty()) << row.name;
  }
  EXPECT_EQ(exit_codes().size(), 11U);
}

TEST(ExitCode, NumbersAreTheDocumentedOnes) {
  EXPECT_EQ(static_cast<int>(Failed), 1);
  EXPECT_EQ(static_cast<int>(Drift), 2);
  EXPECT_EQ(static_cast<int>(PathNotTaken), 3);
  EXPECT_EQ(static_cast<int>(Unsupported), 4);
  EXPECT_EQ(static_cast<int>(Usage), 64);
  EXPECT_EQ(static_cast<int>(DataUnusable), 65);
  EXPECT_EQ(static_cast<int>(Bug), 70);
  EXPECT_EQ(static_cast<int>(Busy), 75);
  EXPECT_EQ(static_cast<int>(NotPermitted), 77);
  EXPECT_EQ(static_cast<int>(ProfileInvalid), 78);
}

TEST(ExitCode, FaultsMapToTheirCodes) {
  EXPECT_EQ(exit_code_of(Fault::NotPermitted), NotPermitted);
  EXPECT_EQ(exit_code_of(Fault::Busy), Busy);
  EXPECT_EQ(exit_code_of(Fault::Unsupported), Unsupported);
  EXPECT_EQ(exit_code_of(Fault::Internal), Bug);
  for (const Fault fault : {Fault::NotFound, Fault::Invalid, Fault::Refused, Fault::NoSpace,
                            Fault::TimedOut, Fault::Io})
    EXPECT_EQ(exit_code_of(fault), Failed) << fault_name(fault);
}

}  // namespace
}  // namespace tuner
