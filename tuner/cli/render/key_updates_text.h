// The KeyUpdate cases of a probe as text for a terminal.
#pragma once

#include "cli/request/verb.h"
#include "probe/verdict.h"

#include <string>

namespace tuner {

// A table of the cases and the verdict. Empty: the cases were not asked for.
std::string key_updates_text(const JudgedReport& judged, const Context& context);

}  // namespace tuner
