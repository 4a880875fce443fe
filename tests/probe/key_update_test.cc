#include "probe/key_update.h"

#include "probe/key_update_runs.h"
#include "probe/verdict.h"
#include "probe/warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuner {
namespace {

using testing::all_ok;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing::spoil;
using testing::trial_of;

TEST(KeyUpdate, AllCasesInBothRolesInTheKernelAreSafe) {
  const JudgedKeyUpdates judged = judge_key_updates(all_ok());
  EXPECT_EQ(judged.safety, KeyUpdateSafety::Safe);
  EXPECT_THAT(judged.trials, SizeIs(12));
  EXPECT_THAT(judged.because, AllOf(HasSubstr("a remote peer cannot break one"),
                                    HasSubstr("cases 1 and 2"), HasSubstr("as client")));
}

// OpenSSL 3.0 keeps receive of TLS 1.3 in user space, and case 1 is about receive alone.
TEST(KeyUpdate, OneDirectionInTheKernelIsEnoughForACase) {
  KeyUpdateRun run = all_ok();
  for (KeyUpdateTrial& trial : run.trials) {
    trial.rx = TlsPath::Userspace;
    trial.counters.erase("TlsRxRekeyOk");
  }
  EXPECT_EQ(judge_key_updates(run).safety, KeyUpdateSafety::Safe);
}

TEST(KeyUpdate, ACaseThatAPeerBreaksIsUnsafeAndSaysSo) {
  for (const int number : {1, 2, 6}) {
    KeyUpdateRun run = all_ok();
    spoil(trial_of(run, number, TlsRole::Client), "receive: bad record mac");
    spoil(trial_of(run, 3), "of our own");
    const JudgedKeyUpdates judged = judge_key_updates(run);
    EXPECT_EQ(judged.safety, KeyUpdateSafety::Unsafe);
    EXPECT_THAT(judged.because, HasSubstr("a remote peer can break"));
    EXPECT_THAT(judged.because, HasSubstr("case " + std::to_string(number) + " as client"));
    EXPECT_THAT(judged.because, HasSubstr("bad record mac"));
    EXPECT_THAT(judged.because, Not(HasSubstr("of our own")));
  }
}

TEST(KeyUpdate, ACaseThatOnlyThisHostCausesIsUnsafeWithoutAPeer) {
  for (const int number : {3, 4, 5}) {
    KeyUpdateRun run = all_ok();
    spoil(trial_of(run, number), "broke");
    const JudgedKeyUpdates judged = judge_key_updates(run);
    EXPECT_EQ(judged.safety, KeyUpdateSafety::Unsafe);
    EXPECT_THAT(judged.because, HasSubstr("no KeyUpdate of a remote peer broke one"));
  }
}

// Each report omits something or contradicts itself; none of them may count as safe.
TEST(KeyUpdate, AReportThatProvesTooLittleIsUnknown) {
  struct Lie {
    const char* because;
    std::function<void(KeyUpdateRun&)> tell;
  };
  const Lie lies[] = {
      {"missing in the report", [](KeyUpdateRun& run) { run.trials.erase(run.trials.begin()); }},
      {"missing in the report", [](KeyUpdateRun& run) { run.trials.clear(); }},
      {"missing in the report", [](KeyUpdateRun& run) { trial_of(run, 6).number = 7; }},
      {"reported more than once",
       [](KeyUpdateRun& run) { run.trials.push_back(run.trials.front()); }},
      {"was not in the kernel",
       [](KeyUpdateRun& run) {
         trial_of(run, 2).tx = TlsPath::Userspace;
         trial_of(run, 2).rx = TlsPath::Userspace;
       }},
      {"was not in the kernel",
       [](KeyUpdateRun& run) {
         trial_of(run, 2).tx = PathFinding();
         trial_of(run, 2).rx = PathFinding();
       }},
      {"not proved that the connection was in the kernel: sources differ",
       [](KeyUpdateRun& run) {
         trial_of(run, 1).tx = PathFinding::unknown("sources differ");
         trial_of(run, 1).rx = TlsPath::Userspace;
       }},
      {"TlsTxRekeyOk moved by 0 instead of 1",
       [](KeyUpdateRun& run) { trial_of(run, 3).counters.erase("TlsTxRekeyOk"); }},
      {"TlsRxRekeyOk moved by 999 instead of 1000",
       [](KeyUpdateRun& run) { trial_of(run, 6).counters["TlsRxRekeyOk"] = 999; }},
      {"this kernel has no TlsRxRekeyOk", [](KeyUpdateRun& run) { run.kernel_counts = false; }},
      {"no time",
       [](KeyUpdateRun& run) {
         trial_of(run, 4) = {.number = 4, .result = KeyUpdateResult::NotDone, .because = "no time"};
       }},
  };
  for (const Lie& lie : lies) {
    KeyUpdateRun run = all_ok();
    lie.tell(run);
    const JudgedKeyUpdates judged = judge_key_updates(run);
    EXPECT_EQ(judged.safety, KeyUpdateSafety::Unknown) << lie.because;
    EXPECT_THAT(judged.because, HasSubstr(lie.because));
    EXPECT_THAT(judged.because, HasSubstr("what a remote peer can do"));
    EXPECT_THAT(judged.trials, SizeIs(12));
  }
}

TEST(KeyUpdate, ABrokenCaseInUserSpaceIsNoEvidenceAgainstKtls) {
  KeyUpdateRun run = all_ok();
  spoil(trial_of(run, 2), "broke");
  trial_of(run, 2).tx = trial_of(run, 2).rx = TlsPath::Userspace;
  const JudgedKeyUpdates judged = judge_key_updates(run);
  EXPECT_EQ(judged.safety, KeyUpdateSafety::Unknown);
  EXPECT_THAT(judged.because, HasSubstr("(broke)"));
  EXPECT_FALSE(judged.trials.at(2).noticed);
}

// The helper has repeated it without kTLS, where it was intact.
TEST(KeyUpdate, ABrokenCaseOnAnUnprovedPathIsUnsafe) {
  KeyUpdateRun run = all_ok();
  spoil(trial_of(run, 2), "broke");
  trial_of(run, 2).tx = trial_of(run, 2).rx = PathFinding::unknown("counters are shared");
  EXPECT_EQ(judge_key_updates(run).safety, KeyUpdateSafety::Unsafe);
}

TEST(KeyUpdate, TheWarningByVersionsGivesWayToWhatWasTried) {
  ProbeReport report{.library = {.version = "OpenSSL 3.0.19", .config_asks = true},
                     .cells = {{.version = TlsVersion::Tls13, .tx = TlsPath::Kernel}}};
  EXPECT_THAT(probe_warnings(report, false), SizeIs(1));
  report.key_updates = all_ok();
  EXPECT_THAT(probe_warnings(report, false), IsEmpty());
  report.key_updates->trials.clear();
  EXPECT_THAT(probe_warnings(report, false), SizeIs(1)) << "nothing was tried";
}

Profile expecting_safety() {
  Profile profile;
  profile.safe = {SafeProperty::KeyUpdate};
  return profile;
}

TEST(KeyUpdateVerdict, OnlyAProfileThatExpectsSafetyIsJudgedByTheCases) {
  struct Case {
    ProbeVerdict verdict;
    std::function<void(ProbeReport&)> change;
  };
  const Case cases[] = {
      {ProbeVerdict::AsExpected, [](ProbeReport&) {}},
      {ProbeVerdict::Unsafe,
       [](ProbeReport& report) { spoil(trial_of(*report.key_updates, 2), "broke"); }},
      {ProbeVerdict::Inconclusive,
       [](ProbeReport& report) { report.key_updates->trials.pop_back(); }},
      {ProbeVerdict::Inconclusive, [](ProbeReport& report) { report.key_updates.reset(); }},
  };
  for (const Case& c : cases) {
    ProbeReport report{.key_updates = all_ok()};
    c.change(report);
    EXPECT_EQ(judge(report, expecting_safety()).verdict(), c.verdict);
    EXPECT_EQ(judge(report, Profile{}).verdict(), ProbeVerdict::AsExpected);
    EXPECT_EQ(judge(report, Profile{}).key_updates().has_value(), report.key_updates.has_value());
  }
}

TEST(KeyUpdateVerdict, AFailedTransferIsWorseThanAnUnsafeKeyUpdate) {
  ProbeReport report{.cells = {ProbeCell{}}, .key_updates = all_ok()};
  spoil(trial_of(*report.key_updates, 2), "broke");
  EXPECT_EQ(judge(report, expecting_safety()).verdict(), ProbeVerdict::Failed);
}

}  // namespace
}  // namespace tuner
