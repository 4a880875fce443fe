// Latencies as a histogram with HdrHistogram's layout (hdrhistogram.org): 1,024 buckets for each
// doubling of the value. Each value is kept to 0.1 %, whatever its size, and histograms can be
// added. An own one: the tuner then needs no further library, and reads counts of another process
// with its own checks. Pure.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tuner {

// A point of the curve of percentiles: `count` values are at most `nanoseconds`, which is at least
// this share of them.
struct PercentilePoint {
  double share = 0;  // 0 to 1
  std::int64_t nanoseconds = 0;
  std::uint64_t count = 0;
};

class LatencyHistogram {
 public:
  static constexpr std::int64_t kMost = (std::int64_t{1} << 42) - 1;  // ns: 73 minutes

  // A value below 0 counts as 0, one above kMost as kMost.
  void record(std::int64_t nanoseconds, std::uint64_t times = 1);
  void add(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  // The smallest value that at least this share of all values, from 0 to 1, do not exceed; as the
  // largest value of its bucket. 0: empty.
  std::int64_t at(double share) const;
  // Whether at least one value is expected beyond this share. Otherwise at() is the maximum.
  bool has(double share) const;
  std::int64_t max() const { return at(1); }
  double mean() const;       // ns, by the middles of the buckets; 0: empty
  double deviation() const;  // standard deviation in ns, the same way

  // From the smallest to the largest value, with five points on each half of the way to 1, as
  // HdrHistogram iterates. Empty: no value.
  std::vector<PercentilePoint> curve() const;

  // For each bucket with values two numbers: how many empty ones are before it, and its count.
  std::vector<std::uint64_t> packed() const;
  // Invalid: not what packed() makes.
  static Result<LatencyHistogram> unpacked(std::span<const std::uint64_t> numbers);

  bool operator==(const LatencyHistogram&) const = default;

 private:
  bool reaches(std::uint64_t seen, double share) const;

  std::vector<std::uint64_t> counts_;  // by bucket, until the last one with a value
  std::uint64_t count_ = 0;
};

// The text of an .hgrm file, which HdrHistogram's plotter reads. Values are in microseconds.
std::string hgrm_text(const LatencyHistogram& histogram);

}  // namespace tuner
