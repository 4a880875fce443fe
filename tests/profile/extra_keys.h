// A format of the tests' own: a row of each kind that later releases may add.
#pragma once

#include "profile/fields.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

struct Extra {
  bool fast = false;
  bool loud = false;
  std::vector<std::string> words;
  std::optional<Setting> speed;
  std::vector<NamedSetting> levels;
};

namespace reading {

template <>
struct Fields<Extra> {
  using Owner = Extra;
  static constexpr std::array rows = {
      boolean_row<&Extra::fast>(
          {.name = "fast", .doc = "whether it is fast", .in_digest = InDigest::IfSet}),
      boolean_row<&Extra::loud>({.name = "loud", .doc = "a note", .in_digest = InDigest::Never}),
      texts_row<&Extra::words>(
          {.name = "words", .doc = "words for it", .in_digest = InDigest::IfSet}),
      setting_row<&Extra::speed>({.name = "speed",
                                  .doc = "how fast it is",
                                  .type = Type::Integer,
                                  .least = 1,
                                  .most = 9,
                                  .in_digest = InDigest::IfSet}),
      named_row<&Extra::levels>({.name = "low", .doc = "the low level", .type = Type::Boolean}),
  };
};

}  // namespace reading

namespace test {

// The content of a profile with one section, which is a list with this entry.
inline reading::Contents contents_of(const Extra& extra, const Origin& origin) {
  static constexpr reading::Key kSection{.name = "extra", .shape = reading::Shape::Objects};
  const reading::Content entry{
      .key = &kSection, .origin = &origin, .children = reading::contents_of_rows<Extra>(extra)};
  return {{.key = &kSection, .name = "extra", .children = {entry}}};
}

inline Setting setting(Value value) {
  return {.goal = {.op = Goal::Op::Exactly, .value = std::move(value)}};
}

}  // namespace test
}  // namespace tuner
