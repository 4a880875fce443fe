// A benchmark, and the comparison of two, in Markdown.
#pragma once

#include "report/document.h"

#include <string>

namespace tuner {

// `document` has a benchmark.
std::string bench_markdown(const SavedDocument& document);
std::string comparison_markdown(const document::BenchComparison& comparison);

}  // namespace tuner
