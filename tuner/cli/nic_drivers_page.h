// docs/nic-drivers.md, from the table of NIC drivers.
#pragma once

#include <string>

namespace tuner {

std::string nic_drivers_page();

}  // namespace tuner
