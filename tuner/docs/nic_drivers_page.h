// The page docs/nic-drivers.md, from the tables of model/nic_drivers.h.
#pragma once

#include <string>

namespace tuner {

std::string nic_drivers_page();

}  // namespace tuner
