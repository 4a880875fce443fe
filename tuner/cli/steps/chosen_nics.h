// The NICs of the options --nic and --wait-link.
#pragma once

#include "cli/request/verb.h"

#include <chrono>
#include <string>
#include <vector>

namespace tuner {

// Nic::key() of each named NIC; a bond or VLAN is replaced by its lower devices. Waits up to
// `wait` until each NIC exists, has a link, and its driver has requested its interrupts: some
// drivers do that after link up, and a NIC appears some time after its driver was loaded. A NIC
// that is not ready then is reported and used. Fault::Invalid: no such NIC, with the nearest name.
Result<std::vector<std::string>> chosen_nics(const Context& context,
                                             const std::vector<std::string>& names,
                                             std::chrono::seconds wait);

}  // namespace tuner
