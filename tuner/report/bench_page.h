// The part of a page that shows a benchmark, or the comparison of two.
#pragma once

#include "report/bench_view.h"
#include "report/document.h"
#include "report/markup.h"

#include <string_view>
#include <vector>

namespace tuner {

// `document` has a benchmark. The page needs hatching() (report/svg.h) once.
Markup bench_section(const SavedDocument& document);

// Parts that the comparison of two benchmarks has, too.
std::string_view strip_class(std::string_view verdict);  // of the box with the verdict
Markup facts_table(const std::vector<BenchFact>& facts);

}  // namespace tuner
