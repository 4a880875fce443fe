// The part of a page that compares two benchmarks.
#pragma once

#include "document/bench_comparison.h"
#include "report/markup.h"

namespace tuner {

Markup comparison_section(const document::BenchComparison& comparison);

}  // namespace tuner
