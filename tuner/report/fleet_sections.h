// The sections of the fleet's page. A section without content is empty.
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

// "web-1, web-2, web-3" and a foldout "and 40 more" with the other names.
Markup host_names(const std::vector<const FleetHost*>& hosts);

}  // namespace tuner
