// Each read of a plan, an apply and a rollback fails in turn. In every case nothing is taken for
// absent and no original is lost.
#include "engine/rig.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <map>

namespace tuner {
namespace {

using testing::Rig;
using testing::whole_profile;

// Lets the n-th read fail, once.
class OneFailure {
 public:
  OneFailure(testing::FakeMachine& machine, int at, int error) : machine_(machine) {
    machine->on_read = [this, at, error](std::string_view what) -> std::optional<int> {
      if (count_++ != at) return std::nullopt;
      failed_ = what;
      return error;
    };
  }
  ~OneFailure() { machine_->on_read = nullptr; }
  OneFailure(const OneFailure&) = delete;
  OneFailure& operator=(const OneFailure&) = delete;

  bool happened() const { return !failed_.empty(); }
  const std::string& what() const { return failed_; }

 private:
  testing::FakeMachine& machine_;
  int count_ = 0;
  std::string failed_;
};

std::map<std::string, std::string> by_key(const Plan& plan) {
  std::map<std::string, std::string> steps;
  for (const Step& step : plan.steps) {
    steps[step.desired.subject.key] =
        std::string(status_name(step.status)) + " " + to_text(step.target);
  }
  return steps;
}

// The only permitted difference to the plan without a fault is that settings become unreadable.
void expect_honest(const Plan& plan, const std::map<std::string, std::string>& whole,
                   const std::string& what) {
  const auto now = by_key(plan);
  const bool unknown = std::ranges::any_of(
      plan.steps, [](const Step& step) { return step.status == Status::Unreadable; });
  for (const auto& [key, expected] : whole) {
    const auto found = now.find(key);
    if (found == now.end()) {
      EXPECT_TRUE(unknown) << what << ": " << key << " is missing, and no step says why";
    } else if (found->second != expected) {
      EXPECT_TRUE(found->second.starts_with("unreadable") || found->second.starts_with("blocked") ||
                  unknown)
          << what << ": " << key << " was " << expected << ", is " << found->second;
    }
  }
}

class ReadFaults : public ::testing::TestWithParam<int> {};

TEST_P(ReadFaults, APlanIsTheSameOrSaysWhatIsUnreadable) {
  Rig rig;
  const auto whole = by_key(rig.plan(whole_profile()));
  ASSERT_GT(whole.size(), 20U);
  int failures = 0;
  for (int at = 0;; ++at) {
    const OneFailure failure(rig.machine, at, GetParam());
    const Plan plan = rig.plan(whole_profile());
    if (!failure.happened()) break;
    ++failures;
    expect_honest(plan, whole, failure.what());
  }
  EXPECT_GT(failures, 100);
}

// After a rollback without failed reads, the machine has its original values.
TEST_P(ReadFaults, AnApplyLosesNoOriginal) {
  Rig reference;
  const auto before = reference.machine.snapshot();
  for (int at = 0, stop = 0; stop == 0; at += 7) {
    Rig rig;
    std::string what;
    {
      const OneFailure failure(rig.machine, at, GetParam());
      rig.apply(whole_profile());
      what = failure.what();
      if (!failure.happened()) stop = 1;
    }
    const auto undone = rig.rollback();
    ASSERT_TRUE(undone) << what << ": " << undone.error().text;
    EXPECT_TRUE(undone->complete()) << what;
    EXPECT_EQ(rig.machine.snapshot(), before) << what;
  }
}

TEST_P(ReadFaults, ARollbackLosesNoOriginal) {
  Rig reference;
  const auto before = reference.machine.snapshot();
  for (int at = 0, stop = 0; stop == 0; at += 7) {
    Rig rig;
    ASSERT_EQ(rig.apply(whole_profile()).end, ApplyReport::End::Applied);
    std::string what;
    {
      const OneFailure failure(rig.machine, at, GetParam());
      const auto undone = rig.rollback();
      what = failure.what();
      if (!failure.happened()) stop = 1;
      if (undone && undone->complete()) {
        EXPECT_EQ(rig.machine.snapshot(), before) << what;
      }
    }
    const auto again = rig.rollback();
    ASSERT_TRUE(again) << what << ": " << again.error().text;
    EXPECT_EQ(rig.machine.snapshot(), before) << what;
  }
}

INSTANTIATE_TEST_SUITE_P(Errors, ReadFaults, ::testing::Values(EIO, EMFILE), [](const auto& error) {
  return std::string(error.param == EIO ? "InputOutput" : "TooManyFiles");
});

}  // namespace
}  // namespace tuner
