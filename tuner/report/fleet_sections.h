// The parts of the fleet's page; each is empty when there is nothing to show.
#pragma once

#include "report/fleet.h"
#include "report/markup.h"

namespace tuner {

Markup matrix_section(const Fleet& fleet);
Markup drifters_section(const Fleet& fleet);
Markup causes_section(const Fleet& fleet);
Markup offload_section(const Fleet& fleet);
Markup cannot_section(const Fleet& fleet);
Markup inventory_section(const Fleet& fleet);

// "web-1, web-2 and 40 more" and all of them behind it.
Markup host_names(const std::vector<const FleetHost*>& hosts);

}  // namespace tuner
