// A JSON value with its path in the document, so that the first error is reported as
// "steps[3].status: …". After an error, reading continues with empty values; the caller checks
// `complaint` at the end.
#pragma once

#include "base/number.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

class JsonNode {
 public:
  using Json = nlohmann::ordered_json;

  JsonNode(const Json& json, std::string& complaint) : json_(json), complaint_(complaint) {}

  bool has(std::string_view key) const;     // present and not null
  JsonNode at(std::string_view key) const;  // an error if missing
  std::string text(std::string_view key) const;
  std::string text_or_empty(std::string_view key) const;  // empty if null or missing
  template <WholeNumber T>
  T number(std::string_view key, T least = std::numeric_limits<T>::min(),
           T most = std::numeric_limits<T>::max()) const {
    const JsonNode node = at(key);
    const auto read = whole_number<T>(node.json_, least, most);
    if (!read) complain(key, read.error().text);
    return read.value_or(T{});
  }
  bool flag(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::string value_words(std::string_view key) const;  // a setting's value as text; null: "-"
  std::string own_text() const;

  // One of a closed list of names.
  template <typename Enums, typename Name>
  auto word(std::string_view key, const Enums& enums, Name name_of) const ->
      typename Enums::value_type {
    const std::string text_there = text(key);
    for (const auto value : enums) {
      if (name_of(value) == text_there) return value;
    }
    complain(key, "'" + text_there + "' is not one of the allowed words");
    return *enums.begin();
  }

  template <typename Visit>
  void each(std::string_view key, Visit visit) const {
    const JsonNode list = at(key);
    if (!list.json_.is_array()) return complain(key, "expected a list");
    int index = 0;
    for (const Json& item : list.json_) {
      visit(JsonNode(item, complaint_, &list, {}, index));
      ++index;
    }
  }

  void complain(std::string_view key, std::string_view what) const;

 private:
  JsonNode(const Json& json, std::string& complaint, const JsonNode* parent, std::string_view key,
           int index)
      : json_(json), complaint_(complaint), parent_(parent), key_(key), index_(index) {}
  const Json* find(std::string_view key) const;
  std::string path() const;

  const Json& json_;
  std::string& complaint_;
  const JsonNode* parent_ = nullptr;  // outlives this node: nodes are created from the root down
  std::string_view key_;
  int index_ = -1;
};

}  // namespace tuner
