// Subjects and runs as the tool's own files hold them.
#pragma once

#include "engine/journal.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner {

// The readers throw nlohmann::json::exception on what is not there or of another type.
nlohmann::json subject_to_json(const Subject& subject);
Subject subject_from_json(const nlohmann::json& object);
nlohmann::json run_to_json(const RunInfo& run);
RunInfo run_from_json(const nlohmann::json& object);
Value value_at(const nlohmann::json& object, const char* name);

}  // namespace tuner
