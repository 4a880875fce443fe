// Collects what surrounds kernel TLS (model/programs/surroundings.h).
#pragma once

#include "host/host.h"
#include "model/facts.h"
#include "model/programs/surroundings.h"

namespace tuner {

// Reads some 20 small files, and the short names of all processes. Of `nics`, the PCI functions are
// looked at.
Surroundings collect_surroundings(const Host& host, const NicList& nics);

}  // namespace tuner
