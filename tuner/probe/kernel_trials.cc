#include "probe/kernel_trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <numeric>
#include <system_error>

namespace tuner {
namespace {

constexpr std::int64_t kMatrixBytes = std::accumulate(
    kTrialSizes.begin(), kTrialSizes.end(), std::int64_t{0},
    [](std::int64_t sum, std::size_t size) { return sum + static_cast<std::int64_t>(size); });
// One more than sizes: 16385 bytes need two records.
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

constexpr Requirement kRxSession = at_least("rx_sessions", 1);

// Content sent through the kernel arrives as records that OpenSSL would have made.
constexpr KernelTrialRow encrypts(std::string_view id, TrialScope scope, std::string_view what,
                                  std::int64_t bytes, Requirement more = {}, Requirement next = {},
                                  Requirement last = {}) {
  return {.id = id,
          .direction = TrialDirection::Tx,
          .scope = scope,
          .what = what,
          .required = {kTxSession, exactly("bytes", bytes), exactly("differing_bytes", 0),
                       exactly("repeated_nonces", 0), more, next, last},
          .bytes_on_wire = bytes};
}

// Records of OpenSSL arrive as their content.
constexpr KernelTrialRow decrypts(std::string_view id, TrialScope scope, std::string_view what,
                                  std::int64_t bytes, Requirement more = {}, Requirement next = {},
                                  Requirement last = {}) {
  return {.id = id,
          .direction = TrialDirection::Rx,
          .scope = scope,
          .what = what,
          .required = {kRxSession, exactly("bytes", bytes), exactly("differing_bytes", 0), more,
                       next, last}};
}

// An intact record, then one that the kernel must refuse without returning a byte of it.
constexpr KernelTrialRow refuses(std::string_view id, std::string_view what, int error,
                                 Requirement more = {}, Requirement last = {}) {
  KernelTrialRow row =
      decrypts(id, TrialScope::BothVersions, what, 100, exactly("bytes_of_damaged", 0), more);
  if (error != 0) row.required[5] = exactly("errno", error);
  row.required[6] = last;
  return row;
}

constexpr KernelTrialRow answers(std::string_view id, TrialDirection direction, TrialScope scope,
                                 std::string_view what, Requirement answer) {
  return {.id = id, .direction = direction, .scope = scope, .what = what, .required = {answer}};
}

constexpr KernelTrialRow both_ways(KernelTrialRow row) {
  row.direction = TrialDirection::Both;
  return row;
}

// An errno by which a kernel says that it does not have this.
constexpr KernelTrialRow absent_by(int error, KernelTrialRow row) {
  row.absent = error;
  return row;
}

// A record has at most 16384 bytes.
constexpr std::int64_t records_for(std::int64_t bytes) {
  return (bytes + 16383) / 16384;
}

constexpr auto kMiB = static_cast<std::int64_t>(kMebibyte);
using enum TrialScope;
constexpr TrialDirection kTx = TrialDirection::Tx;
constexpr TrialDirection kRx = TrialDirection::Rx;
constexpr TrialDirection kBoth = TrialDirection::Both;

constexpr KernelTrialRow kRows[] = {
    encrypts("encrypt", EveryCipher, "the kernel encrypts; OpenSSL makes the same records",
             kMatrixBytes, exactly("records", kMatrixRecords)),
    decrypts("decrypt", EveryCipher, "OpenSSL encrypts; the kernel returns the content",
             kMatrixBytes),
    encrypts("encrypt-1-mib", BothVersions, "the same with 1 MiB", kMiB),
    decrypts("decrypt-1-mib", BothVersions, "the same with 1 MiB", kMiB),
    encrypts("send-nothing", BothVersions, "a write of 0 bytes makes no record", 1,
             exactly("records", 1), exactly("errno", 0)),
    decrypts("receive-nothing", BothVersions, "a record of 0 bytes is no end", 2),
    encrypts("encrypt-odd-sizes", BothVersions, "writes of odd sizes", kOddBytes),
    decrypts("decrypt-odd-cuts", BothVersions, "records cut at odd places, odd reads", kOddBytes),
    both_ways(encrypts("both-ways", BothVersions, "both directions at once", kOddBytes,
                       exactly("received_bytes", kOddBytes), kRxSession)),
    encrypts("slow-reader", BothVersions, "the peer reads late: no byte is lost, poll() agrees",
             kSlowBytes, at_least("refused_bytes", 1), exactly("writable_when_full", 0),
             exactly("writable_when_empty", 1)),
    decrypts("slow-sender", BothVersions, "no byte of a record before its last", 1000,
             exactly("bytes_early", 0), exactly("readable", 1), exactly("errno", 0)),
    encrypts("more", BothVersions, "MSG_MORE joins writes into one record", 1111,
             exactly("records", 1), exactly("sent_early", 0)),
    decrypts("peek", BothVersions, "MSG_PEEK takes nothing away", 1000,
             exactly("peeked_bytes", 400)),
    encrypts("sendfile", BothVersions, "sendfile() from an offset", kFileBytes,
             exactly("sent", kFileBytes)),
    encrypts("sendfile-past-end", BothVersions, "sendfile() of more than the file has", kFileBytes,
             exactly("sent", kFileBytes)),
    encrypts("sendfile-truncated", BothVersions, "sendfile() of a file that became shorter",
             kCutFileBytes, exactly("sent", kCutFileBytes)),
    encrypts("splice-in", BothVersions, "splice() from a pipe", kSpliceBytes),
    decrypts("splice-out", BothVersions, "splice() into a pipe", kSpliceBytes),
    encrypts("control-out", BothVersions, "data, handshake message and alert keep their types", 62,
             exactly("records", 3), exactly("types_as_sent", 1)),
    decrypts("control-in", BothVersions, "an alert is not joined with data", 50,
             exactly("data_type", 23), exactly("alert_type", 21), exactly("alert_bytes", 2)),
    // tls_record_content_type() and tls_sw_splice_read() in net/tls/tls_sw.c: without room for the
    // record's type a read fails, and a pipe cannot carry the type.
    answers("control-unasked", kRx, BothVersions, "an alert that no one asked for is no data",
            exactly("errno", EIO)),
    answers("control-spliced", kRx, BothVersions, "an alert is not spliced as data",
            exactly("errno", EINVAL)),
    refuses("flipped-bit", "one flipped bit of a record", EBADMSG, exactly("decrypt_errors", 1),
            exactly("errno_again", EBADMSG)),
    // The next three are refused by the record's header alone, before anything is decrypted
    // (tls_rx_msg_size() in net/tls/tls_sw.c).
    refuses("wrong-version", "a record of TLS 1.0", EINVAL),
    refuses("too-long", "a record that is too long", EMSGSIZE),
    refuses("too-short", "a record that is shorter than its tag", EBADMSG),
    refuses("cut-off", "the connection ends within a record", 0),
    {.id = "no-plain-text",
     .direction = kBoth,
     .scope = BothVersions,
     .what = "packets on the wire contain no content",
     .required = {kTxSession, kRxSession, at_least("marked_in_plain", 1),
                  at_least("captured_bytes", 4 * 16384), exactly("marked", 0),
                  exactly("dropped", 0), exactly("differing_bytes", 0)}},
    // tls_init() demands an established connection; a socket has one ULP (net/ipv4/tcp_ulp.c).
    answers("ulp-unconnected", kBoth, Tls13, "TCP_ULP before connect()",
            exactly("errno", ENOTCONN)),
    answers("ulp-twice", kBoth, Tls13, "TCP_ULP a second time", exactly("errno", EEXIST)),
    answers("unknown-version", kTx, Tls12, "a key for TLS 1.1", exactly("errno", EINVAL)),
    answers("short-key", kTx, BothVersions, "a key that is too short", exactly("errno", EINVAL)),
    // do_tls_setsockopt_conf() in net/tls/tls_main.c: both directions have one version and cipher.
    // A second key for one direction came with Linux 6.14, for TLS 1.3 only.
    answers("other-cipher", kBoth, BothVersions, "another cipher for the other direction",
            exactly("errno", EINVAL)),
    answers("second-key-1.2", kTx, Tls12, "a second key with TLS 1.2", exactly("errno", EBUSY)),
    absent_by(EBUSY, encrypts("second-key-1.3", Tls13, "a second key with TLS 1.3", 100,
                              exactly("records", 1), exactly("errno", 0))),
    answers("read-back", kTx, BothVersions, "TLS_TX returns version and cipher",
            exactly("as_given", 1)),
    answers("urgent", kTx, BothVersions, "MSG_OOB", exactly("errno", EOPNOTSUPP)),
    answers("zerocopy-option", kTx, BothVersions, "TLS_TX_ZEROCOPY_RO", exactly("errno", 0)),
    decrypts("no-pad-option", Tls13, "TLS_RX_EXPECT_NO_PAD", kOddBytes, exactly("errno", 0)),
    encrypts("payload-limit", BothVersions, "TLS_TX_MAX_PAYLOAD_LEN of 1024", 10L * kPayloadLimit,
             at_least("records", 10), exactly("errno", 0)),
    // The longest last: what there is no time for is one of these.
    encrypts("encrypt-64-mib", Tls13, "64 MiB", 64 * kMiB),
    decrypts("decrypt-64-mib", Tls13, "64 MiB", 64 * kMiB),
    {.id = "gauges",
     .direction = kBoth,
     .scope = Tls13,
     .what = "closed sockets leave the gauges as they were",
     .required = {at_least("open_tx", 1), at_least("open_rx", 1), exactly("left_tx", 0),
                  exactly("left_rx", 0)}},
};

// The kernel does not have the cipher or the option: other numbers say nothing about that.
bool says_absent(const KernelTrialRow& row, int error) {
  constexpr int kAbsent[] = {EINVAL, ENOENT, ENOPROTOOPT, EOPNOTSUPP};
  return error == row.absent || std::ranges::find(kAbsent, error) != std::end(kAbsent);
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

bool demands(const KernelTrialRow& row, std::string_view name) {
  return std::ranges::find(row.required, name, &Requirement::name) != row.required.end();
}

// A call that should have worked.
Verdict judge_error(const TrialKey& key, const KernelTrial& trial) {
  const auto found = trial.seen.find("errno");
  const bool required =
      std::ranges::find(key.row->required, "errno", &Requirement::name) != key.row->required.end();
  if (required || found == trial.seen.end() || found->second == 0) return {TrialResult::Passed, {}};
  const std::string text = std::generic_category().message(static_cast<int>(found->second));
  return {TrialResult::Failed, fmt::format("the kernel answers: {}", text)};
}

Verdict judge_seen(const TrialKey& key, const KernelTrial& trial) {
  Verdict verdict{TrialResult::Passed, {}};
  for (const Requirement& required : key.row->required) {
    if (!required.name.empty()) add(verdict, judge_one(trial, required));
  }
  add(verdict, judge_error(key, trial));
  const std::int64_t bytes = key.row->bytes_on_wire;
  if (bytes == 0) return verdict;
  // A row that does not say how many records are made needs at least as many as the content fills.
  if (!demands(*key.row, "records"))
    add(verdict, judge_one(trial, at_least("records", records_for(bytes))));
  const auto records = trial.seen.find("records");
  if (records == trial.seen.end()) return verdict;
  const auto overhead = static_cast<std::int64_t>(record_overhead(key.version, key.cipher));
  add(verdict, judge_one(trial, exactly("wire_bytes", bytes + records->second * overhead)));
  return verdict;
}

Verdict judge_refusal(const KernelTrialRow& row, const KernelRefusal& refused) {
  return {says_absent(row, refused.error) ? TrialResult::NotApplicable : TrialResult::Unknown,
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
    verdict = found->refused ? judge_refusal(*key.row, *found->refused) : judge_seen(key, *found);
  judged.result = verdict.result;
  judged.because = std::move(verdict.because);
  return judged;
}

std::int64_t count(const std::vector<JudgedTrial>& trials, TrialResult result) {
  return std::ranges::count(trials, result, &JudgedTrial::result);
}

const JudgedTrial* first(const std::vector<JudgedTrial>& trials, TrialResult result) {
  const auto found = std::ranges::find_if(trials, [&](const JudgedTrial& trial) {
    // A cipher that libssl never hands over is no reason for doubt if its trial is unknown.
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
    // What does not depend on the cipher is tried with one of them.
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
