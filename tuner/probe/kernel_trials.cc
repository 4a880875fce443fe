#include "probe/kernel_trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <numeric>
#include <system_error>

namespace tuner {
namespace {

constexpr std::int64_t kMatrixBytes = std::accumulate(kTrialSizes.begin(), kTrialSizes.end(), 0);
constexpr std::int64_t kMatrixRecords = kTrialSizes.size() + 1;

constexpr Requirement exactly(std::string_view name, std::int64_t value) {
  return {name, value, value};
}

constexpr Requirement at_least(std::string_view name, std::int64_t value) {
  return {name, value};
}

// The kernel counts a session for each direction that it has taken (/proc/net/tls_stat). Where the
// namespace is shared, others may add to it.
constexpr Requirement kTxSession = at_least("tx_sessions", 1);

constexpr KernelTrialRow kRows[] = {
    {.id = "encrypt",
     .direction = TrialDirection::Tx,
     .scope = TrialScope::EveryCipher,
     .what = "the kernel encrypts; OpenSSL makes the same records",
     .required = {kTxSession, exactly("bytes", kMatrixBytes), exactly("records", kMatrixRecords),
                  exactly("differing_bytes", 0), exactly("repeated_nonces", 0)},
     .bytes_on_wire = kMatrixBytes},
};

// The kernel does not have the cipher or the option: other numbers say nothing about that.
bool says_absent(int error) {
  constexpr int kAbsent[] = {EINVAL, ENOENT, ENOPROTOOPT, EOPNOTSUPP};
  return std::ranges::find(kAbsent, error) != std::end(kAbsent);
}

struct Verdict {
  TrialResult result = TrialResult::Unknown;
  std::string because;
};

Verdict judge_one(const KernelTrial& trial, const Requirement& required) {
  const auto found = trial.seen.find(std::string(required.name));
  if (found == trial.seen.end())
    return {TrialResult::Unknown, fmt::format("the report has no {}", required.name)};
  const std::int64_t value = found->second;
  if (value >= required.least && value <= required.most) return {TrialResult::Passed, {}};
  const bool exact = required.least == required.most;
  const std::int64_t wanted = value < required.least ? required.least : required.most;
  return {TrialResult::Failed, fmt::format("{} is {} instead of {}{}", required.name, value,
                                           exact                    ? ""
                                           : value < required.least ? "at least "
                                                                    : "at most ",
                                           wanted)};
}

// A failure is proved, so it counts before a missing measurement.
void add(Verdict& all, Verdict one) {
  if (one.result == TrialResult::Passed) return;
  if (all.result == TrialResult::Failed && one.result == TrialResult::Failed) {
    all.because += ", " + one.because;
  } else if (all.result == TrialResult::Passed || one.result == TrialResult::Failed) {
    all = std::move(one);
  }
}

Verdict judge_seen(const TrialKey& key, const KernelTrial& trial) {
  Verdict verdict{TrialResult::Passed, {}};
  for (const Requirement& required : key.row->required) {
    if (!required.name.empty()) add(verdict, judge_one(trial, required));
  }
  if (key.row->bytes_on_wire == 0) return verdict;
  const auto records = trial.seen.find("records");
  const std::int64_t count = records == trial.seen.end() ? 0 : records->second;
  const auto overhead = static_cast<std::int64_t>(record_overhead(key.version, key.cipher));
  add(verdict, judge_one(trial, exactly("wire_bytes", key.row->bytes_on_wire + count * overhead)));
  return verdict;
}

Verdict judge_refusal(const KernelRefusal& refused) {
  return {says_absent(refused.error) ? TrialResult::NotApplicable : TrialResult::Unknown,
          fmt::format("the kernel refuses {}: {}", refused.call,
                      std::generic_category().message(refused.error))};
}

bool fits(const TrialKey& key, const KernelTrial& trial) {
  return trial.id == key.row->id && trial.version == key.version && trial.cipher == key.cipher;
}

JudgedTrial judged_trial(const TrialKey& key, const std::vector<KernelTrial>& trials) {
  const auto fitting = [&](const KernelTrial& trial) { return fits(key, trial); };
  JudgedTrial judged{.key = key, .because = {}, .seen = {}};
  const auto found = std::ranges::find_if(trials, fitting);
  if (found == trials.end()) {
    judged.because = "missing in the report";
    return judged;
  }
  judged.seen = found->seen;
  if (std::ranges::count_if(trials, fitting) > 1) {
    judged.because = "reported more than once";
    return judged;
  }
  Verdict verdict{TrialResult::Unknown, found->because};
  if (found->because.empty())
    verdict = found->refused ? judge_refusal(*found->refused) : judge_seen(key, *found);
  judged.result = verdict.result;
  judged.because = std::move(verdict.because);
  return judged;
}

std::int64_t count(const std::vector<JudgedTrial>& trials, TrialResult result) {
  return std::ranges::count(trials, result, &JudgedTrial::result);
}

const JudgedTrial* first(const std::vector<JudgedTrial>& trials, TrialResult result) {
  const auto found = std::ranges::find_if(trials, [&](const JudgedTrial& trial) {
    return trial.result == result &&
           (result != TrialResult::Unknown || libssl_hands_over(trial.key.cipher));
  });
  return found == trials.end() ? nullptr : &*found;
}

std::string named(const JudgedTrial& trial) {
  return fmt::format("{} with {} {}: {}", trial.key.row->id, word_of(trial.key.version),
                     word_of(trial.key.cipher), trial.because);
}

void sum_up(JudgedTrials& all) {
  const auto& trials = all.trials;
  all.because =
      fmt::format("{} passed, {} failed, {} not applicable, {} unknown",
                  count(trials, TrialResult::Passed), count(trials, TrialResult::Failed),
                  count(trials, TrialResult::NotApplicable), count(trials, TrialResult::Unknown));
  const JudgedTrial* const failed = first(trials, TrialResult::Failed);
  const JudgedTrial* const unknown = first(trials, TrialResult::Unknown);
  if (failed != nullptr) {
    all.result = TrialResult::Failed;
    all.because += fmt::format("; {}", named(*failed));
  } else if (unknown != nullptr) {
    all.because += fmt::format("; {}", named(*unknown));
  } else if (count(trials, TrialResult::Passed) > 0) {
    all.result = TrialResult::Passed;
  }
}

void add_keys(std::vector<TrialKey>& keys, const KernelTrialRow& row, TlsVersion version) {
  for (const RecordCipherFacts& facts : kRecordCiphers) {
    if (row.scope == TrialScope::EveryCipher || facts.cipher == RecordCipher::Aes128Gcm)
      keys.push_back({&row, version, facts.cipher});
  }
}

}  // namespace

std::span<const KernelTrialRow> kernel_trials() {
  return kRows;
}

const KernelTrialRow* kernel_trial(std::string_view id) {
  const auto found = std::ranges::find(kRows, id, &KernelTrialRow::id);
  return found == std::end(kRows) ? nullptr : &*found;
}

std::vector<TrialKey> trials_to_do() {
  std::vector<TrialKey> keys;
  for (const KernelTrialRow& row : kRows) {
    if (row.scope != TrialScope::Tls13) add_keys(keys, row, TlsVersion::Tls12);
    if (row.scope != TrialScope::Tls12) add_keys(keys, row, TlsVersion::Tls13);
  }
  return keys;
}

JudgedTrials judge_kernel_trials(const std::vector<KernelTrial>& trials) {
  JudgedTrials all;
  for (const TrialKey& key : trials_to_do()) all.trials.push_back(judged_trial(key, trials));
  sum_up(all);
  return all;
}

}  // namespace tuner
