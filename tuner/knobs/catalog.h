// All families, in the order in which apply sets them.
#pragma once

#include "knobs/knob.h"

#include <span>
#include <string_view>

namespace tuner {

std::span<const Knob> catalog();

// nullptr if no family has this name.
const Knob* find_knob(std::string_view name);

}  // namespace tuner
