// Finds the NIC of a recorded subject from its key alone: "xps:pci:0000:81:00.0/tx-3". Other
// recorded fields are not trusted.
#pragma once

#include "model/facts.h"

#include <string_view>
#include <vector>

namespace tuner {

// The present NICs whose key is the text between `family` ("xps:") and the last slash.
inline std::vector<const Nic*> nics_in_key(std::string_view key, std::string_view family,
                                           const Facts& facts) {
  const std::size_t slash = key.rfind('/');
  if (!key.starts_with(family) || slash == std::string_view::npos || slash < family.size())
    return {};
  return facts.nics.with_key(key.substr(family.size(), slash - family.size()));
}

}  // namespace tuner
