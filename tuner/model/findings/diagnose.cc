#include "base/number.h"
#include "model/findings/looks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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
  if (name == "line") return finding.place.line > 0 ? std::to_string(finding.place.line) : "";
  const auto word = finding.words.find(name);
  return word == finding.words.end() ? std::string() : word->second;
}

// `{name}` is a word of the finding, in a shell one word; `{name!}` is a constant of this program
// and may be several.
std::string filled(std::string_view text, const HostFinding& finding, bool shell) {
  std::string result;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    result += text.substr(0, open);
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (close == std::string_view::npos) break;
    std::string_view name = text.substr(1, close - 1);
    const bool constant = name.ends_with('!');
    if (constant) name.remove_suffix(1);
    const std::string word = word_for(name, finding);
    result += shell && !constant ? in_shell(word) : word;
    text.remove_prefix(close + 1);
  }
  return result;
}

// What needs connections or a plan.
constexpr std::array kOfConnectionsAndPlan{
    FindingCode::SessionsOutside,    FindingCode::KeysNotSet,
    FindingCode::InterruptsNotLocal, FindingCode::ProfileNotInEffect,
    FindingCode::SettingOverridden,  FindingCode::BuffersSmall};

}  // namespace

const FindingRow& finding_row(FindingCode code) {
  // The rows are in the order of the codes.
  return finding_rows()[static_cast<std::size_t>(code)];
}

Diagnosis diagnose(const DiagnosisInput& input) {
  Diagnosis found;
  for (const FindingRow& row : finding_rows()) row.look(input, found);
  for (const std::string& failure : input.failures) {
    for (const FindingCode code : kOfConnectionsAndPlan)
      add_doubt(DoubtKind::Unreadable, failure, "run it as root, on the host itself", code, found);
  }
  // What is accepted comes last, what is unsafe first. Equal ones keep the order of the rows.
  std::ranges::stable_sort(found.findings, {}, [](const HostFinding& finding) {
    return std::pair(finding.accepted, finding_row(finding.code).severity);
  });
  return found;
}

Diagnosis diagnose_service(const DiagnosisInput& input) {
  Diagnosis found = diagnose(input);
  const auto concerns = [&](const HostFinding& finding) {
    const bool own = std::ranges::any_of(input.programs->all, [&](const Program& program) {
      return finding.subject == (program.service.empty() ? program.name : program.service);
    });
    // Of the host only what keeps TLS off its path or makes it unsafe.
    const bool of_host =
        finding.subject.empty() && finding_row(finding.code).severity <= FindingSeverity::OffPath;
    return own || of_host;
  };
  std::erase_if(found.findings, [&](const HostFinding& finding) { return !concerns(finding); });
  return found;
}

std::string finding_sentence(const HostFinding& finding) {
  return filled(finding_row(finding.code).sentence, finding, false);
}

std::string finding_next(const HostFinding& finding) {
  return filled(finding_row(finding.code).next, finding, false);
}

// Without a word that it needs, such as the file, there is no command.
std::string finding_command(const HostFinding& finding) {
  const std::string_view command = finding_row(finding.code).command;
  for (auto open = command.find('{'); open != std::string_view::npos;
       open = command.find('{', open + 1)) {
    std::string_view name = command.substr(open + 1, command.find('}', open) - open - 1);
    if (name.ends_with('!')) name.remove_suffix(1);
    if (word_for(name, finding).empty()) return {};
  }
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

HostFinding finding_of(FindingCode code, std::string subject) {
  return {.code = code,
          .subject = std::move(subject),
          .words = {},
          .evidence = {},
          .place = {},
          .accepted = false};
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

// "/etc/site.yaml:7:3", as origins of settings and places of owners are written.
ConfigPlace place_of(std::string_view text) {
  if (!text.starts_with('/')) return {};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view rest = text.substr(colon + 1);
  const auto line = whole_number<int>(rest.substr(0, rest.find(':')));
  if (!line || *line < 1) return {};
  return {.file = std::string(text.substr(0, colon)), .line = *line};
}

}  // namespace tuner
