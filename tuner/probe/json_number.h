// Reads a number or a word from a report or message of another process. Throws nlohmann's
// exceptions, as its accessors do; the readers convert them to an Error.
#pragma once

#include "base/number.h"
#include "base/words.h"

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

// A word outside the closed list throws like a missing key.
template <typename E, typename Json>
E word_at(const Json& json, const char* key) {
  const auto text = json.at(key).template get<std::string>();
  const auto value = from_word<E>(text);
  if (!value) throw Json::other_error::create(501, fmt::format("{}: '{}'", key, text), &json);
  return *value;
}

}  // namespace tuner
