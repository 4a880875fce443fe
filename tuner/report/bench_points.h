// The part of a benchmark's page that is of a series: the same ways to send at several points, such
// as sizes of a record.
#pragma once

#include "document/bench.h"
#include "report/markup.h"

namespace tuner {

// From which point on kernel TLS pays off, in words, or why that is not known. Empty: no series.
Markup crossing_words(const document::Bench& bench);

// A plot of each measure, and how kernel TLS compares with user space, by point. Empty: no series,
// or nothing was measured.
Markup point_plots(const document::Bench& bench);

// What open connections hold, and how evenly they are served. Empty: the workload does not tell it.
Markup connections_table(const document::Bench& bench);

}  // namespace tuner
