#include "base/number.h"
#include "model/findings/looks.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// A word of a POSIX shell that stands for exactly this text.
std::string in_shell(std::string_view text) {
  constexpr std::string_view kPlain = "_@%+=:,./-";
  const bool plain = !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPlain.find(c) != std::string_view::npos;
  });
  if (plain) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string word_for(std::string_view name, const HostFinding& finding) {
  if (name == "subject") return finding.subject;
  if (name == "file") return finding.place.file;
  if (name == "line") return fmt::format("{}", finding.place.line);
  const auto word = finding.words.find(name);
  return word == finding.words.end() ? std::string() : word->second;
}

std::string filled(std::string_view text, const HostFinding& finding, bool shell) {
  std::string result;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    result += text.substr(0, open);
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (close == std::string_view::npos) break;
    const std::string word = word_for(text.substr(1, close - 1), finding);
    result += shell ? in_shell(word) : word;
    text.remove_prefix(close + 1);
  }
  return result;
}

}  // namespace

const FindingRow& finding_row(FindingCode code) {
  return finding_rows()[static_cast<std::size_t>(code)];
}

Diagnosis diagnose(const DiagnosisInput& input) {
  Diagnosis found;
  for (const FindingRow& row : finding_rows()) row.look(input, found);
  std::ranges::stable_sort(found.findings, {}, [](const HostFinding& finding) {
    return std::pair(finding.accepted, finding_row(finding.code).severity);
  });
  return found;
}

std::string finding_sentence(const HostFinding& finding) {
  return filled(finding_row(finding.code).sentence, finding, false);
}

std::string finding_next(const HostFinding& finding) {
  return filled(finding_row(finding.code).next, finding, false);
}

// Without its place there is no command for it.
std::string finding_command(const HostFinding& finding) {
  const std::string_view command = finding_row(finding.code).command;
  const bool needs_place = command.find("{file}") != std::string_view::npos;
  if (needs_place && finding.place.file.empty()) return {};
  return filled(command, finding, true);
}

bool needs_action(const HostFinding& finding) {
  return !finding.accepted && finding_row(finding.code).severity <= FindingSeverity::OffPath;
}

bool could_not_look(const FindingDoubt& doubt) {
  return doubt.kind == DoubtKind::Unreadable || doubt.kind == DoubtKind::NotRecorded;
}

void add_doubt(DoubtKind kind, std::string because, std::string next, FindingCode code,
               Diagnosis& found) {
  const auto same = std::ranges::find_if(found.doubts, [&](const FindingDoubt& doubt) {
    return doubt.kind == kind && doubt.because == because;
  });
  if (same == found.doubts.end())
    return found.doubts.push_back(
        {.kind = kind, .because = std::move(because), .next = std::move(next), .hides = {code}});
  if (std::ranges::count(same->hides, code) == 0) same->hides.push_back(code);
}

bool doubt_part(const DiagnosisInput& input, FactNeed part, FindingCode code, Diagnosis& found,
                std::string_view nic) {
  const auto unread = input.facts.unread.about(part, nic);
  for (const Unread* const one : unread) {
    const bool unrecorded = one->error.fault == Fault::NotRecorded;
    add_doubt(unrecorded ? DoubtKind::NotRecorded : DoubtKind::Unreadable,
              fmt::format("{}{}{} could not be looked at: {}", fact_part_name(part),
                          one->nic.empty() ? "" : " of ", one->nic, one->error.text),
              one->error.hint, code, found);
  }
  return !unread.empty();
}

ConfigPlace place_of(std::string_view text) {
  if (!text.starts_with('/')) return {};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view rest = text.substr(colon + 1);
  const auto line = whole_number<int>(rest.substr(0, rest.find(':')));
  if (!line || *line < 1) return {};
  return {.file = std::string(text.substr(0, colon)), .line = *line};
}

bool has_kernel_tls(const Facts& facts) {
  return facts.kernel.tls.state == ModuleState::Live ||
         facts.kernel.tls.state == ModuleState::BuiltIn;
}

}  // namespace tuner
