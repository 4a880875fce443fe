// The plots of a benchmark.
#pragma once

#include "document/bench.h"
#include "report/markup.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Bars with intervals of each measure, and how the rows of the kernel compare with user space.
// Empty: nothing was measured.
Markup bench_plots(const document::Bench& bench);

// The class that gives a row its colour: where its records were encrypted.
std::string_view class_of_row(const document::BenchRow& row);
// That of a ratio to user space: better, worse, or no significant difference.
std::string_view class_of_ratio(const document::BenchRatio& ratio, bool more_is_better);

// A row of a plot of ratios. The class gives the mark its colour.
struct RatioMark {
  std::string mode, name;  // "ktls", "ktls TLSv1.3 AES-128-GCM"
  document::BenchRatio ratio;
  std::string_view of_class;
};
// Marks with their intervals around 1, which is called `one`: "as user space". Empty: no marks.
Markup ratio_figure(std::string_view title, std::string_view legend, std::string_view one,
                    const std::vector<RatioMark>& marks);

}  // namespace tuner
