#include "profile/import/tuned.h"

#include "base/ini_file.h"
#include "base/text.h"
#include "model/tuned_text.h"
#include "model/utf8.h"
#include "profile/import/tuned_plugins.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

namespace tuner::importing {
namespace {

namespace fs = std::filesystem;

// A line with what the ini reader took it for.
struct Statement {
  ImportedLine line;
  IniLine ini;
  bool is_option = false;  // of a plugin, to be judged
};

// A section: one instance of a plugin, merged over all files.
struct Unit {
  std::string plugin;
  std::string devices;
  std::string disabled_by;   // the line that disables it; empty: enabled
  std::string condition_of;  // the line with a condition that only TuneD can evaluate
};

// The keys of a section that are none of its plugin.
constexpr std::array<std::string_view, 6> kOfUnits{"type", "devices",  "enabled",
                                                   "drop", "priority", "replace"};

std::string normal(const fs::path& path) {
  return path.lexically_normal().string();
}

bool is_below(const std::string& path, std::string_view folder) {
  return folder.starts_with('/') && path.starts_with(folder) && path.size() > folder.size() &&
         path[folder.size()] == '/';
}

class TunedReader {
 public:
  explicit TunedReader(ImportFiles& files) : files_(files) {}

  Outcome read(const std::string& path, const std::string& text, int depth) {
    std::vector<Statement> own = statements(path, text);
    // Included profiles first: what this one sets afterwards replaces theirs.
    for (Statement& one : own) {
      if (one.ini.section != "main" || one.ini.key != "include") continue;
      auto names = tuned_list(expand_tuned(one.ini.value, variables_));
      if (names.size() > kImportFileLimit) {
        one.line.fate = LineFate::NotSet;
        one.line.reasons.push_back(
            fmt::format("only its first {} names are read", kImportFileLimit));
        names.resize(kImportFileLimit);
      }
      for (const std::string& name : names) TRY(include(path, name, depth, one.line));
    }
    for (Statement& one : own) TRY(read_variable(path, one));
    begin_sections(own);
    for (Statement& one : own) read_unit_key(one);
    std::ranges::move(own, std::back_inserter(all_));
    return {};
  }

  TunedLines take() {
    TunedLines taken{.lines = {}, .summary = summary_};
    leave_last_options();
    for (Statement& one : all_) {
      if (one.is_option) judge(one);
      taken.lines.push_back(std::move(one.line));
    }
    return taken;
  }

 private:
  static std::vector<Statement> statements(const std::string& path, const std::string& text) {
    const auto texts = tuner::lines(text);
    std::vector<Statement> all;
    for (const IniLine& ini : read_ini_lines(text)) {
      Statement one{.line = {.place = {path, ini.number},
                             .text = std::string(texts[static_cast<std::size_t>(ini.number) - 1])},
                    .ini = ini};
      one.ini.value = without_tuned_comment(ini.value);
      classify(one);
      all.push_back(std::move(one));
    }
    return all;
  }

  static void classify(Statement& one) {
    ImportedLine& line = one.line;
    switch (one.ini.text) {
      case IniText::Blank: line.fate = LineFate::Blank; return;
      case IniText::Comment: line.fate = LineFate::Comment; return;
      case IniText::Section: line.fate = LineFate::Read; return;
      case IniText::Malformed:
        line.reasons.emplace_back("it is no line of a TuneD profile");
        return;
      case IniText::Pair: break;
    }
    const std::string& section = one.ini.section;
    const bool of_unit = std::ranges::count(kOfUnits, one.ini.key) > 0;
    one.is_option = !section.empty() && section != "main" && section != "variables" && !of_unit &&
                    !is_tuned_condition(one.ini.key);
    if (section.empty()) line.reasons.emplace_back("it stands in no section, so TuneD ignores it");
    if (!one.is_option && !section.empty()) line.fate = LineFate::Read;
  }

  // "-name": no error if there is none.
  Outcome include(const std::string& from, std::string name, int depth, ImportedLine& line) {
    const bool optional = name.starts_with('-');
    if (optional) name.erase(0, 1);
    const auto not_read = [&](std::string why) {
      line.fate = LineFate::NotSet;
      line.reasons.push_back(std::move(why));
    };
    if (depth == kDeepestInclude) {
      not_read(fmt::format("profile {} is not read: more than {} levels of includes",
                           in_quotes(name), kDeepestInclude));
      return {};
    }
    const auto path = find(from, name);
    if (!path) {
      if (!optional)
        not_read(
            fmt::format("profile {} is not there, or was read already: nothing of it is added "
                        "here",
                        in_quotes(name)));
      return {};
    }
    const auto text = TRY(files_.read(*path, ImportKind::Tuned));
    return read(*path, text, depth + 1);
  }

  // A profile may include the one of its own name in a folder of lower priority; each is read once,
  // which also ends loops.
  std::optional<std::string> find(const std::string& from, const std::string& name) const {
    if (name.empty() || name.starts_with('.') || name.find('/') != std::string::npos)
      return std::nullopt;
    // A profile is a folder with a tuned.conf, so others lie beside that folder.
    const fs::path beside = fs::path(from).parent_path() / "..";
    std::vector<std::string> folders{normal(beside)};
    folders.insert(folders.end(), kTunedFolders.begin(), kTunedFolders.end());
    for (const std::string& folder : folders) {
      std::string path = normal(fs::path(folder) / name / "tuned.conf");
      if (!files_.was_read(path) && files_.exists(path)) return path;
    }
    return std::nullopt;
  }

  Outcome read_variable(const std::string& path, Statement& one) {
    if (one.ini.section == "main" && one.ini.key == "summary") summary_ = one.ini.value;
    if (one.ini.section != "variables" || one.ini.text != IniText::Pair) return {};
    if (one.ini.key == "include") return read_variables_of(path, one);
    variables_[one.ini.key] = one.ini.value;
    return {};
  }

  // Any user may have written the profile. A file elsewhere, such as /etc/shadow, must not be
  // shown in the comments of the new one.
  Outcome read_variables_of(const std::string& path, Statement& one) {
    const std::string file = normal(without_quotes(expand_tuned(one.ini.value, variables_)));
    const std::string here = normal(fs::absolute(fs::path(path)).parent_path());
    const bool allowed =
        file.ends_with(".conf") &&
        (is_below(file, here) || is_below(file, "/etc/tuned") || is_below(file, "/usr/lib/tuned"));
    if (!allowed || files_.was_read(file) || !files_.exists(file)) {
      one.line.fate = LineFate::NotSet;
      one.line.reasons.push_back(
          fmt::format("file {} is not read: it must be a .conf file in the profile's own folder or "
                      "one of TuneD's, once",
                      in_quotes(file)));
      return {};
    }
    const std::string text = TRY(files_.read(file, ImportKind::Tuned));
    for (Statement& variable : statements(file, text)) {
      if (variable.ini.text == IniText::Pair) {
        variables_[variable.ini.key] = variable.ini.value;
        variable.line.fate = LineFate::Read;
        variable.line.reasons.clear();
        variable.is_option = false;
      }
      all_.push_back(std::move(variable));
    }
    return {};
  }

  Unit* unit(const std::string& name) {
    const auto found = units_.find(name);
    return found == units_.end() ? nullptr : &found->second;
  }

  // A section of this file replaces one of an included file, or extends its options.
  void begin_sections(const std::vector<Statement>& own) {
    std::set<std::string> begun;
    for (const Statement& one : own) {
      const std::string& name = one.ini.section;
      if (name.empty() || name == "main" || name == "variables" || !begun.insert(name).second)
        continue;
      units_[name] = Unit{.plugin = name,
                          .devices = {},
                          .disabled_by = {},
                          .condition_of = unit(name) ? unit(name)->condition_of : std::string()};
      for (const Statement& key : own) drop_earlier(key, name);
    }
  }

  void drop_earlier(const Statement& key, const std::string& section) {
    if (key.ini.section != section) return;
    const bool replaces = key.ini.key == "replace" && is_tuned_true(key.ini.value);
    if (key.ini.key != "drop" && !replaces) return;
    const auto listed = tuned_list(key.ini.value);
    const std::set<std::string> dropped(listed.begin(), listed.end());
    for (Statement& earlier : all_) {
      if (!earlier.is_option || earlier.ini.section != section) continue;
      if (!replaces && !dropped.contains(earlier.ini.key)) continue;
      earlier.is_option = false;
      earlier.line.reasons.push_back(fmt::format("{} {} it", to_text(key.line.place),
                                                 replaces ? "replaces the section of" : "drops"));
    }
  }

  void read_unit_key(const Statement& one) {
    Unit* const to = one.ini.text == IniText::Pair ? unit(one.ini.section) : nullptr;
    if (to == nullptr) return;
    const std::string where = to_text(one.line.place);
    if (one.ini.key == "type") to->plugin = one.ini.value;
    if (one.ini.key == "devices") to->devices = one.ini.value;
    if (one.ini.key == "enabled" && !is_tuned_true(one.ini.value)) to->disabled_by = where;
    if (is_tuned_condition(one.ini.key)) to->condition_of = where;
  }

  // An option replaces the same one before it as a whole: of "ring=rx 512" and "ring=tx 512" only
  // the second counts.
  void leave_last_options() {
    std::map<std::string, std::string> later;
    for (auto one = all_.rbegin(); one != all_.rend(); ++one) {
      if (!one->is_option) continue;
      const auto [known, first] = later.emplace(
          fmt::format("{}\n{}", one->ini.section, one->ini.key), to_text(one->line.place));
      if (first) continue;
      one->is_option = false;
      one->line.reasons.push_back(fmt::format("{} sets it again", known->second));
    }
  }

  void judge(Statement& one) {
    const Unit& of = units_.at(one.ini.section);
    std::vector<std::string>& reasons = one.line.reasons;
    if (!of.disabled_by.empty()) {
      reasons.push_back(fmt::format("{} disables its section", of.disabled_by));
      return;
    }
    if (!of.condition_of.empty()) {
      reasons.push_back(
          fmt::format("only TuneD can evaluate the condition in {}", of.condition_of));
      return;
    }
    const TunedUse use{.plugin = of.plugin,
                       .key = one.ini.key,
                       .value = without_quotes(expand_tuned(one.ini.value, variables_)),
                       .devices = without_quotes(expand_tuned(of.devices, variables_))};
    if (use.value.find("${") != std::string::npos || use.devices.find("${") != std::string::npos) {
      reasons.emplace_back("TuneD computes this value on each machine");
      return;
    }
    add_tuned_option(one.line, use);
  }

  ImportFiles& files_;
  std::vector<Statement> all_;
  std::map<std::string, Unit> units_;
  TunedVariables variables_;
  std::string summary_;
};

}  // namespace

bool is_tuned_profile(std::string_view text) {
  return std::ranges::any_of(read_ini_lines(text), [](const IniLine& line) {
    if (line.text == IniText::Section)
      return line.section == "main" || line.section == "variables" || is_tuned_plugin(line.section);
    return line.text == IniText::Pair && line.key == "type" && is_tuned_plugin(line.value);
  });
}

Result<TunedLines> read_tuned_profile(const std::string& path, const std::string& text,
                                      ImportFiles& files) {
  TunedReader reader(files);
  TRY(reader.read(path, text, 0));
  return reader.take();
}

}  // namespace tuner::importing
