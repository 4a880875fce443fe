// The sections of the fleet's page. A section without content is empty.
#pragma once

#include "report/fleet.h"
#include "report/markup.h"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace tuner {

// The plots of a fleet: hosts by cause, where TLS runs, drift over time.
Markup plots_section(const Fleet& fleet);
// Drift over time alone. The page needs hatching() (report/svg.h) once.
Markup history_figure(const Fleet& fleet);
Markup matrix_section(const Fleet& fleet);
// Programs that suffer by the kernel's TLS.
Markup risks_section(const Fleet& fleet);
// Which services are offloaded, and on which hosts they are not.
Markup services_section(const Fleet& fleet);
Markup drifters_section(const Fleet& fleet);
Markup causes_section(const Fleet& fleet);
Markup offload_section(const Fleet& fleet);
Markup cannot_section(const Fleet& fleet);
Markup inventory_section(const Fleet& fleet);

// A table whose rows after the first 20 are folded.
Markup folded_table(std::initializer_list<std::string_view> heads, const std::vector<Markup>& rows);
// "web-1, web-2, web-3" and a foldout "and 40 more" with the other names.
Markup host_names(const std::vector<const FleetHost*>& hosts);

}  // namespace tuner
