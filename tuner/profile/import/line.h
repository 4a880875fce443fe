// A line of an imported file and what becomes of it. Plain data.
#pragma once

#include "base/words.h"
#include "model/programs/config_source.h"
#include "model/value.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner::importing {

// What became of a line. Each line of each file has one.
enum class LineFate {
  Set,             // a setting of the profile
  SetWithWarning,  // the same, and `reasons` say what is wrong with it, or what is not taken over
  Covered,         // a setting that an earlier line made covers it
  NotSet,          // `reasons` say why
  Read,            // says how other lines are meant: a section, a variable
  Comment,
  Blank,
};

// A setting that a line asks for. The reader of profiles judges it (import.cc).
struct Draft {
  enum class Section { Sysctl, Nics, Cpus };
  Section section = Section::Sysctl;
  std::string select = {};  // of Nics: the selector in YAML, "{ name: [eth0] }"
  std::string group = {};   // of Nics: "features", "rings", "irqs"; empty: a key of the entry
  std::string name;         // canonical
  Goal goal;
  bool preferred = false;
  std::vector<std::string> warnings = {};
  std::optional<std::string> refused = {};  // why it is not set
  bool repeated = false;                    // `refused` says which later line sets it

  bool operator==(const Draft&) const = default;
  // Whether a profile could hold only one of the two.
  bool is_same_setting(const Draft& other) const {
    return section == other.section && select == other.select && group == other.group &&
           name == other.name;
  }
  // "sysctl net.core.somaxconn", "nics { any: physical } rings.rx", "cpus governor"
  std::string path() const;
};

struct ImportedLine {
  ConfigPlace place;
  std::string text;  // as in the file, any bytes
  LineFate fate = LineFate::NotSet;
  std::vector<std::string> reasons = {};
  std::vector<Draft> drafts = {};  // refused ones included
};

}  // namespace tuner::importing

namespace tuner {
template <>
inline constexpr auto kWords<importing::LineFate> =
    std::to_array<Word<importing::LineFate>>({{importing::LineFate::Set, "set"},
                                              {importing::LineFate::SetWithWarning, "warning"},
                                              {importing::LineFate::Covered, "covered"},
                                              {importing::LineFate::NotSet, "not-set"},
                                              {importing::LineFate::Read, "read"},
                                              {importing::LineFate::Comment, "comment"},
                                              {importing::LineFate::Blank, "blank"}});
}  // namespace tuner
