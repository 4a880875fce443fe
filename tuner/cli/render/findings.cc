#include "cli/render/findings.h"

#include "base/text.h"
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kIndent = 2;

document::Finding finding_document(const HostFinding& finding) {
  document::Finding body{.because = document::word(finding.code),
                         .severity = document::word(finding_row(finding.code).severity),
                         .subject = document::or_null(finding.subject),
                         .message = finding_sentence(finding),
                         .evidence = finding.evidence,
                         .place = {},
                         .next = finding_next(finding),
                         .command = document::or_null(finding_command(finding)),
                         .accepted = finding.accepted};
  if (!finding.place.file.empty())
    body.place = {.file = finding.place.file, .line = finding.place.line};
  return body;
}

document::Doubt doubt_document(const FindingDoubt& doubt) {
  document::Doubt body{.kind = document::word(doubt.kind),
                       .message = doubt.because,
                       .next = doubt.next,
                       .hides = {}};
  for (const FindingCode code : doubt.hides) body.hides.push_back(document::word(code));
  return body;
}

document::FindingCounts counts_of(const Diagnosis& diagnosis) {
  document::FindingCounts counts;
  for (const HostFinding& finding : diagnosis.findings) {
    if (finding.accepted) {
      ++counts.accepted;
      continue;
    }
    switch (finding_row(finding.code).severity) {
      case FindingSeverity::Unsafe: ++counts.unsafe; break;
      case FindingSeverity::OffPath: ++counts.off_path; break;
      case FindingSeverity::Advice: ++counts.advice; break;
      case FindingSeverity::Note: ++counts.note; break;
    }
  }
  counts.unknown = static_cast<std::int64_t>(diagnosis.doubts.size());
  return counts;
}

Tint finding_tint(const HostFinding& finding) {
  if (finding.accepted) return Tint::Faint;
  switch (finding_row(finding.code).severity) {
    case FindingSeverity::Unsafe: return Tint::Bad;
    case FindingSeverity::OffPath: return Tint::Warning;
    case FindingSeverity::Advice: return Tint::Changed;
    case FindingSeverity::Note: break;
  }
  return Tint::Faint;
}

std::string finding_text(const HostFinding& finding, bool evidence, const Display& display) {
  const std::string_view severity = word_of(finding_row(finding.code).severity);
  const auto lines = [&](const std::string& text) {
    return wrapped_lines(text, display.width, kIndent + 2);
  };
  std::string text =
      wrapped_lines(tinted(severity, finding_tint(finding), display.color) +
                        text_line(": {}{} [{}]", finding_sentence(finding),
                                  finding.accepted ? " (accepted)" : "", word_of(finding.code)),
                    display.width, kIndent);
  if (evidence) {
    for (const std::string& read : finding.evidence) text += lines(text_line("  read: {}", read));
  }
  const std::string next = finding_next(finding);
  if (!next.empty()) text += lines(text_line("  next: {}", next));
  // Never wrapped: it is there to be copied.
  const std::string command = finding_command(finding);
  if (!command.empty()) text += text_line("    {}", command);
  return text;
}

std::string doubt_text(const FindingDoubt& doubt, const Display& display) {
  std::string text = wrapped_lines(
      text_line("unknown: {} [{}]", doubt.because, word_of(doubt.kind)), display.width, kIndent);
  if (!doubt.next.empty())
    text += wrapped_lines(text_line("  next: {}", doubt.next), display.width, kIndent + 2);
  return text;
}

}  // namespace

std::string diagnosis_answer(const Diagnosis& diagnosis) {
  const bool unread = std::ranges::any_of(diagnosis.doubts, could_not_look);
  const auto calls_for_action = [](const HostFinding& finding) { return needs_action(finding); };
  const auto worst = std::ranges::find_if(diagnosis.findings, calls_for_action);
  const auto others = std::ranges::count_if(diagnosis.findings, calls_for_action) - 1;
  if (worst == diagnosis.findings.end())
    return unread ? "nothing was found in what could be looked at, and not all could be"
                  : "nothing was found that keeps TLS off its path or makes it unsafe";
  return fmt::format("{}{}{}", finding_sentence(*worst),
                     others > 0 ? fmt::format("; and {} more", others) : "",
                     unread ? "; not all could be looked at" : "");
}

document::Diagnose diagnosis_document(const Diagnosis& diagnosis, const DiagnosisAnswer& answer) {
  document::Diagnose body{.answer = answer.sentence,
                          .evidence = answer.evidence,
                          .findings = {},
                          .unknown = {},
                          .summary = counts_of(diagnosis)};
  for (const HostFinding& finding : diagnosis.findings)
    body.findings.push_back(finding_document(finding));
  for (const FindingDoubt& doubt : diagnosis.doubts) body.unknown.push_back(doubt_document(doubt));
  return body;
}

std::string diagnosis_text(const Diagnosis& diagnosis, const DiagnosisAnswer& answer, bool evidence,
                           const Display& display) {
  std::string text = wrapped_lines(text_line("{}", answer.sentence), display.width, kIndent);
  for (const std::string& read : answer.evidence)
    text += wrapped_lines(text_line("  read: {}", read), display.width, kIndent + 2);
  if (!diagnosis.findings.empty() || !diagnosis.doubts.empty()) text += "\n";
  for (const HostFinding& finding : diagnosis.findings)
    text += finding_text(finding, evidence, display);
  for (const FindingDoubt& doubt : diagnosis.doubts) text += doubt_text(doubt, display);
  return text;
}

}  // namespace tuner
