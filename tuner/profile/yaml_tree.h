// A YAML text as a tree of our own: places in code points, quoted or not, and nothing of YAML that
// a profile may not have. profile/yaml_reader.cc makes it and is the only file that includes
// yaml-cpp.
#pragma once

#include "profile/diagnostic_codes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct YamlPlace {
  int line = 0;    // 1-based
  int column = 0;  // 1-based, code points
};

struct YamlEntry;

struct YamlNode {
  enum class Kind { Null, Empty, Scalar, Sequence, Mapping };  // Empty: nothing behind the key
  Kind kind = Kind::Empty;
  YamlPlace place;
  std::string text;   // of a scalar
  bool plain = true;  // a scalar without quotes, not a block
  std::vector<YamlNode> items;
  std::vector<YamlEntry> entries;  // keys are plain text and differ
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

struct YamlProblem {
  Code code;
  YamlPlace place;
  std::string message;
  std::string hint;
};

struct YamlText {
  std::optional<YamlNode> root;  // nothing: a problem says why
  std::vector<YamlProblem> problems;
};

// Refuses, with the place: what is not clean UTF-8 text, tab indents, more than kYamlDepthLimit
// levels, directives, anchors, aliases, tags, merge keys, second documents, duplicate keys, and
// keys that are not text. After a syntax error there is no tree; after the others there may be one,
// so that what is wrong further on is found too. An empty text has an Empty root.
YamlText read_yaml(std::string_view text);

inline constexpr std::size_t kYamlDepthLimit = 32;

// What can be told from the characters alone, before any parser sees them (yaml_text_checks.cc).
std::vector<YamlProblem> check_yaml_text(std::string_view text);

}  // namespace tuner
