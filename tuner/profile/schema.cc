#include "profile/schema.h"

#include "base/json_text.h"
#include "model/sysctl/sysctl_catalog.h"
#include "model/sysctl/sysctl_harm.h"
#include "profile/format.h"
#include "profile/tool_settings_format.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace tuner {
namespace {

using Json = nlohmann::ordered_json;
using reading::Key;
using reading::Keys;
using reading::Shape;
using reading::Type;

Json object_schema(const Keys& keys);

Json reference(std::string_view definition) {
  return {{"$ref", fmt::format("#/definitions/{}", definition)}};
}

Json any_of(std::vector<Json> choices) {
  return {{"anyOf", std::move(choices)}};
}

Json list_of(Json items, int least) {
  return {{"type", "array"}, {"items", std::move(items)}, {"minItems", least}};
}

Json one_or_list(const Json& one) {
  return any_of({one, list_of(one, 1)});
}

Json words(const Key& key) {
  return {{"enum", std::vector<std::string>(key.words.begin(), key.words.end())}};
}

Json text(const Key& key) {
  Json schema{{"type", "string"}};
  if (!key.pattern.empty()) schema["pattern"] = key.pattern;
  return schema;
}

Json integers(int count) {
  Json schema = list_of({{"type", "integer"}}, count);
  schema["maxItems"] = count;
  return schema;
}

// The schemas of a setting's value and of at_least and at_most. `ordered` null: these two are not
// allowed.
struct ValueSchema {
  Json value;
  Json ordered;
};

ValueSchema sysctl_value() {
  const Json ordered = any_of({{{"type", "integer"}}, list_of({{"type", "integer"}}, 2)});
  return {.value = any_of({{{"type", "string"}}, ordered["anyOf"][0], ordered["anyOf"][1]}),
          .ordered = ordered};
}

ValueSchema sysctl_value(const SysctlRow& row) {
  if (row.type == SysctlRow::Type::Word) return {.value = {{"type", "string"}}, .ordered = {}};
  if (row.type == SysctlRow::Type::Numbers)
    return {.value = integers(row.count), .ordered = integers(row.count)};
  return {.value = {{"type", "integer"}}, .ordered = {{"type", "integer"}}};
}

ValueSchema bounded_integer(const Key& key) {
  const Json number{{"type", "integer"}, {"minimum", key.least}, {"maximum", key.most}};
  return {.value = key.words.empty() ? number : any_of({words(key), number}), .ordered = number};
}

ValueSchema value_schema(const Key& key) {
  if (key.type == Type::Boolean) return {.value = {{"type", "boolean"}}, .ordered = {}};
  if (key.type == Type::Sysctl) return sysctl_value();
  if (key.type == Type::Integer) return bounded_integer(key);
  if (key.open && key.words.empty()) return {.value = {{"type", "string"}}, .ordered = {}};
  if (!key.open) return {.value = words(key), .ordered = {}};
  Json word{{"type", "string"}, {"examples", words(key)["enum"]}};
  return {.value = std::move(word), .ordered = {}};
}

Json key_schema(const Key& key);

// { value | at_least | at_most, need, why }, and allow_unlisted if `keys` have it (sysctls).
Json form_schema(const Keys& keys, const ValueSchema& values) {
  Json form{{"type", "object"}, {"additionalProperties", false}};
  Json goals = Json::array();
  for (const Key* const key : keys) {
    const bool ordered = key->name.starts_with("at_");
    const bool goal = ordered || key->name == "value";
    if (ordered && values.ordered.is_null()) continue;
    Json schema = reference(key->name);
    if (goal) schema = ordered ? values.ordered : values.value;
    if (goal) goals.push_back({{"required", {key->name}}});
    form["properties"][std::string(key->name)] = std::move(schema);
  }
  // Exactly one of value, at_least and at_most, as the reader demands.
  form["oneOf"] = std::move(goals);
  return form;
}

// A value, or the setting form.
Json setting_schema(const Keys& keys, const ValueSchema& values, bool removable) {
  Json schema = any_of({values.value, form_schema(keys, values)});
  if (removable) schema["anyOf"].push_back({{"type", "null"}});
  return schema;
}

Json sysctl_schema(const ValueSchema& values) {
  return setting_schema(reading::keys_of<reading::SysctlForm>(), values, true);
}

// An unlisted sysctl needs why and allow_unlisted.
Json unlisted_sysctl() {
  Json form = form_schema(reading::keys_of<reading::SysctlForm>(), sysctl_value());
  form["properties"]["allow_unlisted"] = {{"const", true}};
  form["required"] = {"why", "allow_unlisted"};
  return any_of({form, {{"type", "null"}}});
}

// A pattern for both spellings of a name; '*' is one part. sysctl names may be written with dots or
// slashes (sysctl.d(5)), and '*' stands for an interface.
std::string spellings(std::string_view name) {
  std::string pattern = "^";
  for (const char c : name) {
    if (c == '.')
      pattern += "[./]";
    else if (c == '*')
      pattern += "[^./]+";
    else
      pattern += c;
  }
  return pattern + "$";
}

// Names only, in the order of the reader's checks. The schema does not check bad values; the reader
// does. All patterns that match a name apply. A refused name below net. therefore meets two of
// them, and only null meets both.
Json sysctl_patterns() {
  Json patterns;
  patterns["^(net|vm)[./]"] = reference("sysctl");
  for (const SysctlRow& row : sysctl_catalog()) {
    if (!row.name.starts_with("net.")) patterns[spellings(row.name)] = reference("sysctl");
  }
  for (const SysctlHarm& row : sysctl_harms()) {
    const bool listed = row.harm == SysctlHarm::Class::Loosens;
    const Json none{{"description", row.why}, {"type", "null"}};
    if (listed) patterns[spellings(row.name)] = reference("sysctl");
    if (row.harm == SysctlHarm::Class::Refused) patterns[spellings(row.name)] = none;
  }
  return patterns;
}

// One definition for all sysctls of a type. The schema has no ranges: the reader checks them and
// explains more.
std::string sysctl_definition(const SysctlRow& row) {
  switch (row.type) {
    case SysctlRow::Type::Word: return "sysctl-word";
    case SysctlRow::Type::Number: return "sysctl-number";
    case SysctlRow::Type::Numbers: return fmt::format("sysctl-{}-numbers", row.count);
  }
  return "sysctl-number";
}

Json plain_setting(const Key& key) {
  return setting_schema(reading::keys_of<reading::SettingForm>(), value_schema(key), key.removable);
}

Json named_settings(const Key& key) {
  Json schema{{"type", "object"}};
  if (key.type == Type::Sysctl) {
    for (const SysctlRow& row : sysctl_catalog())
      schema["properties"][std::string(row.name)] = {
          {"description", row.doc}, {"allOf", {reference(sysctl_definition(row))}}};
    schema["patternProperties"] = sysctl_patterns();
    schema["additionalProperties"] = unlisted_sysctl();
    return schema;
  }
  schema["additionalProperties"] = plain_setting(key);
  return schema;
}

Json named_objects(const Key& key) {
  Json object = object_schema(key.children());
  if (key.removable) object = any_of({object, {{"type", "null"}}});
  return {{"type", "object"},
          {"patternProperties", {{std::string(key.pattern), std::move(object)}}},
          {"additionalProperties", false}};
}

Json shape_schema(const Key& key) {
  const Json integer{{"type", "integer"}, {"minimum", 0}};
  switch (key.shape) {
    case Shape::Text: return text(key);
    case Shape::Word: return words(key);
    case Shape::Words: return one_or_list(words(key));
    case Shape::Names: return list_of(text(key), 0);
    case Shape::Texts: return one_or_list({{"type", "string"}});
    case Shape::Integers: return one_or_list(integer);
    case Shape::WordOrIntegers: return any_of({words(key), list_of(integer, 1)});
    case Shape::WordList: return list_of(words(key), 0);
    case Shape::Boolean: return {{"type", "boolean"}};
    case Shape::Setting: return plain_setting(key);
    case Shape::NamedSettings: return named_settings(key);
    case Shape::Object: return object_schema(key.children());
    case Shape::NamedObjects: return named_objects(key);
    case Shape::Objects: return list_of(object_schema(key.children()), 0);
  }
  return true;
}

Json key_schema(const Key& key) {
  Json schema = shape_schema(key);
  if (!schema.is_object()) return schema;
  Json described{{"description", key.doc}};
  described.update(schema);
  return described;
}

Json object_schema(const Keys& keys) {
  Json schema{{"type", "object"}, {"additionalProperties", false}};
  for (const Key* const key : keys) {
    schema["properties"][std::string(key->name)] = key_schema(*key);
    if (key->required) schema["required"].push_back(key->name);
  }
  return schema;
}

Json heading(std::string_view title) {
  return {{"$schema", "http://json-schema.org/draft-07/schema#"},
          {"title", title},
          {"description", "Made from the reader's own tables; do not edit."}};
}

Json definitions() {
  Json all;
  for (const Key* const key : reading::keys_of<reading::SysctlForm>()) {
    const bool goal = key->name == "value" || key->name.starts_with("at_");
    if (!goal) all[std::string(key->name)] = key_schema(*key);
  }
  all["sysctl"] = sysctl_schema(sysctl_value());
  for (const SysctlRow& row : sysctl_catalog())
    all[sysctl_definition(row)] = sysctl_schema(sysctl_value(row));
  return all;
}

}  // namespace

std::string object_schema_json(const Keys& keys) {
  return json_text(object_schema(keys), 1) + "\n";
}

std::string profile_schema_json() {
  Json schema = heading("ktls-tuner profile");
  schema.update(object_schema(reading::keys_of<ProfileLayer>()));
  // The reader rejects an empty selector in check_selector(), which is not in the tables.
  schema["properties"]["nics"]["items"]["properties"]["select"]["minProperties"] = 1;
  schema["definitions"] = definitions();
  return json_text(schema, 1) + "\n";
}

std::string tool_settings_schema_json() {
  Json schema = heading("ktls-tuner settings");
  schema.update(object_schema(reading::keys_of<ToolSettings>()));
  schema["type"] = {"object", "null"};  // null: a file with only comments
  return json_text(schema, 1) + "\n";
}

}  // namespace tuner
