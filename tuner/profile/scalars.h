// Scalars of a profile: strict where YAML is generous. What one reader takes for a number and the
// next for text is refused, with the spelling that all read alike.
#pragma once

#include "model/value.h"
#include "profile/yaml_tree.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>

namespace tuner {

struct ScalarFault {
  Code code;
  std::string message;
  std::string hint;
};
template <typename T>
using Scalar = tl::expected<T, ScalarFault>;

// All of these expect a node of Kind::Scalar.

// Decimal, 64 bits, no quotes, no leading zeros or '+'.
Scalar<std::int64_t> read_integer(const YamlNode& node);

// true or false, without quotes.
Scalar<bool> read_boolean(const YamlNode& node);

// Text for people: what is not a number or a boolean as a whole. Line ends become blanks; other
// control characters are refused, because the text is shown on terminals.
Scalar<std::string> read_text(const YamlNode& node);

// Text for the kernel, without control characters, that no YAML reader takes for a number or a
// boolean.
Scalar<std::string> read_word(const YamlNode& node);

// An integer if it looks like one, else a word.
Scalar<Value> read_integer_or_word(const YamlNode& node);

}  // namespace tuner
