// Subjects and runs as the tool's own files hold them.
#pragma once

#include "base/number.h"
#include "engine/journal.h"

#include <nlohmann/json.hpp>

namespace tuner {

// The readers throw nlohmann::json::exception on what is not there or of another type.
nlohmann::json subject_to_json(const Subject& subject);
Subject subject_from_json(const nlohmann::json& object);
nlohmann::json run_to_json(const RunInfo& run);
RunInfo run_from_json(const nlohmann::json& object);
Value value_at(const nlohmann::json& object, const char* name);
std::string bytes_at(const nlohmann::json& object, const char* name);
std::string bytes_or_empty(const nlohmann::json& object, const char* name);  // not there: empty

[[noreturn]] void refuse_field(const nlohmann::json& object, const std::string& why);
// What does not fit is refused, not cut off.
template <WholeNumber T>
T number_at(const nlohmann::json& object, const char* name) {
  const auto number = whole_number<T>(object.at(name));
  if (!number) refuse_field(object, number.error().text);
  return *number;
}

}  // namespace tuner
