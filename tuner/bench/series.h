// Workloads that are a series: the same rows at several points, such as sizes of a record; and what
// they count. Pure.
#pragma once

#include "bench/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct BenchSeries {
  std::string_view point = {};  // what BenchVariant::point is, in the plural; empty: no series
  std::vector<std::uint64_t> points = {};
  std::string_view operation = {};  // what BenchSample::operations counts; empty: nothing
};
const BenchSeries& series_of(BenchWorkload workload);

// What is sent, in words: "one call sends one record". Empty: the workload has sizes of its own to
// say.
std::string_view series_load(BenchWorkload workload);

// These rows at each point, point by point.
std::vector<BenchVariant> at_each_point(const std::vector<BenchVariant>& rows,
                                        const std::vector<std::uint64_t>& points);

// From which point on a way to use kernel TLS pays off.
struct Crossover {
  BenchVariant variant;                    // without a point
  std::vector<std::uint64_t> points;       // that have a verdict, ascending; not empty
  std::vector<std::uint64_t> pays_off_at;  // of these
  // It pays off at this point and at each larger one; nullopt: not at the largest.
  std::optional<std::uint64_t> from;
};
// Of each way that has a verdict. Empty: no series, or ratios mean nothing.
std::vector<Crossover> crossovers_of(const BenchResult& result);

// "ktls TLSv1.3 AES-128-GCM pays off from 4096 bytes a record on", "… does not pay off from 64 to
// 16384 bytes a record"
std::string crossover_words(const Crossover& crossover, const BenchSeries& series);

}  // namespace tuner
