#include "report/json_node.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// A reader goes on after a complaint, with this in place of what is missing. So readers have no
// error paths, and the one check is at the end of read_document().
const JsonNode::Json kNothing;

std::string scalar_words(const JsonNode::Json& json) {
  if (json.is_boolean()) return json.get<bool>() ? "on" : "off";
  if (json.is_string()) return json.get<std::string>();
  return json.dump();
}

}  // namespace

const JsonNode::Json* JsonNode::find(std::string_view key) const {
  if (!json_.is_object()) return nullptr;
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

// Made from the parents when a complaint needs it: "steps[3].goal.op".
std::string JsonNode::path() const {
  if (parent_ == nullptr) return "";
  const std::string before = parent_->path();
  if (index_ >= 0) return fmt::format("{}[{}]", before, index_);
  return before.empty() ? std::string(key_) : fmt::format("{}.{}", before, key_);
}

void JsonNode::complain(std::string_view key, std::string_view what) const {
  if (!complaint_.empty()) return;
  const std::string place = path();
  complaint_ = fmt::format("{}{}{}: {}", place, place.empty() || key.empty() ? "" : ".", key, what);
}

bool JsonNode::has(std::string_view key) const {
  const Json* found = find(key);
  return found != nullptr && !found->is_null();
}

JsonNode JsonNode::at(std::string_view key) const {
  const Json* found = find(key);
  if (found == nullptr) complain(key, json_.is_object() ? "is missing" : "is not in an object");
  return {found == nullptr ? kNothing : *found, complaint_, this, key, -1};
}

std::string JsonNode::text(std::string_view key) const {
  const JsonNode node = at(key);
  if (node.json_.is_string()) return node.json_.get<std::string>();
  complain(key, "expected a string");
  return "";
}

std::string JsonNode::own_text() const {
  if (json_.is_string()) return json_.get<std::string>();
  complain("", "expected a string");
  return "";
}

std::string JsonNode::text_or_empty(std::string_view key) const {
  return has(key) ? text(key) : "";
}

bool JsonNode::flag(std::string_view key) const {
  const JsonNode node = at(key);
  if (node.json_.is_boolean()) return node.json_.get<bool>();
  complain(key, "expected true or false");
  return false;
}

std::vector<std::string> JsonNode::texts(std::string_view key) const {
  std::vector<std::string> all;
  each(key, [&](const JsonNode& item) { all.push_back(item.own_text()); });
  return all;
}

std::string JsonNode::value_words(std::string_view key) const {
  const Json& json = at(key).json_;
  if (json.is_null()) return "-";
  if (json.is_object()) complain(key, "expected a value");
  if (!json.is_array()) return scalar_words(json);
  std::string words;
  for (const Json& item : json) {
    if (item.is_structured()) complain(key, "expected a list of plain values");
    words += (words.empty() ? "" : " ") + scalar_words(item);
  }
  return words;
}

}  // namespace tuner
