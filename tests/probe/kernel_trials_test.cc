#include "probe/kernel_trials.h"

#include "host/files/file_tree.h"
#include "probe/handshake/trials/kernel_trials.h"
#include "probe/kernel_trial_reports.h"
#include "probe/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <set>

namespace tuner {
namespace {

using testing::all_passed;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::trial_of;
using Trials = std::vector<KernelTrial>;

const JudgedTrial& judged_of(const JudgedTrials& all, std::string_view id) {
  for (const JudgedTrial& trial : all.trials) {
    if (trial.key.row->id == id) return trial;
  }
  throw std::out_of_range("no such trial");
}

TEST(KernelTrials, PassByTheirMeasurements) {
  const JudgedTrials judged = judge_kernel_trials(all_passed());
  EXPECT_EQ(judged.result, TrialResult::Passed);
  EXPECT_EQ(judged.trials.size(), trials_to_do().size());
  for (const JudgedTrial& trial : judged.trials) {
    EXPECT_EQ(trial.result, TrialResult::Passed) << trial.key.row->id << trial.because;
    EXPECT_THAT(trial.because, IsEmpty());
  }
  EXPECT_THAT(judged.because, HasSubstr(", 0 failed, 0 not applicable, 0 unknown"));
}

TEST(KernelTrials, EachHasAnIdOfItsOwnAndAMeasurementAndAFunction) {
  std::set<std::string_view> ids;
  for (const KernelTrialRow& row : kernel_trials()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.required[0].name.empty()) << row.id;
    EXPECT_TRUE(can_try(row.id)) << row.id;
    EXPECT_EQ(kernel_trial(row.id), &row);
  }
  EXPECT_EQ(kernel_trial("no-such-trial"), nullptr);
  EXPECT_FALSE(can_try("no-such-trial"));
}

// Without any one of its measurements no trial passes, whatever the others say.
TEST(KernelTrials, AMissingMeasurementIsUnknown) {
  for (const TrialKey& key : trials_to_do()) {
    const KernelTrial good = testing::good_trial(key);
    for (const auto& [name, value] : good.seen) {
      KernelTrial lie = good;
      lie.seen.erase(name);
      const JudgedTrials judged = judge_kernel_trials({lie});
      EXPECT_NE(judged_of(judged, key.row->id).result, TrialResult::Passed) << good.id << name;
    }
  }
}

// Each range has two sides, and a measurement beyond either is a failure that is named.
TEST(KernelTrials, AMeasurementOutOfItsRangeFails) {
  for (const KernelTrialRow& row : kernel_trials()) {
    for (const Requirement& required : row.required) {
      if (required.name.empty()) continue;
      for (const bool below : {true, false}) {
        if (!below && required.most == Requirement::kMost) continue;
        Trials trials = all_passed();
        for (KernelTrial& trial : trials) {
          if (trial.id != row.id) continue;
          trial.seen[std::string(required.name)] = below ? required.least - 1 : required.most + 1;
        }
        const JudgedTrials judged = judge_kernel_trials(trials);
        EXPECT_EQ(judged.result, TrialResult::Failed) << row.id << " " << required.name;
        const JudgedTrial& trial = judged_of(judged, row.id);
        EXPECT_EQ(trial.result, TrialResult::Failed);
        EXPECT_THAT(trial.because, HasSubstr(std::string(required.name)));
      }
    }
  }
}

// Plain text on the wire, or padding, has another length than records.
TEST(KernelTrials, BytesOnTheWireThatAreNoRecordsFail) {
  for (const std::int64_t difference : {-1, 1}) {
    Trials trials = all_passed();
    trial_of(trials, "encrypt").seen["wire_bytes"] += difference;
    const JudgedTrials judged = judge_kernel_trials(trials);
    EXPECT_EQ(judged.result, TrialResult::Failed);
    EXPECT_THAT(judged.because, HasSubstr("encrypt with TLSv1.2 AES-128-GCM: wire_bytes is"));
  }
}

TEST(KernelTrials, ACallThatFailedIsAFailure) {
  Trials trials = all_passed();
  trial_of(trials, "decrypt").seen["errno"] = EBADMSG;
  EXPECT_THAT(judge_kernel_trials(trials).because, HasSubstr("the kernel answers: Bad message"));
}

struct Lie {
  const char* because;
  TrialResult result;
  std::function<void(Trials&)> tell;
};

// A report that omits something or contradicts itself never counts as passed.
TEST(KernelTrials, AReportThatProvesTooLittleIsUnknown) {
  const Lie lies[] = {
      {"missing in the report", TrialResult::Unknown,
       [](Trials& trials) { trials.erase(trials.begin()); }},
      {"missing in the report", TrialResult::Unknown,
       [](Trials& trials) { trials.front().id = "decrypted"; }},
      {"missing in the report", TrialResult::Unknown,
       [](Trials& trials) { trials.front().version = TlsVersion::Tls13; }},
      {"reported more than once", TrialResult::Unknown,
       [](Trials& trials) { trials.push_back(trials.front()); }},
      {"the report has no tx_sessions", TrialResult::Unknown,
       [](Trials& trials) { trials.front().seen.erase("tx_sessions"); }},
      {"the report has no ", TrialResult::Unknown,
       [](Trials& trials) { trials.front().seen = {}; }},
      {"no time left", TrialResult::Unknown,
       [](Trials& trials) { trials.front().because = "no time left"; }},
      {"Cannot allocate memory", TrialResult::Unknown,
       [](Trials& trials) { trials.front().refused = {.call = "TLS_TX", .error = ENOMEM}; }},
      {"Device or resource busy", TrialResult::Unknown,
       [](Trials& trials) { trials.front().refused = {.call = "TLS_TX", .error = EBUSY}; }},
      {"the kernel refuses TLS_TX: Invalid argument", TrialResult::NotApplicable,
       [](Trials& trials) { trials.front().refused = {.call = "TLS_TX", .error = EINVAL}; }},
  };
  for (const Lie& lie : lies) {
    Trials trials = all_passed();
    lie.tell(trials);
    const JudgedTrials judged = judge_kernel_trials(trials);
    EXPECT_EQ(judged.trials.front().result, lie.result) << lie.because;
    EXPECT_THAT(judged.trials.front().because, HasSubstr(lie.because));
    const bool unknown = lie.result == TrialResult::Unknown;
    EXPECT_EQ(judged.result, unknown ? TrialResult::Unknown : TrialResult::Passed);
    EXPECT_EQ(judged.trials.size(), trials_to_do().size());
  }
}

// A refusal is evidence that the kernel lacks something, not that it works.
TEST(KernelTrials, AKernelThatRefusesEverythingHasNotPassed) {
  Trials trials = all_passed();
  for (KernelTrial& trial : trials) trial.refused = {.call = "TLS_TX", .error = EINVAL};
  const JudgedTrials judged = judge_kernel_trials(trials);
  EXPECT_EQ(judged.result, TrialResult::Unknown);
  EXPECT_THAT(judged.because, HasSubstr("0 passed, 0 failed"));
  EXPECT_EQ(judge_kernel_trials({}).result, TrialResult::Unknown);
}

// A kernel before 6.14 keeps the first key: no defect.
TEST(KernelTrials, ARowMayHaveAnErrnoOfItsOwnForAbsence) {
  Trials trials = all_passed();
  trial_of(trials, "second-key-1.3").refused = {.call = "a second TLS_TX", .error = EBUSY};
  const JudgedTrials judged = judge_kernel_trials(trials);
  EXPECT_EQ(judged_of(judged, "second-key-1.3").result, TrialResult::NotApplicable);
  EXPECT_EQ(judged.result, TrialResult::Passed);
}

TEST(KernelTrials, ACipherThatOpenSslNeverHandsOverIsNoReasonForDoubt) {
  Trials trials = all_passed();
  for (KernelTrial& trial : trials) {
    if (trial.cipher == RecordCipher::Sm4Ccm) trial.because = "this OpenSSL has no SM4-CCM";
  }
  const JudgedTrials judged = judge_kernel_trials(trials);
  EXPECT_EQ(judged.result, TrialResult::Passed);
  EXPECT_THAT(judged.because, HasSubstr("4 unknown"));
}

TEST(KernelTrials, AFailureCountsMoreThanWhatIsUnknown) {
  Trials trials = all_passed();
  trial_of(trials, "encrypt").because = "no time";
  trial_of(trials, "peek").seen["differing_bytes"] = 3;
  const JudgedTrials judged = judge_kernel_trials(trials);
  EXPECT_EQ(judged.result, TrialResult::Failed);
  EXPECT_THAT(judged.because, HasSubstr("peek with TLSv1.2 AES-128-GCM: differing_bytes is 3"));
}

std::vector<KernelTrial> tried(bool ask_ktls, bool tls_loaded) {
  const auto files = local_file_tree();
  KernelTls kernel;
  kernel.tls_loaded = tls_loaded;
  const LibraryFacts library;
  Result<PacketTap> tap = fail(Fault::Unsupported, "no tap");
  return try_kernel({.files = *files,
                     .kernel = kernel,
                     .library = library,
                     .deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60),
                     .ask_ktls = ask_ktls},
                    false, tap);
}

TEST(TryKernel, NothingIsTriedWithoutTheModuleOrARequest) {
  for (const bool loaded : {false, true}) {
    const auto trials = tried(!loaded, loaded);
    ASSERT_EQ(trials.size(), trials_to_do().size());
    for (const KernelTrial& trial : trials) {
      EXPECT_THAT(trial.because, HasSubstr(loaded ? "not requested" : "tls is not loaded"));
      EXPECT_THAT(trial.seen, IsEmpty());
    }
    EXPECT_EQ(judge_kernel_trials(trials).result, TrialResult::Unknown);
  }
}

// On a kernel with TLS this does them all, in the shared namespace.
TEST(TryKernel, NoTrialFailsHere) {
  const auto files = local_file_tree();
  const KernelTls kernel = read_kernel_tls(*files);
  const auto trials = tried(true, kernel.tls_loaded);
  const JudgedTrials judged = judge_kernel_trials(trials);
  EXPECT_NE(judged.result, TrialResult::Failed) << judged.because;
  for (const JudgedTrial& trial : judged.trials)
    EXPECT_EQ(trial.because.empty(), trial.result == TrialResult::Passed) << trial.key.row->id;
  for (const KernelTrial& trial : trials) {
    const bool alone =
        trial.id == "flipped-bit" || trial.id == "no-plain-text" || trial.id == "gauges";
    EXPECT_TRUE(!alone || !trial.because.empty()) << trial.id << " needs a namespace of its own";
  }
}

}  // namespace
}  // namespace tuner
