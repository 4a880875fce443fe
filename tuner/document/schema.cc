#include "document/schema.h"

#include "base/json_text.h"
#include "document/keys.h"
#include "document/kinds.h"

#include <fmt/format.h>

namespace tuner::document {
namespace {

constexpr int kFirstOfSysexits = 64;  // sysexits.h; the codes below it are results

Json reference(std::string_view name) {
  return {{"$ref", fmt::format("#/$defs/{}", name)}};
}

Json words_json(std::span<const std::string_view> words) {
  Json list = Json::array();
  for (const std::string_view word : words) list.push_back(word);
  return list;
}

// An enum's "" is for a field that is null then.
Json enum_json(std::span<const std::string_view> words) {
  Json list = Json::array();
  for (const std::string_view word : words) {
    if (!word.empty()) list.push_back(word);
  }
  return {{"enum", std::move(list)}};
}

Json holds(const When& when) {
  const Json words = {{"enum", words_json(when.words)}};
  return {{"properties", {{std::string(when.key), words}}}};
}

void add_doc(Json& schema, std::string_view doc) {
  if (!doc.empty()) schema["description"] = doc;
}

class Schemas;

// The schema of one struct. `open`: other keys may stand in the same object.
class ObjectSchema : public Keys {
 public:
  explicit ObjectSchema(Schemas& schemas) : schemas_(schemas) {}

  void object(std::string_view name, std::string_view doc) override {
    name_ = name;
    add_doc(schema_, doc);
  }

  std::string_view name() const { return name_; }
  Json take(bool open);

 private:
  void take_key(const Key& row, Field field) override {
    property(row, *field.type);
    if (!row.rule.later) required_.push_back(row.name);
  }

  void take_maybe(const Key& row, Field optional) override {
    property(row, *optional.type->inner);
    add_condition(row.name, row.rule.only_when, /*forbidden_otherwise=*/true);
    add_condition(row.name, row.rule.needed_when, /*forbidden_otherwise=*/false);
  }

  void take_together(Field optional) override;
  void property(const Key& row, const FieldType& type);
  void add_condition(std::string_view key, const When& when, bool forbidden_otherwise);

  Schemas& schemas_;
  std::string name_;
  Json schema_ = {{"type", "object"}};
  Json required_ = Json::array();
  Json properties_ = Json::object();
  Json together_ = Json::object();
  Json conditions_ = Json::array();
};

// All schemas; those of structs become definitions.
class Schemas {
 public:
  Json of(const FieldType& type, const Rule& rule) {
    switch (type.kind) {
      case FieldKind::Text: return text(rule);
      case FieldKind::Word: return enum_json(type.words);
      case FieldKind::Boolean: return {{"type", "boolean"}};
      case FieldKind::Integer:
        if (type.is_unsigned) return {{"type", "integer"}, {"minimum", 0}};
        return {{"type", "integer"}};
      case FieldKind::Real: return {{"type", "number"}};
      case FieldKind::Time: return reference("time");
      case FieldKind::Setting: return reference("value");
      case FieldKind::AnyObject: return {{"type", "object"}};
      case FieldKind::List: return list(of(*type.inner, without_not_empty(rule)), rule);
      case FieldKind::Map: return map(of(*type.inner, rule), rule);
      case FieldKind::Optional: return {{"anyOf", {of(*type.inner, rule), {{"type", "null"}}}}};
      case FieldKind::Struct: break;
    }
    return reference(define(type));
  }

  // The keys of a struct that shares its object with others.
  std::string define_open(const FieldType& body) {
    ObjectSchema schema(*this);
    body.visit_empty(schema);
    std::string name = fmt::format("body_of_{}", schema.name());
    definitions_[name] = schema.take(/*open=*/true);
    return name;
  }

  Json& definitions() { return definitions_; }

 private:
  static Rule without_not_empty(Rule rule) {
    rule.not_empty = false;
    return rule;
  }

  static Json text(const Rule& rule) {
    if (!rule.words.empty()) return {{"enum", words_json(rule.words)}};
    Json schema = {{"type", "string"}};
    if (!rule.pattern.empty()) schema["pattern"] = rule.pattern;
    if (rule.not_empty) schema["minLength"] = 1;
    return schema;
  }

  static Json list(Json items, const Rule& rule) {
    Json schema = {{"type", "array"}, {"items", std::move(items)}};
    if (rule.not_empty) schema["minItems"] = 1;
    return schema;
  }

  static Json map(Json values, const Rule& rule) {
    Json schema = {{"type", "object"}, {"additionalProperties", std::move(values)}};
    if (!rule.names.empty()) schema["propertyNames"] = {{"pattern", rule.names}};
    return schema;
  }

  // Each struct once: the definition of an inner one may be asked for many times.
  std::string define(const FieldType& type) {
    ObjectSchema schema(*this);
    type.visit_empty(schema);
    std::string name(schema.name());
    if (!definitions_.contains(name)) definitions_[name] = schema.take(/*open=*/false);
    return name;
  }

  Json definitions_ = Json::object();
};

void ObjectSchema::property(const Key& row, const FieldType& type) {
  Json schema = schemas_.of(type, row.rule);
  add_doc(schema, row.doc);
  properties_[std::string(row.name)] = std::move(schema);
}

// All keys of the part, or none: each of them asks for the others.
void ObjectSchema::take_together(Field optional) {
  ObjectSchema part(schemas_);
  optional.type->inner->visit_empty(part);
  for (const auto& [name, schema] : part.properties_.items()) properties_[name] = schema;
  for (const Json& name : part.required_) together_[name.get<std::string>()] = part.required_;
}

void ObjectSchema::add_condition(std::string_view key, const When& when, bool forbidden_otherwise) {
  if (when.key.empty()) return;
  Json condition = {{"if", holds(when)}, {"then", {{"required", {key}}}}};
  const Json nothing = {{std::string(key), false}};
  if (forbidden_otherwise) condition["else"] = {{"properties", nothing}};
  conditions_.push_back(std::move(condition));
}

Json ObjectSchema::take(bool open) {
  if (!required_.empty()) schema_["required"] = std::move(required_);
  schema_["properties"] = std::move(properties_);
  if (!together_.empty()) schema_["dependentRequired"] = std::move(together_);
  if (!conditions_.empty()) schema_["allOf"] = std::move(conditions_);
  if (!open) schema_["additionalProperties"] = false;
  return std::move(schema_);
}

// A document of the kind has one of its bodies, or ended early.
Json kind_json(const Kind& kind, Schemas& schemas) {
  Json bodies = Json::array();
  for (const BodyType& body : kind.bodies)
    bodies.push_back(reference(schemas.define_open(*body.fields)));
  bodies.push_back(reference("ended_early"));
  const Json is_kind = {{"properties", {{"kind", {{"const", kind.name}}}}}};
  const Json has_body = {{"anyOf", std::move(bodies)}};
  return {{"if", is_kind}, {"then", has_body}};
}

Json numbers_json(std::span<const int> numbers, int from) {
  Json list = Json::array();
  for (const int number : numbers) {
    if (number == 1 || number >= from) list.push_back(number);
  }
  return list;
}

void define_common(Json& definitions, std::span<const int> exit_codes) {
  const Json failures = {{"enum", numbers_json(exit_codes, kFirstOfSysexits)}};
  definitions["ended_early"] = {
      {"description", "Ended early: the document has only errors"},
      {"properties", {{"exit_code", failures}, {"errors", {{"minItems", 1}}}}}};
  definitions["time"] = {{"type", "string"}, {"pattern", kTime.pattern}};
  const Json scalar = {{"type", {"null", "boolean", "integer", "string"}}};
  const Json numbers = {{"type", "array"}, {"items", {{"type", "integer"}}}};
  definitions["value"] = {
      {"description",
       "A boolean, a number, a word, a list of CPUs, or a list of numbers; null: none, or not "
       "readable"},
      {"anyOf", {scalar, numbers}}};
}

}  // namespace

std::string schema_text(std::span<const int> exit_codes) {
  Schemas schemas;
  ObjectSchema envelope(schemas);
  envelope_fields().visit_empty(envelope);
  Json names = Json::array();
  Json conditions = Json::array();
  for (const Kind& kind : kinds()) {
    names.push_back(kind.name);
    conditions.push_back(kind_json(kind, schemas));
  }
  define_common(schemas.definitions(), exit_codes);

  Json top = envelope.take(/*open=*/true);
  top["required"].insert(top["required"].begin(), "format_version");
  top["properties"]["format_version"] = {{"const", kFormatVersion}};
  top["properties"]["kind"]["enum"] = std::move(names);
  top["properties"]["exit_code"]["enum"] = numbers_json(exit_codes, 0);
  const std::string id =
      fmt::format("https://ktls-tuner.invalid/schema/document-{}.json", kFormatVersion);
  Json schema = {
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"$id", id},
      {"title", fmt::format("A document of ktls-tuner --json, format_version {}", kFormatVersion)},
      {"$comment",
       "Describes exactly the output of this version, so that the tests detect undocumented keys. "
       "Later versions of format 1.x may add keys: readers must ignore unknown keys. Generated by "
       "make-docs from tuner/document/"}};
  schema.update(top);
  schema["allOf"] = std::move(conditions);
  // additionalProperties would not see the keys of the bodies, which stand in allOf (JSON Schema
  // 2020-12, core, 11.3).
  schema["unevaluatedProperties"] = false;
  schema["$defs"] = std::move(schemas.definitions());
  return json_text(schema, 2) + "\n";
}

}  // namespace tuner::document
