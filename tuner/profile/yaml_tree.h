// The tree of a YAML text: positions in code points, whether scalars are quoted, and only the parts
// of YAML that a profile may use. profile/yaml_reader.cc makes it and is the only file that
// includes yaml-cpp.
#pragma once

#include "profile/diagnostic_codes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct YamlPosition {
  int line = 0;    // 1-based
  int column = 0;  // 1-based, code points
};

struct YamlEntry;

struct YamlNode {
  enum class Kind { Null, Empty, Scalar, Sequence, Mapping };  // Empty: a key without a value
  Kind kind = Kind::Empty;
  YamlPosition place;
  std::string text;   // the text of a scalar
  bool plain = true;  // a scalar without quotes, not a block
  std::vector<YamlNode> items;
  std::vector<YamlEntry> entries;  // keys are text; duplicates were reported
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

struct YamlProblem {
  Code code;
  YamlPosition place;
  std::string message;
  std::string hint;
};

struct YamlText {
  std::optional<YamlNode> root;  // nullopt: see `problems`
  std::vector<YamlProblem> problems;
};

// Rejects, with the position: invalid UTF-8, control characters, tab indents, more than
// kYamlDepthLimit levels, directives, anchors, aliases, tags, merge keys, second documents,
// duplicate keys, and keys that are not text. After a syntax error there is no tree. After other
// problems there may be one, so that later problems are found too. An empty text has an Empty root.
YamlText read_yaml(std::string_view text);

inline constexpr std::size_t kYamlDepthLimit = 32;

// Checks the characters before the parser runs (yaml_text_checks.cc).
std::vector<YamlProblem> check_yaml_text(std::string_view text);

}  // namespace tuner
