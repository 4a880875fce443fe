// For families whose subjects are independent of each other: makes Knob::write from a function that
// writes one change, and Knob::locate from a function that reads a key.
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

// Knob::locate for families whose key alone identifies a subject: `of_key` makes the subject from
// the rest of the key after `prefix`, or returns nullopt. The recorded place, name and group are
// not trusted.
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
