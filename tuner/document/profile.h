// The documents of the verb profile.
#pragma once

#include "document/common.h"
#include "model/profile.h"

namespace tuner::document {

struct Listed {
  std::string name;
  std::string summary;
  std::string path;
  bool local = false;
  bool shadowed = false;
  std::optional<Diagnostic> error;
};

void describe(auto& keys, Either<Listed> auto& profile) {
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

void describe(auto& keys, Either<ProfileList> auto& list) {
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

void describe(auto& keys, Either<ProfileSetting> auto& setting) {
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

void describe(auto& keys, Either<ProfileShow> auto& show) {
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

void describe(auto& keys, Either<CheckedFile> auto& file) {
  keys.object("checked_file", "");
  keys.key({"file"}, file.file);
  keys.key({"valid"}, file.valid);
  keys.key({"diagnostics"}, file.diagnostics);
}

struct ProfileCheck {
  std::vector<CheckedFile> files;
};

void describe(auto& keys, Either<ProfileCheck> auto& check) {
  keys.object("profile_check", "Of profile check");
  keys.key({"files", {}, kNotEmpty}, check.files);
}

struct ProfileRecommend {
  std::string recommended;
  std::string because;
};

void describe(auto& keys, Either<ProfileRecommend> auto& recommend) {
  keys.object("profile_recommend", "Of profile recommend");
  keys.key({"recommended", {}, kNotEmpty}, recommend.recommended);
  keys.key({"because", {}, kNotEmpty}, recommend.because);
}

}  // namespace tuner::document
