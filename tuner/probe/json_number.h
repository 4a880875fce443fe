// Reads a number from a report or message of another process. Throws nlohmann's exceptions, as its
// accessors do; the readers convert them to an Error.
#pragma once

#include "base/number.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tuner {

template <WholeNumber T>
T number_at(const nlohmann::json& json, const std::string& key) {
  const auto value = whole_number<T>(json.at(key));
  if (value) return *value;
  throw nlohmann::json::other_error::create(501, fmt::format("{}: {}", key, value.error().text),
                                            &json);
}

}  // namespace tuner
