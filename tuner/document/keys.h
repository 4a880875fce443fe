// A visitor of the tables of keys (key.h) that sees each field without its C++ type. So a table is
// compiled once, and not again for each visitor.
#pragma once

#include "base/number.h"
#include "base/rfc3339.h"
#include "base/words.h"
#include "document/common.h"
#include "document/key.h"
#include "model/value.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace tuner::document {

using Json = nlohmann::ordered_json;

class Keys;

enum class FieldKind {
  Text,       // std::string
  Word,       // an enum
  Boolean,    // bool
  Integer,    // signed or unsigned, of any size
  Real,       // double
  Time,       // UtcTime
  Setting,    // Value
  AnyObject,  // JSON text whose keys stand in another schema
  List,       // std::vector
  Map,        // std::map, by name
  Optional,   // std::optional: null, or what it holds
  Struct,     // has a table of its own
};

// What can be done with a field of one C++ type. `field` is the address of one; the functions of
// other kinds are null.
struct FieldType {
  using Entry = std::function<void(const std::string& name, void* field)>;

  FieldKind kind = FieldKind::Struct;
  bool is_unsigned = false;                      // Integer
  std::span<const std::string_view> words = {};  // Word: all, in the order of the enum
  const FieldType* inner = nullptr;              // List, Map, Optional: what it holds

  // Word: its place in `words`.
  std::size_t (*word)(const void* field) = nullptr;
  void (*set_word)(void* field, std::size_t word) = nullptr;
  // Integer. Invalid: it is no integer, or out of the range of the type.
  Json (*integer)(const void* field) = nullptr;
  Outcome (*set_integer)(void* field, const Json& json) = nullptr;
  // List.
  std::size_t (*size)(const void* field) = nullptr;
  void* (*item)(void* field, std::size_t index) = nullptr;
  void* (*append)(void* field) = nullptr;
  // Map: calls `entry` for each; the entry of that name, made if it is not there.
  void (*for_each)(void* field, const Entry& entry) = nullptr;
  void* (*entry)(void* field, const std::string& name) = nullptr;
  // Optional: its value, or null; a new value.
  void* (*value)(void* field) = nullptr;
  void* (*emplace)(void* field) = nullptr;
  // Struct: goes through its table, with this one or with an empty one.
  void (*visit)(Keys& keys, void* field) = nullptr;
  void (*visit_empty)(Keys& keys) = nullptr;
};

// A field and its type. It does not own the field.
struct Field {
  const FieldType* type;
  void* at;

  template <typename T>
  T& as() const {
    return *static_cast<T*>(at);
  }
};

template <typename T>
constexpr FieldType field_type();
template <typename T>
inline constexpr FieldType kFieldType = field_type<T>();

template <typename T>
Field field_of(T& field) {
  return {&kFieldType<T>, &field};
}

class Keys {
 public:
  Keys() = default;
  virtual ~Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  virtual void object(std::string_view name, std::string_view doc) = 0;
  template <typename T>
  void key(const Key& row, T& field) {
    take_key(row, field_of(field));
  }
  template <typename T>
  void maybe(const Key& row, std::optional<T>& field) {
    take_maybe(row, field_of(field));
  }
  template <typename T>
  void together(std::optional<T>& part) {
    take_together(field_of(part));
  }

 private:
  virtual void take_key(const Key& row, Field field) = 0;
  virtual void take_maybe(const Key& row, Field optional) = 0;
  virtual void take_together(Field optional) = 0;
};

namespace detail {

template <typename T>
struct EnumField {
  static std::size_t word(const void* field) {
    return static_cast<std::size_t>(*static_cast<const T*>(field));
  }
  static void set_word(void* field, std::size_t word) {
    *static_cast<T*>(field) = static_cast<T>(word);
  }
};

template <typename T>
struct IntegerField {
  static Json integer(const void* field) { return *static_cast<const T*>(field); }
  static Outcome set_integer(void* field, const Json& json) {
    *static_cast<T*>(field) = TRY(whole_number<T>(json));
    return {};
  }
};

template <typename T>
struct ListField {
  static std::size_t size(const void* field) { return static_cast<const T*>(field)->size(); }
  static void* item(void* field, std::size_t index) { return &(*static_cast<T*>(field))[index]; }
  static void* append(void* field) { return &static_cast<T*>(field)->emplace_back(); }
};

template <typename T>
struct MapField {
  static void for_each(void* field, const FieldType::Entry& entry) {
    for (auto& [name, inner] : *static_cast<T*>(field)) entry(name, &inner);
  }
  static void* entry(void* field, const std::string& name) {
    return &(*static_cast<T*>(field))[name];
  }
};

template <typename T>
struct OptionalField {
  static void* value(void* field) {
    auto& optional = *static_cast<T*>(field);
    return optional ? &*optional : nullptr;
  }
  static void* emplace(void* field) { return &static_cast<T*>(field)->emplace(); }
};

template <typename T>
struct StructField {
  static void visit(Keys& keys, void* field) { describe(keys, *static_cast<T*>(field)); }
  static void visit_empty(Keys& keys) {
    T empty;
    describe(keys, empty);
  }
};

}  // namespace detail

template <typename T>
constexpr FieldType field_type() {
  using namespace detail;
  if constexpr (std::same_as<T, std::string>) {
    return {.kind = FieldKind::Text};
  } else if constexpr (Enum<T>) {
    return {.kind = FieldKind::Word,
            .words = words_of<T>(),
            .word = EnumField<T>::word,
            .set_word = EnumField<T>::set_word};
  } else if constexpr (std::same_as<T, bool>) {
    return {.kind = FieldKind::Boolean};
  } else if constexpr (Number<T>) {
    return {.kind = FieldKind::Integer,
            .is_unsigned = std::unsigned_integral<T>,
            .integer = IntegerField<T>::integer,
            .set_integer = IntegerField<T>::set_integer};
  } else if constexpr (Real<T>) {
    return {.kind = FieldKind::Real};
  } else if constexpr (std::same_as<T, UtcTime>) {
    return {.kind = FieldKind::Time};
  } else if constexpr (std::same_as<T, Value>) {
    return {.kind = FieldKind::Setting};
  } else if constexpr (std::same_as<T, AnyObject>) {
    return {.kind = FieldKind::AnyObject};
  } else if constexpr (List<T>) {
    return {.kind = FieldKind::List,
            .inner = &kFieldType<typename T::value_type>,
            .size = ListField<T>::size,
            .item = ListField<T>::item,
            .append = ListField<T>::append};
  } else if constexpr (Map<T>) {
    return {.kind = FieldKind::Map,
            .inner = &kFieldType<typename T::mapped_type>,
            .for_each = MapField<T>::for_each,
            .entry = MapField<T>::entry};
  } else if constexpr (Optional<T>) {
    return {.kind = FieldKind::Optional,
            .inner = &kFieldType<typename T::value_type>,
            .value = OptionalField<T>::value,
            .emplace = OptionalField<T>::emplace};
  } else {
    return {.kind = FieldKind::Struct,
            .visit = StructField<T>::visit,
            .visit_empty = StructField<T>::visit_empty};
  }
}

}  // namespace tuner::document
