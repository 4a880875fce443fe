// JSON from text, and text from JSON. json_text.cc alone compiles the library's parser and printer,
// which cost a second in each file that calls them. Trees come in two kinds, sorted and ordered.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace tuner {

// Throw nlohmann::json::parse_error if `text` is not JSON.
nlohmann::json parse_json(std::string_view text);
nlohmann::ordered_json parse_ordered_json(std::string_view text);
// is_discarded() if `text` is not JSON. Does not throw.
nlohmann::json json_or_discarded(std::string_view text);

// `indent` -1: one line. Throw nlohmann::json::type_error if a string is not UTF-8.
std::string json_text(const nlohmann::json& document, int indent = -1);
std::string json_text(const nlohmann::ordered_json& document, int indent = -1);
// Bytes that are not UTF-8 become U+FFFD.
std::string json_text_replaced(const nlohmann::json& document, int indent = -1);
std::string json_text_replaced(const nlohmann::ordered_json& document, int indent = -1);
// The same on one line, with what is not ASCII as \u escapes.
std::string json_ascii(const nlohmann::json& document);
std::string json_ascii(const nlohmann::ordered_json& document);

}  // namespace tuner
