// What `facts` tells of TLS offload: each interface and direction, how its feature stands, and what
// keeps connections from the NIC.
#pragma once

#include "model/facts.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace tuner {

// A table of the interfaces that traffic may be meant to be offloaded on: NICs, bonds, VLANs.
// Empty: there is none.
std::string offload_text(const Facts& facts, bool color);

// {"tx": {supported, requested, active, fixed, because: [{code, nic, text, next}]}, "rx": …}
nlohmann::ordered_json offload_json(const Nic& nic, const Facts& facts);

}  // namespace tuner
