// Values as JSON, in two forms: one that reads back as the same type (journal), one for people and
// scripts.
#pragma once

#include "base/result.h"
#include "model/value.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner {

// Lossless: a CPU set is {"cpus": "2-3"}, everything else is the JSON type of its own.
nlohmann::json value_to_json(const Value& value);
Result<Value> value_from_json(const nlohmann::json& json);

// The contract's form: a CPU set is its list as a string, absent is null.
nlohmann::json value_to_public_json(const Value& value);

}  // namespace tuner
