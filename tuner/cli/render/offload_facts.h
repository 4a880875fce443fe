// TLS offload in the result of `facts`: for each interface and direction the state of the feature,
// and why connections are not offloaded.
#pragma once

#include "cli/output/display.h"
#include "model/facts.h"

#include <string>

namespace tuner {

// A table of the interfaces that can offload or are built on such interfaces: physical NICs, bonds,
// VLANs, and others with the feature. Empty: there are none.
std::string offload_text(const Facts& facts, const Display& display);

}  // namespace tuner
