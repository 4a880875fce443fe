#include "document/write.h"

#include "document/field.h"
#include "document/kinds.h"
#include "model/value_json.h"

namespace tuner::document {
namespace {

// Puts the fields of one struct into an object, in the order of its table.
class Writer {
 public:
  explicit Writer(Json& object) : object_(object) {}

  void object(std::string_view, std::string_view) const {}

  template <typename T>
  void key(const Key& row, const T& field) {
    object_.emplace(std::string(row.name), json_of(field));
  }

  template <typename T>
  void maybe(const Key& row, const std::optional<T>& field) {
    if (field) key(row, *field);
  }

  template <typename T>
  void together(const std::optional<T>& part) {
    if (part) describe(*this, *part);
  }

  template <typename T>
  static Json json_of(const T& field) {
    if constexpr (Enum<T>) {
      return word_of(field);
    } else if constexpr (Optional<T>) {
      return field ? json_of(*field) : Json(nullptr);
    } else if constexpr (List<T>) {
      Json list = Json::array();
      for (const auto& item : field) list.push_back(json_of(item));
      return list;
    } else if constexpr (Map<T>) {
      Json map = Json::object();
      for (const auto& [name, item] : field) map.emplace(name, json_of(item));
      return map;
    } else if constexpr (std::same_as<T, Value>) {
      return value_to_public_json(field);
    } else if constexpr (std::same_as<T, UtcTime>) {
      return rfc3339(field);
    } else if constexpr (std::same_as<T, AnyObject>) {
      return Json::parse(field.json);
    } else if constexpr (Number<T> || std::is_constructible_v<Json, const T&>) {
      return field;
    } else {
      Json inner = Json::object();
      Writer writer(inner);
      describe(writer, field);
      return inner;
    }
  }

 private:
  Json& object_;
};

template <typename Keys>
void write_body(Json& document, const Keys& keys) {
  Writer writer(document);
  describe(writer, keys);
}

}  // namespace

// The envelope is first, so a person sees host, verb and exit code at the top of a saved file.
Json to_json(const Envelope& envelope, const Body& body) {
  Json document{{"format_version", kFormatVersion}};
  write_body(document, envelope);
  body.visit([&](const auto& keys) { write_body(document, keys); });
  return document;
}

}  // namespace tuner::document
