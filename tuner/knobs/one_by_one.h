// For families whose subjects stand each for itself: the write of a Knob from the write of one, and
// where a recorded one is today.
#pragma once

#include "knobs/knob.h"

#include <optional>
#include <span>
#include <vector>

namespace tuner {

template <Outcome (*write_one)(Host&, const Change&)>
std::vector<Outcome> one_by_one(Host& host, std::span<const Change> changes) {
  std::vector<Outcome> outcomes;
  for (const Change& change : changes) outcomes.push_back(write_one(host, change));
  return outcomes;
}

// The locate of families whose subjects are where they were: a path, a name.
inline std::optional<Subject> where_recorded(const Subject& recorded, const Facts& /*facts*/) {
  return recorded;
}

}  // namespace tuner
