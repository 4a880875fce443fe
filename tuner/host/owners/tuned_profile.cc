#include "host/owners/tuned_profile.h"

#include "base/ini_file.h"
#include "base/text.h"
#include "host/files/small_files.h"
#include "model/tuned_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace tuner {
namespace {

constexpr std::string_view kActive = "/etc/tuned/active_profile";
constexpr std::string_view kPostLoaded = "/etc/tuned/post_loaded_profile";
constexpr std::string_view kSettings = "/etc/tuned/tuned-main.conf";

// In order of priority.
std::vector<std::string> profile_folders(const FileTree& files) {
  const auto settings = read_ini(files.read(kSettings).value_or(""));
  std::vector<std::string> folders = tuned_list(ini_value(settings, "", "profile_dirs"));
  std::ranges::reverse(folders);
  if (folders.empty()) folders.assign(kTunedFolders.begin(), kTunedFolders.end());
  return folders;
}

class Profile {
 public:
  explicit Profile(const FileTree& files) : files_(files), folders_(profile_folders(files)) {}

  // "-name" is optional. If another profile is missing, TuneD sets nothing; here it is skipped.
  void load(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const std::string path = find(name.starts_with('-') ? name.substr(1) : name);
      if (path.empty()) continue;
      read_.insert(path);
      std::vector<IniLine> lines = read_ini(files_.read(path).value_or(""));
      for (IniLine& line : lines) line.value = without_tuned_comment(line.value);
      // Included profiles first: what this one sets afterwards replaces theirs. Variables before
      // the sections, because devices= and options use them.
      load(tuned_list(expand(ini_value(lines, "main", "include"))));
      for (const IniLine& line : lines) {
        if (line.section == "variables") add_variable(line);
      }
      std::unordered_set<std::string_view> begun;
      for (const IniLine& line : lines) {
        if (begun.insert(line.section).second) begin(line, lines);
      }
      for (const IniLine& line : lines) set(line, path);
    }
  }

  std::vector<TunedUnit> take() {
    std::erase_if(units_, [](const TunedUnit& unit) { return !unit.enabled || unit.conditional; });
    for (TunedUnit& unit : units_) {
      unit.devices = expand(unit.devices);
      for (TunedOption& option : unit.options) option.value = without_quotes(expand(option.value));
    }
    return std::move(units_);
  }

 private:
  // A profile may include the one of its own name in a folder of lower priority.
  std::string find(std::string_view name) const {
    for (const std::string& folder : folders_) {
      std::string path = fmt::format("{}/{}/tuned.conf", folder, base_name(name));
      if (!read_.contains(path) && files_.exists(path)) return path;
    }
    return {};
  }

  void add_variable(const IniLine& line) {
    if (line.key != "include") {
      variables_[line.key] = line.value;
      return;
    }
    for (const IniLine& other : read_ini(files_.read(expand(line.value)).value_or("")))
      variables_[other.key] = without_tuned_comment(other.value);
  }

  std::string expand(const std::string& text) const { return expand_tuned(text, variables_); }

  static bool is_unit(const IniLine& line) {
    return line.section != "main" && line.section != "variables" && !line.section.empty();
  }

  TunedUnit* unit(std::string_view name) {
    const auto found = unit_at_.find(std::string(name));
    return found == unit_at_.end() ? nullptr : &units_[found->second];
  }

  // Starts a section: with "replace" it replaces the one of an included file, otherwise it extends
  // the options of that.
  void begin(const IniLine& line, const std::vector<IniLine>& all) {
    if (!is_unit(line)) return;
    TunedUnit* known = unit(line.section);
    if (known == nullptr) {
      unit_at_.emplace(line.section, units_.size());
      units_.push_back({.name = line.section, .type = line.section});
      return;
    }
    if (is_tuned_true(ini_value(all, line.section, "replace"))) *known = {.name = line.section};
    for (const std::string& dropped : tuned_list(ini_value(all, line.section, "drop")))
      std::erase_if(known->options,
                    [&](const TunedOption& option) { return option.key == dropped; });
    known->type = line.section;
    known->devices.clear();
    known->enabled = true;
  }

  void set(const IniLine& line, std::string_view path) {
    TunedUnit* to = is_unit(line) ? unit(line.section) : nullptr;
    if (to == nullptr) return;
    if (line.key == "type") {
      to->type = line.value;
    } else if (line.key == "devices") {
      to->devices = line.value;
    } else if (line.key == "enabled") {
      to->enabled = is_tuned_true(line.value);
    } else if (is_tuned_condition(line.key)) {
      to->conditional = true;
    } else if (line.key != "replace" && line.key != "drop" && line.key != "priority") {
      // The set avoids a search through all options for each new one, which is the usual case.
      if (!keys_[to->name].insert(line.key).second)
        std::erase_if(to->options,
                      [&](const TunedOption& option) { return option.key == line.key; });
      to->options.push_back(
          {.key = line.key, .value = line.value, .where = fmt::format("{}:{}", path, line.number)});
    }
  }

  const FileTree& files_;
  std::vector<std::string> folders_;
  std::set<std::string> read_;  // each file is read once, which also ends include loops
  std::vector<TunedUnit> units_;
  std::unordered_map<std::string, std::size_t> unit_at_;                   // by name
  std::unordered_map<std::string, std::unordered_set<std::string>> keys_;  // by unit
  TunedVariables variables_;
};

}  // namespace

const TunedOption* TunedUnit::option(std::string_view key) const {
  const auto found = std::ranges::find(options, key, &TunedOption::key);
  return found == options.end() ? nullptr : &*found;
}

std::vector<TunedUnit> active_tuned_units(const FileTree& files) {
  Profile profile(files);
  profile.load(tuned_list(read_word(files, kActive)));
  // Loaded after the active one, so its settings win (tuned-adm's post-loaded profile).
  profile.load(tuned_list(read_word(files, kPostLoaded)));
  return profile.take();
}

}  // namespace tuner
