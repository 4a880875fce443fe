// A saved benchmark, and the comparison of two, as text for the terminal.
#pragma once

#include "cli/output/display.h"
#include "report/document.h"

#include <string>

namespace tuner {

// `document` has a benchmark.
std::string saved_bench_text(const SavedDocument& document, const Display& display);
std::string comparison_text(const document::BenchComparison& comparison, const Display& display);

}  // namespace tuner
