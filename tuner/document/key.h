// A document is described once: beside each struct stands its table of keys, the function
// describe(). Its visitors (keys.h) are the writer (write.h), the reader (read.h) and the schema
// (schema.h). They have these functions:
//
//   keys.object(name, doc)      first: the name of the struct in the schema
//   keys.key(row, field)        a key that every object has; an std::optional is null if empty
//   keys.maybe(row, optional)   a key that is left out if the field is empty
//   keys.together(optional)     the keys of another struct in this object: all of them, or none
//
// Fields may be strings, booleans, integers, times, values and goals of settings, enums with words
// (base/words.h), described structs, and lists, maps (by name) and optionals of these.
//
// A word that a later release may add is a std::string with `words`: the schema lists the words,
// and a reader keeps one that it does not know. An enum is for words that a reader must understand.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tuner::document {

// A condition on another key of the same object, which must have one of these words.
struct When {
  std::string_view key = {};
  std::span<const std::string_view> words = {};
};

// What is known of a key beyond its type.
struct Rule {
  std::string_view pattern = {};  // ECMA-262; of a string, or of each string of a list or map
  std::string_view names = {};    // the same, of the keys of a map
  std::span<const std::string_view> words = {};  // the strings that this release writes
  bool not_empty = false;                        // a string or a list
  bool later = false;     // not written by the first releases of the format: a reader does without
  When only_when = {};    // maybe(): there if and only if the condition holds
  When needed_when = {};  // maybe(): there if the condition holds, possibly otherwise too
};

// One row of a table.
struct Key {
  std::string_view name;
  std::string_view doc = {};  // empty: the name says it
  Rule rule = {};
};

inline constexpr Rule kNotEmpty{.not_empty = true};
inline constexpr Rule kLater{.later = true};
inline constexpr Rule kFamily{.pattern = "^[a-z]+(_[a-z]+)*$"};  // a setting family, a finding
inline constexpr Rule kDigest{.pattern = "^([0-9a-f]{16})?$"};   // empty: of no profile
// A time that the tool has kept as text (RFC 3339)
inline constexpr Rule kTime{.pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"};
// The kernel's format of CPU lists
inline constexpr Rule kCpuList{.pattern = "^([0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*)?$"};

// For describe(): this struct, and none derived from it, which would get the keys of its base
// alone.
template <typename T, typename Struct>
concept Exactly = std::same_as<T, Struct>;

// What a field can be, besides text, a time, a value or a struct.
template <typename T>
inline constexpr bool kIsList = false;
template <typename T>
inline constexpr bool kIsList<std::vector<T>> = true;
template <typename T>
inline constexpr bool kIsMap = false;
template <typename T>
inline constexpr bool kIsMap<std::map<std::string, T>> = true;
template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

template <typename T>
concept Enum = std::is_enum_v<T>;
template <typename T>
concept Number = std::integral<T> && !std::same_as<T, bool>;
template <typename T>
concept Real = std::same_as<T, double>;  // a rate or a share; NaN and infinity do not occur
template <typename T>
concept List = kIsList<T>;
template <typename T>
concept Map = kIsMap<T>;
template <typename T>
concept Optional = kIsOptional<T>;

}  // namespace tuner::document
