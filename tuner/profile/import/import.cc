#include "profile/import/import.h"

#include "base/text.h"
#include "model/utf8.h"
#include "profile/find_profile.h"
#include "profile/import/files.h"
#include "profile/import/irq_lines.h"
#include "profile/import/sysctl_lines.h"
#include "profile/import/tuned.h"
#include "profile/import/writer.h"
#include "profile/layer.h"
#include "profile/yaml_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace tuner {
namespace {

using namespace importing;

// Reads files that are lists of lines, each for itself.
class LineReader {
 public:
  explicit LineReader(const ImportSource& source) : source_(source) {}

  // Fails if the program understands none of the lines.
  Outcome read(const std::string& path, std::string_view text, std::vector<ImportedLine>& into) {
    int number = 0;
    std::size_t understood = 0;
    std::size_t unknown = 0;
    for (const std::string_view one : tuner::lines(text)) {
      ImportedLine line{.place = {path, ++number}, .text = std::string(one)};
      const bool known = read_line(line);
      if (line.fate != LineFate::Blank && line.fate != LineFate::Comment)
        ++(known ? understood : unknown);
      into.push_back(std::move(line));
    }
    // A file of blank lines and comments is no mistake.
    if (understood > 0 || unknown == 0) return {};
    return fail(Fault::Invalid,
                fmt::format("{}: no line of it is a setting that can be imported", path),
                "import takes sysctl.conf and sysctl.d files, tuned.conf and lists of interrupts");
  }

 private:
  // false: the line has no known form.
  bool read_line(ImportedLine& line) {
    const std::string_view text = trim(line.text);
    if (text.empty()) {
      line.fate = LineFate::Blank;
    } else if (text.starts_with('#') || text.starts_with(';')) {
      line.fate = LineFate::Comment;
    } else if (const auto irq = read_irq_line(text)) {
      read_irq(line, *irq);
    } else if (!read_sysctl_line(line)) {
      line.reasons.emplace_back("it has no form that is imported");
      return false;
    }
    return true;
  }

  std::string nic_of(const IrqLine& irq) {
    if (!irq.nic.empty()) return irq.nic;
    // The machine is asked once, and only if a line does not name its NIC.
    if (!nics_)
      nics_ = source_.nics_of_irqs ? source_.nics_of_irqs() : std::map<int, std::string>();
    const auto found = nics_->find(irq.irq);
    return found == nics_->end() ? std::string() : found->second;
  }

  void read_irq(ImportedLine& line, const IrqLine& irq) {
    const std::string nic = nic_of(irq);
    if (nic.empty() || escaped_line(nic) != nic) {
      line.reasons.push_back(fmt::format(
          "the line does not name the NIC, and interrupt {} is none of a NIC of this machine; a "
          "profile places a NIC's interrupts by a rule: nics, irqs.placement",
          irq.irq));
      return;
    }
    if (irq.what == IrqLine::What::ReceiveQueue && irq.cpus.empty()) {
      line.reasons.emplace_back("RPS is off unless a profile has rps");
      return;
    }
    const std::string select = fmt::format("{{ name: [{}] }}", yaml_quoted(nic));
    if (irq.what != IrqLine::What::ReceiveQueue)
      add_nic_rule(line, select, "irqs", "placement", "numa-local-spread");
    if (irq.what == IrqLine::What::SendQueue) add_nic_rule(line, select, "", "xps", "match-irqs");
    if (irq.what == IrqLine::What::ReceiveQueue)
      add_nic_rule(line, select, "", "rps", "few-queues");
    if (line.drafts.empty()) line.fate = LineFate::Covered;
  }

  // One rule for all lines of a NIC.
  void add_nic_rule(ImportedLine& line, const std::string& select, std::string_view group,
                    std::string_view name, std::string_view word) {
    Draft draft{.section = Draft::Section::Nics,
                .select = select,
                .group = std::string(group),
                .name = std::string(name),
                .goal = {.op = Goal::Op::Exactly, .value = std::string(word)},
                .preferred = true};
    if (!rules_.insert(draft.path()).second) return;
    draft.warnings.push_back(
        "a rule in place of these CPUs, since numbers of interrupts and queues change at a reboot: "
        "each queue on a core of its own of the NIC's NUMA node; ktls-tuner plan --explain shows "
        "which");
    line.drafts.push_back(std::move(draft));
  }

  const ImportSource& source_;
  std::optional<std::map<int, std::string>> nics_;
  std::set<std::string> rules_;
};

// Of two drafts about one setting the later one counts, unless it is refused: then the earlier one
// stays, as with sysctl(8).
void refuse_repeated(std::vector<ImportedLine>& lines) {
  std::map<std::string, ConfigPlace> later;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    for (auto draft = line->drafts.rbegin(); draft != line->drafts.rend(); ++draft) {
      if (draft->refused && !draft->repeated) continue;
      const auto [known, first] = later.emplace(draft->path(), line->place);
      draft->repeated = !first;
      draft->refused.reset();
      if (!first) draft->refused = fmt::format("{} sets it again", to_text(known->second));
    }
  }
}

std::string words_of_diagnostic(const Diagnostic& diagnostic) {
  return diagnostic.hint.empty() ? diagnostic.message
                                 : fmt::format("{}; {}", diagnostic.message, diagnostic.hint);
}

void settle_fates(std::vector<ImportedLine>& lines) {
  for (ImportedLine& line : lines) {
    if (line.drafts.empty()) continue;
    const auto refused = std::ranges::count_if(
        line.drafts, [](const Draft& draft) { return draft.refused.has_value(); });
    const bool warned = refused > 0 || !line.reasons.empty() ||
                        std::ranges::any_of(line.drafts, [](const Draft& draft) {
                          return !draft.warnings.empty();
                        });
    line.fate = LineFate::Set;
    if (warned) line.fate = LineFate::SetWithWarning;
    if (refused == std::ssize(line.drafts)) line.fate = LineFate::NotSet;
  }
}

class Importer {
 public:
  Importer(const std::string& name, const ImportSource& source)
      : name_(name), files_(source), lines_reader_(source) {}

  Outcome read(const std::string& path) {
    const std::string text = TRY(files_.read(path));
    if (!is_tuned_profile(text)) return lines_reader_.read(path, text, lines_);
    auto tuned = TRY(read_tuned_profile(path, text, files_));
    if (summary_.empty()) summary_ = tuned.summary;
    std::ranges::move(tuned.lines, std::back_inserter(lines_));
    return {};
  }

  Result<Imported> finish(std::span<const std::string> paths) {
    if (summary_.empty() || escaped_line(summary_) != summary_ || summary_.size() > 200)
      summary_ = fmt::format("imported from {}", escaped_line(paths.front()));
    Imported imported{.yaml = {}, .files = files_.take(), .lines = {}};
    refuse_repeated(lines_);
    settle_fates(lines_);
    // What is written shows the fate of each line, and the judgement may change it.
    TRY(judge(imported.files));
    settle_fates(lines_);
    imported.yaml = TRY(write(imported.files)).yaml;
    if (has_errors(read_layer(path_of_profile(), imported.yaml).diagnostics))
      return fail(Fault::Internal, "the imported profile is not valid",
                  "please report it with the imported files");
    imported.lines = std::move(lines_);
    return imported;
  }

 private:
  std::string path_of_profile() const { return name_ + ".yaml"; }

  // A text that no profile can have is not parsed: it may be of any size.
  Result<WrittenProfile> write(const std::vector<ImportedFile>& files) {
    WrittenProfile written = write_profile(name_, summary_, heading(files), lines_);
    if (written.yaml.size() <= kProfileSizeLimit) return written;
    return fail(Fault::TooLarge,
                fmt::format("the profile would be larger than {} bytes", kProfileSizeLimit),
                "import fewer files at once");
  }

  std::vector<std::string> heading(const std::vector<ImportedFile>& files) const {
    std::vector<std::string> rows{
        "Made by ktls-tuner profile import. Each line of these files is a setting, or a comment "
        "that",
        "says why it is none:"};
    for (const ImportedFile& file : files)
      rows.push_back(fmt::format("  {} ({} lines)", file.path, file.lines));
    return rows;
  }

  // The reader of profiles judges the drafts, so import and `profile check` cannot differ. Refused
  // drafts are left out, and what is left is judged again. A file that repeats a wrong line many
  // times gets its earlier lines back only twice.
  Outcome judge(const std::vector<ImportedFile>& files) {
    constexpr int kMostRounds = 6;
    constexpr int kRestoring = 2;
    for (int round = 0; round < kMostRounds; ++round) {
      const WrittenProfile written = TRY(write(files));
      const auto diagnostics = read_layer(path_of_profile(), written.yaml).diagnostics;
      TRY(attach(diagnostics, written));
      if (!has_errors(diagnostics)) return {};
      if (round < kRestoring) refuse_repeated(lines_);
      settle_fates(lines_);
    }
    return {};
  }

  // Without an error, warnings belong to the drafts. Otherwise only refused drafts get their words,
  // and the next round has the warnings of the others.
  static Outcome attach(const std::vector<Diagnostic>& diagnostics, const WrittenProfile& written) {
    std::map<Draft*, std::vector<std::string>> words;
    std::set<Draft*> refused;
    for (const Diagnostic& diagnostic : diagnostics) {
      const auto found = written.drafts.find(diagnostic.origin.line);
      if (found == written.drafts.end())
        return fail(Fault::Internal,
                    fmt::format("the imported profile is not valid: {}", diagnostic.message),
                    "please report it with the imported files");
      words[found->second].push_back(words_of_diagnostic(diagnostic));
      if (diagnostic.severity == Diagnostic::Severity::Error) refused.insert(found->second);
    }
    for (auto& [draft, texts] : words) {
      if (refused.contains(draft)) draft->refused = join(texts, "; ");
      if (refused.empty()) std::ranges::move(texts, std::back_inserter(draft->warnings));
    }
    return {};
  }

  std::string name_;
  std::string summary_;
  ImportFiles files_;
  LineReader lines_reader_;
  std::vector<ImportedLine> lines_;
};

}  // namespace

std::string imported_name(std::string_view path) {
  std::string stem(path.substr(path.rfind('/') + 1));
  // A profile of TuneD is named by its folder.
  if (stem == "tuned.conf" && path.find('/') != std::string_view::npos) {
    const std::string_view folder = path.substr(0, path.rfind('/'));
    stem = folder.substr(folder.rfind('/') + 1);
  }
  const std::size_t dot = stem.rfind('.');
  if (dot != std::string::npos && dot > 0) stem.resize(dot);
  return as_profile_name(stem);
}

Result<Imported> import_profile(std::span<const std::string> paths, const std::string& name,
                                const ImportSource& source) {
  Importer importer(name, source);
  for (const std::string& path : paths) TRY(importer.read(path));
  return importer.finish(paths);
}

}  // namespace tuner
