#include "docs/findings_page.h"

#include "model/findings/finding.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// The words of a finding as placeholders: "{file}" becomes "FILE".
std::string with_placeholders(std::string_view text) {
  std::string result;
  bool inside = false;
  for (const char c : text) {
    if (c == '{' || c == '}') {
      inside = c == '{';
      continue;
    }
    if (inside && c == '!') continue;
    const bool small = inside && c >= 'a' && c <= 'z';
    result += small ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return result;
}

std::string_view severity_text(FindingSeverity severity) {
  switch (severity) {
    case FindingSeverity::Unsafe: return "TLS breaks, or a peer can break it. Exit code 3.";
    case FindingSeverity::OffPath:
      return "TLS that could be in the kernel or the NIC is not. Exit code 3.";
    case FindingSeverity::Advice: return "It costs speed, or fails later.";
    case FindingSeverity::Note: return "Nothing is wrong.";
  }
  return {};
}

std::string finding_section(const FindingRow& row) {
  std::string text = fmt::format("\n### {}\n\n", word_of(row.code));
  const std::string sentence = with_placeholders(row.sentence);
  // A sentence that comes as a whole from what was looked at says nothing here.
  if (row.sentence != "{because}") text += fmt::format("*{}.* ", sentence);
  text += row.page;
  const bool next = !row.next.empty() && !row.next.starts_with("{how}") && row.next != "{ways}" &&
                    row.next != "{instead}";
  if (next) text += fmt::format(" Next: {}.", with_placeholders(row.next));
  text += "\n";
  if (!row.command.empty()) text += fmt::format("\n```\n{}\n```\n", with_placeholders(row.command));
  return text;
}

}  // namespace

std::string findings_page() {
  std::string page =
      "`ktls-tuner diagnose` prints these findings, the worst first, each with the next step; "
      "`because` in its JSON is the code. It looks at facts, programs and their connections, known "
      "defects, the profile in use and the last probe; with `--connect HOST:PORT` at what that "
      "server "
      "accepts. What could not be looked at is *unknown*, "
      "with the findings that it may hide, and the exit code is 1: not all known is never \"no "
      "finding\".\n";
  for (const FindingSeverity severity : {FindingSeverity::Unsafe, FindingSeverity::OffPath,
                                         FindingSeverity::Advice, FindingSeverity::Note}) {
    page += fmt::format("\n## {}\n\n{}\n", word_of(severity), severity_text(severity));
    for (const FindingRow& row : finding_rows())
      if (row.severity == severity) page += finding_section(row);
  }
  return page;
}

}  // namespace tuner
