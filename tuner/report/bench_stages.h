// The part of a benchmark's page that shows where the time of a received message goes.
#pragma once

#include "document/bench.h"
#include "report/markup.h"

namespace tuner {

// For each row a bar for each stage, and then the sums that all rows share. A stage that is not
// visible has its reason instead of a bar. Empty: another workload, or no row was measured.
Markup stage_plots(const document::Bench& bench);

}  // namespace tuner
