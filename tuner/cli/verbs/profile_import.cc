// profile import: a profile from the files of other programs.
#include "base/text.h"
#include "cli/output/text_sink.h"
#include "cli/verbs/profile_actions.h"
#include "document/envelope.h"
#include "document/profile.h"
#include "host/facts/collect.h"
#include "host/files/local_profile_files.h"
#include "profile/import/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tuner::profile_actions {
namespace {

using importing::Draft;
using importing::ImportedLine;
using importing::LineFate;

std::map<int, std::string> nics_of_irqs(const Host& host) {
  std::map<int, std::string> nics;
  for (const Nic& nic : collect_facts(host, FactNeed::Nics | FactNeed::Irqs).nics) {
    for (const NicIrq& irq : nic.irqs) nics.emplace(irq.number, nic.name);
  }
  return nics;
}

document::ImportedLine line_document(const ImportedLine& line) {
  document::ImportedLine made{.file = line.place.file,
                              .line = static_cast<unsigned>(line.place.line),
                              .text = escaped_line(line.text),
                              .fate = line.fate,
                              .settings = {},
                              .reasons = line.reasons};
  for (const Draft& draft : line.drafts) {
    made.reasons.insert(made.reasons.end(), draft.warnings.begin(), draft.warnings.end());
    if (draft.refused)
      made.reasons.push_back(*draft.refused);
    else
      made.settings.push_back(draft.path());
  }
  return made;
}

document::ImportedProfile import_document(const std::string& name, const Imported& imported) {
  document::ImportedProfile body{.name = name, .text = imported.yaml, .files = {}, .lines = {}};
  for (const ImportedFile& file : imported.files)
    body.files.push_back({.file = file.path, .kind = file.kind, .lines = file.lines});
  for (const ImportedLine& line : imported.lines) body.lines.push_back(line_document(line));
  return body;
}

// "49 lines: 20 settings, 8 more with a warning, 10 not set, 11 others"
std::string counted(const Imported& imported) {
  const auto count = [&](LineFate fate) {
    return std::ranges::count(imported.lines, fate, &ImportedLine::fate);
  };
  const auto set = count(LineFate::Set);
  const auto warned = count(LineFate::SetWithWarning);
  const auto not_set = count(LineFate::NotSet);
  return fmt::format(
      "{} lines: {} are set, {} are set with a warning, {} are not set, {} others (comments, blank "
      "lines, sections, lines that another setting covers)",
      imported.lines.size(), set, warned, not_set,
      std::ssize(imported.lines) - set - warned - not_set);
}

// Saved where profiles are searched, it would be used in place of the other one.
void note_same_name(const Context& context, const ProfileFiles& files, const std::string& name) {
  for (const std::string& folder : profile_directories()) {
    const std::string path = fmt::format("{}/{}.yaml", folder, name);
    if (!files.read(path, kProfileSizeLimit)) continue;
    context.terminal.talk(
        fmt::format("note: there is a profile of this name, {}; with another name "
                    "the new one does not hide it",
                    path));
    return;
  }
}

ExitCode code_of(const Error& error) {
  const bool unusable = error.fault == Fault::Invalid || error.fault == Fault::TooLarge;
  return unusable ? ExitCode::DataUnusable : exit_code_of(error.fault);
}

}  // namespace

Answer run(Context& context, const Import& action) {
  const auto files = local_profile_files();
  const ImportSource source{
      .read = [&](const std::string& path, std::size_t most) { return files->read(path, most); },
      .nics_of_irqs = [&] { return nics_of_irqs(context.host); }};
  const std::string name = imported_name(action.files.front());
  const auto imported = import_profile(action.files, name, source);
  if (!imported) return failure(code_of(imported.error()), imported.error());
  context.terminal.result(imported->yaml);
  context.terminal.talk(counted(*imported));
  context.terminal.talk(
      fmt::format("save it as {}.yaml; ktls-tuner plan -p ./{}.yaml shows what it "
                  "would change here",
                  name, name));
  note_same_name(context, *files, name);
  Answer answer;
  *answer.body = document::ProfileImport{import_document(name, *imported)};
  return answer;
}

VerbAction import_action() {
  return {.name = "import",
          .words = "FILE...",
          .summary =
              "prints a profile made of sysctl.conf and sysctl.d files, scripts that call sysctl, "
              "TuneD profiles and lists of interrupts; each of their lines is a setting, or a "
              "comment that says why it is none",
          .help = {.takes = {"--root", "--timeout"},
                   .examples = {{"ktls-tuner profile import /etc/sysctl.conf >sysctl.yaml",
                                 "make a profile of the host's own tuning"},
                                {"ktls-tuner profile import /etc/sysctl.conf --json",
                                 "list what becomes of each line, and why"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage,
                             ExitCode::DataUnusable, ExitCode::Bug, ExitCode::NotPermitted}}};
}

}  // namespace tuner::profile_actions
