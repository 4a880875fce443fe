// What surrounds kernel TLS and only system calls tell (LiveSurroundings in
// model/programs/surroundings.h).
#pragma once

#include "model/programs/surroundings.h"

namespace tuner {

// Adds it to `found`, which collect_surroundings() made on this machine, not on a recorded one. The
// kernel's log is read only if the kernel warned of something.
void add_live_surroundings(Surroundings& found);

}  // namespace tuner
