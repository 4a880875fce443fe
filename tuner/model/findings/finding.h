// The findings of a host: why its TLS is not in the kernel or the NIC, what makes it unsafe there,
// and what to do. Plain data and pure functions; cli/steps/diagnosis.h looks at the host.
//
// A finding is a row of the catalogue and a function that looks for it. What could not be looked at
// is a doubt, never "no finding".
#pragma once

#include "model/findings/code.h"
#include "model/findings/input.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The words that a finding puts into the sentences of its row, by the name in braces.
using FindingWords = std::map<std::string, std::string, std::less<>>;

struct HostFinding {
  FindingCode code = FindingCode::ModuleNotLoaded;
  std::string subject;  // "eth0", "nginx.service"; empty: the whole host
  FindingWords words;
  std::vector<std::string> evidence;  // what was read, a sentence each
  ConfigPlace place;                  // what decides it; no file: not one place
  bool accepted = false;              // the operator accepted this risk (--accept-risk)
};

// Why something is not known.
enum class DoubtKind {
  Unreadable,    // a read failed, or a right is missing
  NotRecorded,   // the recorded machine does not have it
  NotLookedAt,   // it was left out on purpose
  Undetermined,  // it was read, and does not tell
};
template <>
inline constexpr auto kWords<DoubtKind> =
    std::to_array<Word<DoubtKind>>({{DoubtKind::Unreadable, "unreadable"},
                                    {DoubtKind::NotRecorded, "not-recorded"},
                                    {DoubtKind::NotLookedAt, "not-looked-at"},
                                    {DoubtKind::Undetermined, "undetermined"}});

// A part of the host that is not known, and the findings that it may hide.
struct FindingDoubt {
  DoubtKind kind = DoubtKind::Unreadable;
  std::string because;  // one sentence
  std::string next;     // what to do; empty: nothing
  std::vector<FindingCode> hides;
};

struct Diagnosis {
  std::vector<HostFinding> findings;  // the worst first
  std::vector<FindingDoubt> doubts;   // each once
};

struct FindingRow {
  FindingCode code = FindingCode::ModuleNotLoaded;
  FindingSeverity severity = FindingSeverity::Note;
  // With words in braces, of FindingWords or {subject}, {file}, {line}. `sentence` says what is
  // wrong and why, `next` what to do. `command` does it when typed as root in a shell, and the
  // finding goes (tests/lab/next-steps.txt); empty: no command does.
  std::string_view sentence;
  std::string_view next;
  std::string_view command;
  bool shows = false;      // the command changes nothing: it shows more
  std::string_view page;   // for docs/findings.md: what it means
  std::string_view guide;  // the causes of tests/docs/guide-causes.txt that it covers: "1A 3B"
  void (*look)(const DiagnosisInput& input, Diagnosis& found) = nullptr;
};

// In the order of FindingCode.
std::span<const FindingRow> finding_rows();
const FindingRow& finding_row(FindingCode code);

// Looks for every finding.
Diagnosis diagnose(const DiagnosisInput& input);
// For the one service that `input` is about: without advice and notes that are not about it.
Diagnosis diagnose_service(const DiagnosisInput& input);

// Whether a counter of errors is not 0: it is worth to be read again.
bool counts_errors(const Facts& facts);

// The row's texts with the finding's words. In a command each word is one word of a shell.
std::string finding_sentence(const HostFinding& finding);
std::string finding_next(const HostFinding& finding);
std::string finding_command(const HostFinding& finding);  // empty: none

// Whether it keeps TLS off its path or makes it unsafe, and the operator did not accept that.
bool needs_action(const HostFinding& finding);
// Whether a look failed: the answer may lack a finding.
bool could_not_look(const FindingDoubt& doubt);

}  // namespace tuner
