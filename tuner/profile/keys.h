// A key of the profile format, as data. The reader, the JSON Schema, the reference, `profile show`
// and the digest use it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tuner::reading {

enum class Shape {
  Text,
  Word,            // one of `words`
  Words,           // one of `words`, or a list of them
  Names,           // a list of profile names
  Texts,           // one text, or a list
  Integers,        // one integer, or a list
  WordOrIntegers,  // one of `words`, or integers
  WordList,        // a list of `words`, which may be empty
  Boolean,         // true or false
  Setting,         // a value, or { value | at_least | at_most, need, why }
  NamedSettings,   // name: setting
  Object,          // a mapping with the keys `children`
  NamedObjects,    // name: mapping
  Objects,         // a list of mappings
};

// The type of a setting's value.
enum class Type { None, Boolean, Word, Sysctl, Integer };

// Whether the digest counts a key. A key that a later release adds is IfSet, so that a profile
// without it has the digest of earlier releases.
enum class InDigest { Always, IfSet, Never };

struct Key;
using Keys = std::vector<const Key*>;

struct Key {
  std::string_view name;
  std::string_view doc;  // one clause, for the reference and for editors
  Shape shape = Shape::Text;
  Type type = Type::None;
  bool required = false;
  bool removable = false;  // null removes an inherited setting
  bool named = false;      // one of several settings of a mapping, like an entry of NamedSettings
  bool open = false;       // a word that is not in `words` causes a warning, not an error
  std::span<const std::string_view> words = {};
  std::string_view pattern = {};  // regular expression for names, for the schema
  std::int64_t least = 0;         // range of Type::Integer; `words` are valid too
  std::int64_t most = 0;
  Keys (*children)() = nullptr;
  std::string_view example = {};  // the value in the example file
  InDigest in_digest = InDigest::Always;
  std::string_view digest_name = {};  // of a list in the digest; empty: `name`
};

}  // namespace tuner::reading
