#include "engine/persisted.h"

#include "engine/journal_json.h"
#include "engine/sealed_document.h"
#include "model/value_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

constexpr std::string_view kDamagedHint =
    "move /var/lib/ktls-tuner/persisted aside to continue without its originals; nothing was "
    "changed";

json original_to_json(const Persisted::Original& original) {
  return {{"subject", subject_to_json(original.subject)},
          {"before", value_to_json(original.before)},
          {"written", value_to_json(original.written)},
          {"boot_id", original.boot_id},
          {"kernel", original.kernel}};
}

// No key is optional: an original with a guessed value would be written to the machine.
Persisted::Original original_from_json(const json& object) {
  return {.subject = subject_from_json(object.at("subject")),
          .before = value_at(object, "before"),
          .written = value_at(object, "written"),
          .boot_id = object.at("boot_id"),
          .kernel = object.at("kernel")};
}

}  // namespace

Result<Persisted> load_persisted(const StateStore& store) {
  Persisted persisted;
  const auto text = store.read(kPersistedPath);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return persisted;
    return fail(text.error());
  }
  const auto damaged = [](std::string_view why) {
    return fail(Fault::Io, fmt::format("{}: damaged: {}", kPersistedPath, why),
                std::string(kDamagedHint));
  };
  const auto document = unsealed(*text);
  if (!document) return damaged(document.error().text);
  try {
    if (document->contains("initial_network_namespace"))
      persisted.in_initial_namespace = document->at("initial_network_namespace").get<bool>();
    for (const json& run : document->at("runs")) persisted.runs.push_back(run_from_json(run));
    for (const json& original : document->at("originals"))
      persisted.originals.push_back(original_from_json(original));
  } catch (const json::exception&) {
    return damaged("it does not have this program's format");
  }
  return persisted;
}

// A document without runs would still start the boot unit, whose condition is that this file is not
// empty (ConditionFileNotEmpty).
Outcome save_persisted(StateStore& store, const Persisted& persisted) {
  if (persisted.runs.empty() && persisted.originals.empty()) return store.remove(kPersistedPath);
  json document = {
      {"format_version", "1.0"}, {"runs", json::array()}, {"originals", json::array()}};
  if (persisted.in_initial_namespace)
    document["initial_network_namespace"] = *persisted.in_initial_namespace;
  for (const RunInfo& run : persisted.runs) document["runs"].push_back(run_to_json(run));
  for (const auto& original : persisted.originals)
    document["originals"].push_back(original_to_json(original));
  return store.replace(kPersistedPath, sealed(std::move(document), 1));
}

}  // namespace tuner
