// For families whose subjects are written one at a time: the write of a Knob from the write of one.
#pragma once

#include "knobs/knob.h"

#include <span>
#include <vector>

namespace tuner {

template <Outcome (*write_one)(Host&, const Change&)>
std::vector<Outcome> one_by_one(Host& host, std::span<const Change> changes) {
  std::vector<Outcome> outcomes;
  for (const Change& change : changes) outcomes.push_back(write_one(host, change));
  return outcomes;
}

}  // namespace tuner
