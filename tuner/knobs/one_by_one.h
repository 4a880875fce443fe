// For families whose subjects stand each for itself: the write of a Knob from the write of one, and
// where a recorded one is today.
#pragma once

#include "knobs/knob.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tuner {

template <Outcome (*write_one)(Host&, const Change&)>
std::vector<Outcome> one_by_one(Host& host, std::span<const Change> changes) {
  std::vector<Outcome> outcomes;
  for (const Change& change : changes) outcomes.push_back(write_one(host, change));
  return outcomes;
}

// The locate of families whose key alone says where a subject is: `of_key` makes the subject of
// what follows `prefix` in the key, or nothing. What a file says of its place, name or group is not
// believed.
template <std::optional<Subject> (*of_key)(std::string_view rest), const char* prefix>
std::optional<Subject> located_by_key(const Subject& recorded, const Facts& /*facts*/) {
  const std::string_view key = recorded.key;
  const std::string_view start = prefix;
  if (!key.starts_with(start)) return std::nullopt;
  auto subject = of_key(key.substr(start.size()));
  if (!subject || subject->key != key) return std::nullopt;
  return subject;
}

}  // namespace tuner
