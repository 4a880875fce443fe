// Values as the text of a profile. profile/setting.cc reads them.
#pragma once

#include "model/value.h"

#include <string>
#include <string_view>

namespace tuner {

// In double quotes. The text has no hidden characters (is_hidden()).
std::string yaml_quoted(std::string_view text);

// A key: quoted only if another reader could take it for something else.
std::string yaml_key(std::string_view name);

// The goal without its braces: `value: 5`, `at_least: [1, 2]`, `value: "word"`.
std::string yaml_of(const Goal& goal);

}  // namespace tuner
