// Subjects and runs as JSON, in the format of the tool's own files.
#pragma once

#include "base/number.h"
#include "engine/journal.h"

#include <nlohmann/json.hpp>

namespace tuner {

// The readers throw nlohmann::json::exception if a field is missing or has another type.
nlohmann::json subject_to_json(const Subject& subject);
Subject subject_from_json(const nlohmann::json& object);
nlohmann::json run_to_json(const RunInfo& run);
RunInfo run_from_json(const nlohmann::json& object);
// Of the key "accepted_risks" of an object; a word of a later release is left out.
nlohmann::json accepted_risks_to_json(const std::vector<AcceptedRisk>& risks);
std::vector<AcceptedRisk> accepted_risks_from(const nlohmann::json& object);
Value value_at(const nlohmann::json& object, const char* name);
std::string bytes_at(const nlohmann::json& object, const char* name);
std::string bytes_or_empty(const nlohmann::json& object, const char* name);  // missing: empty

[[noreturn]] void refuse_field(const nlohmann::json& object, const std::string& why);
// Refuses a number that does not fit into T instead of truncating it.
template <WholeNumber T>
T number_at(const nlohmann::json& object, const char* name) {
  const auto number = whole_number<T>(object.at(name));
  if (!number) refuse_field(object, number.error().text);
  return *number;
}

}  // namespace tuner
