#include "base/json_text.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

template <typename Json>
std::string replaced(const Json& document, int indent, bool ascii) {
  return document.dump(indent, ' ', ascii, Json::error_handler_t::replace);
}

}  // namespace

json parse_json(std::string_view text) {
  return json::parse(text);
}

ordered_json parse_ordered_json(std::string_view text) {
  return ordered_json::parse(text);
}

json json_or_discarded(std::string_view text) {
  return json::parse(text, nullptr, /*allow_exceptions=*/false);
}

std::string json_text(const json& document, int indent) {
  return document.dump(indent);
}

std::string json_text(const ordered_json& document, int indent) {
  return document.dump(indent);
}

std::string json_text_replaced(const json& document, int indent) {
  return replaced(document, indent, /*ascii=*/false);
}

std::string json_text_replaced(const ordered_json& document, int indent) {
  return replaced(document, indent, /*ascii=*/false);
}

std::string json_ascii(const json& document) {
  return replaced(document, /*indent=*/-1, /*ascii=*/true);
}

std::string json_ascii(const ordered_json& document) {
  return replaced(document, /*indent=*/-1, /*ascii=*/true);
}

}  // namespace tuner
