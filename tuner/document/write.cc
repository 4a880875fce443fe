#include "document/write.h"

#include "base/json_text.h"
#include "document/keys.h"
#include "document/kinds.h"
#include "model/value_json.h"

namespace tuner::document {
namespace {

// Puts the fields of one struct into an object, in the order of its table.
class Writer : public Keys {
 public:
  explicit Writer(Json& object) : object_(object) {}

  void object(std::string_view, std::string_view) override {}

 private:
  void take_key(const Key& row, Field field) override {
    object_.emplace(std::string(row.name), json_of(field));
  }

  void take_maybe(const Key& row, Field optional) override {
    if (void* const value = optional.type->value(optional.at))
      take_key(row, {optional.type->inner, value});
  }

  void take_together(Field optional) override {
    if (void* const part = optional.type->value(optional.at))
      optional.type->inner->visit(*this, part);
  }

  static Json json_of(Field field) {
    const FieldType& type = *field.type;
    switch (type.kind) {
      case FieldKind::Text: return field.as<std::string>();
      case FieldKind::Word: return type.words[type.word(field.at)];
      case FieldKind::Boolean: return field.as<bool>();
      case FieldKind::Integer: return type.integer(field.at);
      case FieldKind::Real: return field.as<double>();
      case FieldKind::Time: return rfc3339(field.as<UtcTime>());
      case FieldKind::Setting: return value_to_public_json(field.as<Value>());
      case FieldKind::AnyObject: return parse_ordered_json(field.as<AnyObject>().json);
      case FieldKind::List: return list(field);
      case FieldKind::Map: return map(field);
      case FieldKind::Optional: {
        void* const value = type.value(field.at);
        return value != nullptr ? json_of({type.inner, value}) : Json(nullptr);
      }
      case FieldKind::Struct: break;
    }
    Json inner = Json::object();
    Writer writer(inner);
    type.visit(writer, field.at);
    return inner;
  }

  static Json list(Field field) {
    const FieldType& type = *field.type;
    Json list = Json::array();
    for (std::size_t i = 0; i < type.size(field.at); ++i)
      list.push_back(json_of({type.inner, type.item(field.at, i)}));
    return list;
  }

  static Json map(Field field) {
    Json map = Json::object();
    field.type->for_each(field.at, [&](const std::string& name, void* value) {
      map.emplace(name, json_of({field.type->inner, value}));
    });
    return map;
  }

  Json& object_;
};

void write(Json& document, const FieldType& type, const void* fields) {
  Writer writer(document);
  // A table takes fields that a reader can fill. A writer changes none.
  type.visit(writer, const_cast<void*>(fields));
}

}  // namespace

// The envelope is first, so a person sees host, verb and exit code at the top of a saved file.
Json to_json(const Envelope& envelope, const Body& body) {
  Json document{{"format_version", kFormatVersion}};
  write(document, envelope_fields(), &envelope);
  for (const Kind& kind : kinds()) {
    for (const BodyType& type : kind.bodies) {
      if (const void* const fields = type.get(body)) write(document, *type.fields, fields);
    }
  }
  return document;
}

}  // namespace tuner::document
