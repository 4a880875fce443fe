// --nic and --wait-link.
#pragma once

#include "cli/verb.h"

#include <string>
#include <vector>

namespace tuner {

// Nic::key() of each --nic; a bond or VLAN stands for its lower devices. Waits, as long as
// --wait-link says, until each is there, has a link, and its driver has requested its interrupts:
// at link up some drivers are not done yet, and after a driver was loaded nothing is there yet.
// What is late is said and not waited for. Fault::Invalid: no such NIC, with the nearest name.
Result<std::vector<std::string>> chosen_nics(const Context& context);

}  // namespace tuner
