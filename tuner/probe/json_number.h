// A number of a report or message that another process wrote. Throws what nlohmann's accessors
// throw, for the readers that turn it into an Error at their edge.
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
