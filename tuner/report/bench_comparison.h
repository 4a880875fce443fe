// Compares two benchmarks: before and after a change of settings, kernel or library. Pure.
#pragma once

#include "document/bench_comparison.h"
#include "report/document.h"

#include <string>

namespace tuner {

// Both documents have a benchmark. Invalid: their workloads differ, so nothing of them can be
// compared; the text says in what.
Result<document::BenchComparison> compare_benches(const SavedDocument& before,
                                                  const SavedDocument& after);

// "ktls TLSv1.3 AES-128-GCM at 64", with the point of a series; and without it.
std::string row_name(const document::RowChange& row);
std::string way_name(const document::RowChange& row);

// What a comparison of two runs means, in words for each output.
inline constexpr std::string_view kUnpaired =
    "The two runs are not paired: whatever else changed on the machine between them is in the "
    "difference, too. An interval covers the rounds within the runs, not that.";

}  // namespace tuner
