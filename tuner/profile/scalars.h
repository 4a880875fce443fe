// Strict parsers of scalars. A spelling that YAML readers interpret differently (number or text) is
// rejected, with a hint at the spelling that all read alike.
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

// Decimal, 64 bits, without quotes, leading zeros and '+'.
Scalar<std::int64_t> read_integer(const YamlNode& node);

// true or false, without quotes.
Scalar<bool> read_boolean(const YamlNode& node);

// Text for people that is not a plain number or boolean. Line ends become blanks. Other control
// characters are rejected, because the text is shown on terminals.
Scalar<std::string> read_text(const YamlNode& node);

// Text for the kernel, without control characters, that no YAML reader interprets as a number or a
// boolean.
Scalar<std::string> read_word(const YamlNode& node);

// An integer if the text looks like one, else a word.
Scalar<Value> read_integer_or_word(const YamlNode& node);

}  // namespace tuner
