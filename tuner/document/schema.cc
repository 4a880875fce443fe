#include "document/schema.h"

#include "document/field.h"
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
class ObjectSchema {
 public:
  explicit ObjectSchema(Schemas& schemas) : schemas_(schemas) {}

  void object(std::string_view name, std::string_view doc) {
    name_ = name;
    add_doc(schema_, doc);
  }

  template <typename T>
  void key(const Key& row, const T& field) {
    property(row, field);
    if (!row.rule.later) required_.push_back(row.name);
  }

  template <typename T>
  void maybe(const Key& row, const std::optional<T>&) {
    property(row, T());
    add_condition(row.name, row.rule.only_when, /*forbidden_otherwise=*/true);
    add_condition(row.name, row.rule.needed_when, /*forbidden_otherwise=*/false);
  }

  template <typename T>
  void together(const std::optional<T>&);

  std::string_view name() const { return name_; }
  Json take(bool open);

 private:
  template <typename T>
  void property(const Key& row, const T& field);
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
  template <typename T>
  Json of(const T& field, const Rule& rule) {
    if constexpr (Enum<T>) {
      return enum_json(words_of<T>());
    } else if constexpr (std::same_as<T, std::string>) {
      return text(rule);
    } else if constexpr (std::same_as<T, bool>) {
      return {{"type", "boolean"}};
    } else if constexpr (std::unsigned_integral<T>) {
      return {{"type", "integer"}, {"minimum", 0}};
    } else if constexpr (Number<T>) {
      return {{"type", "integer"}};
    } else if constexpr (Real<T>) {
      return {{"type", "number"}};
    } else if constexpr (std::same_as<T, Value>) {
      return reference("value");
    } else if constexpr (std::same_as<T, UtcTime>) {
      return reference("time");
    } else if constexpr (std::same_as<T, AnyObject>) {
      return {{"type", "object"}};
    } else if constexpr (Optional<T>) {
      return {{"anyOf", {of(typename T::value_type(), rule), {{"type", "null"}}}}};
    } else if constexpr (List<T>) {
      return list(of(typename T::value_type(), without_not_empty(rule)), rule);
    } else if constexpr (Map<T>) {
      return map(of(typename T::mapped_type(), rule), rule);
    } else {
      return reference(define(field));
    }
  }

  // The keys of a struct that shares its object with others.
  template <typename T>
  std::string define_open(const T& body) {
    ObjectSchema schema(*this);
    describe(schema, body);
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
  template <typename T>
  std::string define(const T& field) {
    ObjectSchema schema(*this);
    describe(schema, field);
    std::string name(schema.name());
    if (!definitions_.contains(name)) definitions_[name] = schema.take(/*open=*/false);
    return name;
  }

  Json definitions_ = Json::object();
};

template <typename T>
void ObjectSchema::property(const Key& row, const T& field) {
  Json schema = schemas_.of(field, row.rule);
  add_doc(schema, row.doc);
  properties_[std::string(row.name)] = std::move(schema);
}

// All keys of the part, or none: each of them asks for the others.
template <typename T>
void ObjectSchema::together(const std::optional<T>&) {
  ObjectSchema part(schemas_);
  const T fields;
  describe(part, fields);
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

// For each kind: a document of it has one of its bodies, or ended early.
class KindSchemas {
 public:
  explicit KindSchemas(Schemas& schemas) : schemas_(schemas) {}

  template <typename... Bodies>
  void kind(std::string_view name) {
    names_.push_back(name);
    Json bodies = Json::array();
    (bodies.push_back(reference(schemas_.define_open(Bodies()))), ...);
    bodies.push_back(reference("ended_early"));
    const Json is_kind = {{"properties", {{"kind", {{"const", name}}}}}};
    const Json has_body = {{"anyOf", std::move(bodies)}};
    conditions_.push_back({{"if", is_kind}, {"then", has_body}});
  }

  Json names_ = Json::array();
  Json conditions_ = Json::array();

 private:
  Schemas& schemas_;
};

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
  const Envelope fields;
  describe(envelope, fields);
  KindSchemas kinds(schemas);
  for_each_kind(kinds);
  define_common(schemas.definitions(), exit_codes);

  Json top = envelope.take(/*open=*/true);
  top["required"].insert(top["required"].begin(), "format_version");
  top["properties"]["format_version"] = {{"const", kFormatVersion}};
  top["properties"]["kind"]["enum"] = std::move(kinds.names_);
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
  schema["allOf"] = std::move(kinds.conditions_);
  // additionalProperties would not see the keys of the bodies, which stand in allOf (JSON Schema
  // 2020-12, core, 11.3).
  schema["unevaluatedProperties"] = false;
  schema["$defs"] = std::move(schemas.definitions());
  return schema.dump(2) + "\n";
}

}  // namespace tuner::document
