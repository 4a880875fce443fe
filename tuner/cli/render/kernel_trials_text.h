// The trials of the kernel's TLS for people.
#pragma once

#include "cli/request/verb.h"
#include "probe/verdict.h"

#include <string>

namespace tuner {

// A row for each trial and result, with the versions and ciphers that had it. Empty: not asked for.
std::string kernel_trials_text(const JudgedReport& judged, const Context& context);

}  // namespace tuner
