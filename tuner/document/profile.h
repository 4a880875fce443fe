// The documents of the verb profile.
#pragma once

#include "document/common.h"
#include "model/profile.h"
#include "profile/import/import.h"

namespace tuner::document {

struct Listed {
  std::string name;
  std::string summary;
  std::string path;
  bool local = false;
  bool shadowed = false;
  std::optional<Diagnostic> error;
};

void describe(auto& keys, Exactly<Listed> auto& profile) {
  keys.object("listed_profile", "");
  keys.key({"name", {}, kNotEmpty}, profile.name);
  keys.key({"summary"}, profile.summary);
  keys.key({"path"}, profile.path);
  keys.key({"local"}, profile.local);
  keys.key({"shadowed", "A local profile of the same name is used instead"}, profile.shadowed);
  keys.key({"error", "The first error of a profile that cannot be used; null: it has none"},
           profile.error);
}

struct ProfileList {
  std::vector<Listed> profiles;
};

void describe(auto& keys, Exactly<ProfileList> auto& list) {
  keys.object("profile_list", "Of profile list");
  keys.key({"profiles"}, list.profiles);
}

inline constexpr std::array<std::string_view, 6> kSections{"modules", "sysctl",     "nics",
                                                           "cpus",    "irqbalance", "services"};

struct ProfileSetting {
  std::string section;
  std::optional<unsigned> entry;
  std::string name;
  Goal::Op op = Goal::Op::Exactly;
  Value value;
  Need need = Need::Required;
  std::string why;
  std::optional<bool> allow_unlisted;
  Place origin;
};

void describe(auto& keys, Exactly<ProfileSetting> auto& setting) {
  keys.object("profile_setting", "");
  keys.key({"section", {}, {.words = kSections}}, setting.section);
  keys.maybe({"entry", "Of nics and cpus: which entry, from 0"}, setting.entry);
  keys.key({"name"}, setting.name);
  keys.key({"op"}, setting.op);
  keys.key({"value"}, setting.value);
  keys.key({"need"}, setting.need);
  keys.key({"why"}, setting.why);
  keys.maybe({"allow_unlisted",
              "Only true: the profile permits a sysctl that the catalogue does not list"},
             setting.allow_unlisted);
  keys.key({"origin"}, setting.origin);
}

struct ProfileShow {
  ProfileId profile;
  std::string summary;
  Texts lineage;
  std::vector<ProfileSetting> settings;
  AnyObject content;
};

void describe(auto& keys, Exactly<ProfileShow> auto& show) {
  keys.object("profile_show", "Of profile show");
  keys.key({"profile"}, show.profile);
  keys.key({"summary"}, show.summary);
  keys.key({"lineage", "The merged files, ancestors first", kNotEmpty}, show.lineage);
  keys.key({"settings"}, show.settings);
  keys.key(
      {"content",
       "All keys that the profile sets, nested as in the file (profile.schema.json). A setting is "
       "an object with op, value, need, why and origin; an entry of a list has its origin"},
      show.content);
}

struct CheckedFile {
  std::string file;
  bool valid = false;
  std::vector<Diagnostic> diagnostics;
};

void describe(auto& keys, Exactly<CheckedFile> auto& file) {
  keys.object("checked_file", "");
  keys.key({"file"}, file.file);
  keys.key({"valid"}, file.valid);
  keys.key({"diagnostics"}, file.diagnostics);
}

struct ProfileCheck {
  std::vector<CheckedFile> files;
};

void describe(auto& keys, Exactly<ProfileCheck> auto& check) {
  keys.object("profile_check", "Of profile check");
  keys.key({"files", {}, kNotEmpty}, check.files);
}

struct ProfileRecommend {
  std::string recommended;
  std::string because;
};

void describe(auto& keys, Exactly<ProfileRecommend> auto& recommend) {
  keys.object("profile_recommend", "Of profile recommend");
  keys.key({"recommended", {}, kNotEmpty}, recommend.recommended);
  keys.key({"because", {}, kNotEmpty}, recommend.because);
}

struct ImportedFile {
  std::string file;
  ImportKind kind = ImportKind::Lines;
  std::size_t lines = 0;
};

void describe(auto& keys, Exactly<ImportedFile> auto& file) {
  keys.object("imported_file", "");
  keys.key({"file"}, file.file);
  keys.key({"kind", "lines: sysctl.conf, a script or a list of interrupts; tuned: a TuneD profile"},
           file.kind);
  keys.key({"lines"}, file.lines);
}

struct ImportedLine {
  std::string file;
  unsigned line = 0;
  std::string text;
  importing::LineFate fate = importing::LineFate::NotSet;
  Texts settings;
  Texts reasons;
};

void describe(auto& keys, Exactly<ImportedLine> auto& line) {
  keys.object("imported_line", "");
  keys.key({"file"}, line.file);
  keys.key({"line"}, line.line);
  keys.key({"text", "With hidden characters as escapes"}, line.text);
  keys.key(
      {"fate",
       "set: it is a setting; warning: a setting, see reasons; covered: the setting of another "
       "line covers it; not-set: see reasons; read: it says how other lines are meant"},
      line.fate);
  keys.key({"settings", "The settings of the profile that it became"}, line.settings);
  keys.key({"reasons"}, line.reasons);
}

struct ImportedProfile {
  std::string name;
  std::string text;
  std::vector<ImportedFile> files;
  std::vector<ImportedLine> lines;
};

void describe(auto& keys, Exactly<ImportedProfile> auto& imported) {
  keys.object("imported_profile", "");
  keys.key({"name", "Of the new profile", kNotEmpty}, imported.name);
  keys.key({"text", "The new profile in YAML", kNotEmpty}, imported.text);
  keys.key({"files", "Included ones too", kNotEmpty}, imported.files);
  keys.key({"lines", "Every line of these files"}, imported.lines);
}

// Under one key: readers tell the bodies of a kind by their keys.
struct ProfileImport {
  ImportedProfile imported;
};

void describe(auto& keys, Exactly<ProfileImport> auto& body) {
  keys.object("profile_import", "Of profile import");
  keys.key({"imported"}, body.imported);
}

struct NewProfile {
  std::string name;
  std::string text;
  std::string extends;
  std::string because;
};

void describe(auto& keys, Exactly<NewProfile> auto& made) {
  keys.object("new_profile", "");
  keys.key({"name", "Of the new profile", kNotEmpty}, made.name);
  keys.key({"text", "The new profile in YAML", kNotEmpty}, made.text);
  keys.key({"extends", "The shipped profile that it extends", kNotEmpty}, made.extends);
  keys.key({"because", {}, kNotEmpty}, made.because);
}

struct ProfileNew {
  NewProfile made;
};

void describe(auto& keys, Exactly<ProfileNew> auto& body) {
  keys.object("profile_new", "Of profile new");
  keys.key({"new"}, body.made);
}

struct ProfileDifference {
  std::string section;
  std::optional<std::string> entry;
  std::string name;
  std::optional<std::string> a, b;
};

void describe(auto& keys, Exactly<ProfileDifference> auto& difference) {
  keys.object("profile_difference", "");
  keys.key({"section", {}, kNotEmpty}, difference.section);
  keys.key({"entry", "Of a list: what the entry is about; null: no list"}, difference.entry);
  keys.key({"name", "Empty: the entry, or the section itself"}, difference.name);
  keys.key({"a", "null: profile a does not have it"}, difference.a);
  keys.key({"b", "null: profile b does not have it"}, difference.b);
}

struct ProfileDiff {
  ProfileId a, b;
  bool active = false;
  std::vector<ProfileDifference> differences;
};

void describe(auto& keys, Exactly<ProfileDiff> auto& diff) {
  keys.object("profile_diff", "Of profile diff");
  keys.key({"a"}, diff.a);
  keys.key({"b"}, diff.b);
  keys.key({"active", "b is the machine's active profile, as it was applied"}, diff.active);
  keys.key({"differences", "Empty: both have one effect"}, diff.differences);
}

}  // namespace tuner::document
