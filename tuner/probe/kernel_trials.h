// The trials of the kernel's own TLS, without a TLS library: what is done, what must be seen, and
// what the measurements of a report mean. Pure.
//
// One end of a connection over loopback gives its records to the kernel (TLS_TX or TLS_RX), the
// other makes and opens them with EVP (probe/handshake/trials/record_protection.h).
#pragma once

#include "base/words.h"
#include "probe/report.h"

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Unknown: not done, or what was measured does not suffice.
enum class TrialResult { Passed, Failed, NotApplicable, Unknown };
template <>
inline constexpr auto kWords<TrialResult> =
    std::to_array<Word<TrialResult>>({{TrialResult::Passed, "passed"},
                                      {TrialResult::Failed, "failed"},
                                      {TrialResult::NotApplicable, "not_applicable"},
                                      {TrialResult::Unknown, "unknown"}});

enum class TrialDirection { Tx, Rx, Both };
template <>
inline constexpr auto kWords<TrialDirection> = std::to_array<Word<TrialDirection>>(
    {{TrialDirection::Tx, "tx"}, {TrialDirection::Rx, "rx"}, {TrialDirection::Both, "both"}});

// Sizes of the writes, and so of the records, of `encrypt` and `decrypt`, in bytes. A write above
// 16384 makes two records.
inline constexpr std::array<std::size_t, 9> kTrialSizes{1,    15,    16,    17,   255,
                                                        1000, 16383, 16384, 16385};
inline constexpr std::size_t kMebibyte = 1U << 20U;
// Sizes of the content of other trials.
inline constexpr std::size_t kOddBytes = 200'003;
inline constexpr std::size_t kSlowBytes = kMebibyte;
inline constexpr std::size_t kFileBytes = 100'003;
inline constexpr std::size_t kCutFileBytes = 40'009;
inline constexpr std::size_t kSpliceBytes = 60'013;
inline constexpr std::uint16_t kPayloadLimit = 1024;

// A measurement and the range in which it must be.
struct Requirement {
  static constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::string_view name;
  std::int64_t least = 0;
  std::int64_t most = kMost;
};

// With which versions and ciphers a trial is done. All but EveryCipher: AES-128-GCM.
enum class TrialScope { EveryCipher, BothVersions, Tls12, Tls13 };

struct KernelTrialRow {
  std::string_view id;
  TrialDirection direction = TrialDirection::Tx;
  TrialScope scope = TrialScope::Tls13;
  std::string_view what;
  std::array<Requirement, 7> required{};  // unused ones have no name
  // Not 0: these bytes must be on the wire as `records` records of the cipher's size, no more and
  // no less (measured as `wire_bytes`).
  std::int64_t bytes_on_wire = 0;
  int absent = 0;  // an errno by which a kernel without this says so, beside those of any option
};

std::span<const KernelTrialRow> kernel_trials();
// nullptr: there is no such trial.
const KernelTrialRow* kernel_trial(std::string_view id);

struct TrialKey {
  const KernelTrialRow* row = nullptr;
  TlsVersion version = TlsVersion::Tls13;
  RecordCipher cipher = RecordCipher::Aes128Gcm;
};
// Every trial with each of its versions and ciphers, in the order in which they are done.
std::vector<TrialKey> trials_to_do();

struct JudgedTrial {
  TrialKey key;
  TrialResult result = TrialResult::Unknown;
  std::string because;  // what differed, who refused, or why it was not done; empty: passed
  std::map<std::string, std::int64_t> seen;
};

struct JudgedTrials {
  // Failed: a trial failed. Passed: none failed, at least one passed, and what is unknown concerns
  // only ciphers that OpenSSL never hands to the kernel. Otherwise Unknown.
  TrialResult result = TrialResult::Unknown;
  std::string because;              // one sentence with the counts
  std::vector<JudgedTrial> trials;  // one for each of trials_to_do(), in its order
};

// A trial passes only by its own measurements: each that the row requires must be there and in its
// range.
JudgedTrials judge_kernel_trials(const std::vector<KernelTrial>& trials);

}  // namespace tuner
