#include "engine/approved.h"

#include "engine/journal_json.h"
#include "engine/sealed_document.h"
#include "model/json_bytes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuner {
namespace {

using nlohmann::json;

// Paths and texts are bytes: a profile may be in a folder whose name is no UTF-8.
json copy_to_json(const ProfileCopy& copy) {
  json files = json::array();
  for (const auto& [path, text] : copy.files)
    files.push_back({{"path", bytes_to_json(path)}, {"text", bytes_to_json(text)}});
  json directories = json::array();
  for (const std::string& directory : copy.directories)
    directories.push_back(bytes_to_json(directory));
  return {{"path", bytes_to_json(copy.path)},
          {"digest", copy.digest},
          {"directories", std::move(directories)},
          {"files", std::move(files)}};
}

ProfileCopy copy_from_json(const json& object) {
  ProfileCopy copy{.path = bytes_at(object, "path"),
                   .digest = object.at("digest").get<std::string>()};
  for (const json& directory : object.at("directories"))
    copy.directories.push_back(bytes_from_json(directory));
  for (const json& file : object.at("files"))
    copy.files.emplace(bytes_at(file, "path"), bytes_at(file, "text"));
  return copy;
}

// The path alone is not enough: two runs may have applied two versions of one file, and a rollback
// of the second makes the first active again.
bool is_for(const ProfileCopy& copy, const RunInfo& run) {
  return copy.path == run.path && copy.digest == run.digest;
}

// Whether a rollback or the next boot may need the copy.
bool is_in_use(const ProfileCopy& copy, const Journal& journal) {
  const RunInfo* persisted = journal.persisted();
  if (persisted != nullptr && is_for(copy, *persisted)) return true;
  return std::ranges::any_of(journal.runs(),
                             [&](const Journal::Run& run) { return is_for(copy, run.info); });
}

}  // namespace

// The error stays Invalid for a damaged file. approve() replaces only such a file; an unreadable
// one may still hold the copy that the next boot needs.
Result<std::vector<ProfileCopy>> load_approved(const StateStore& store) {
  const auto text = store.read(kApprovedPath);
  if (!text && text.error().fault == Fault::NotFound) return std::vector<ProfileCopy>();
  if (!text) return fail(text.error());
  const auto damaged = [](std::string_view why) {
    return fail(Fault::Invalid, fmt::format("{}: damaged: {}", kApprovedPath, why),
                fmt::format("move it aside and apply the profile again: until then nothing is set "
                            "unattended"));
  };
  const auto document = unsealed(*text);
  if (!document) return damaged(document.error().text);
  std::vector<ProfileCopy> copies;
  try {
    for (const json& copy : document->at("profiles")) copies.push_back(copy_from_json(copy));
  } catch (const json::exception&) {
    return damaged("it does not have this program's format");
  }
  return copies;
}

const ProfileCopy* approved_for(const std::vector<ProfileCopy>& copies, const RunInfo& run) {
  const auto found =
      std::ranges::find_if(copies, [&](const ProfileCopy& copy) { return is_for(copy, run); });
  return found == copies.end() ? nullptr : &*found;
}

Outcome approve(StateStore& store, const ProfileCopy& copy, const Journal& journal) {
  auto copies = load_approved(store);
  // A damaged file is replaced: a person approves this copy now.
  if (!copies && copies.error().fault != Fault::Invalid) return fail(copies.error());
  std::vector<ProfileCopy> kept;
  if (copies) {
    if (std::ranges::count(*copies, copy) > 0) return {};
    kept = std::move(*copies);
  }
  std::erase_if(kept, [&](const ProfileCopy& each) {
    return (each.path == copy.path && each.digest == copy.digest) || !is_in_use(each, journal);
  });
  kept.push_back(copy);
  json profiles = json::array();
  for (const ProfileCopy& each : kept) profiles.push_back(copy_to_json(each));
  json document = {{"format_version", "1.0"}};
  document["profiles"] = std::move(profiles);
  return store.replace(kApprovedPath, sealed(std::move(document)));
}

}  // namespace tuner
