// Every family, in the order in which apply works.
#pragma once

#include "knobs/knob.h"

#include <span>
#include <string_view>

namespace tuner {

std::span<const Knob> catalog();

// nullptr: no family of that name.
const Knob* find_knob(std::string_view name);

}  // namespace tuner
