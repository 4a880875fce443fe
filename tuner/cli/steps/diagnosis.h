// What diagnose looks at on a host: it calls the other parts of this program, and reads nothing
// itself.
#pragma once

#include "cli/request/verb.h"
#include "model/findings/input.h"

namespace tuner {

// Facts, programs, sockets, the plan of the profile in use and the last probe. Writes nothing.
DiagnosisInput look_at_host(const Context& context);

}  // namespace tuner
