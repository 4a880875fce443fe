#include "bench/histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tuner {
namespace {

// Values of one power of two fall into kHalf buckets. The first 2 * kHalf values have a bucket
// each.
constexpr std::size_t kHalf = 1024;
constexpr int kHalfBits = 10;
constexpr std::size_t kSubBuckets = 2 * kHalf;
constexpr int kTicksPerHalf = 5;  // the plotter's usual number

int shift_of(std::size_t bucket) {
  return bucket < kSubBuckets ? 0 : static_cast<int>(bucket / kHalf) - 1;
}

// The lowest bit that counts is the eleventh, so that all values below kSubBuckets have a shift of
// 0. A bucket with shift s is 2^s wide and begins at 1024 * 2^s or above: it is never wider than
// 0.1 %.
constexpr std::size_t bucket_of(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  const int shift = static_cast<int>(std::bit_width(bits | (kSubBuckets - 1))) - kHalfBits - 1;
  return static_cast<std::size_t>(shift) * kHalf + static_cast<std::size_t>(bits >> shift);
}

constexpr std::size_t kBuckets = bucket_of(LatencyHistogram::kMost) + 1;

// The inverse of bucket_of().
std::int64_t lowest_in(std::size_t bucket) {
  const int shift = shift_of(bucket);
  return static_cast<std::int64_t>(bucket - static_cast<std::size_t>(shift) * kHalf) << shift;
}

std::int64_t highest_in(std::size_t bucket) {
  return lowest_in(bucket) + (std::int64_t{1} << shift_of(bucket)) - 1;
}

double middle_of(std::size_t bucket) {
  return static_cast<double>(lowest_in(bucket) + ((std::int64_t{1} << shift_of(bucket)) >> 1));
}

tl::unexpected<Error> malformed(std::string_view what) {
  return fail(Fault::Invalid, fmt::format("a histogram is malformed: {}", what));
}

}  // namespace

void LatencyHistogram::record(std::int64_t nanoseconds, std::uint64_t times) {
  if (times == 0) return;
  const std::size_t bucket = bucket_of(std::clamp<std::int64_t>(nanoseconds, 0, kMost));
  if (counts_.size() <= bucket) counts_.resize(bucket + 1);
  counts_[bucket] += times;
  count_ += times;
}

void LatencyHistogram::add(const LatencyHistogram& other) {
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
}

std::int64_t LatencyHistogram::at(double share) const {
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    if (seen > 0 && reaches(seen, share)) return highest_in(bucket);
  }
  return counts_.empty() ? 0 : highest_in(counts_.size() - 1);
}

// A product such as 0.9 * 10 may be a little more than it should be.
bool LatencyHistogram::reaches(std::uint64_t seen, double share) const {
  return static_cast<double>(seen) * (1 + 1e-12) >= share * static_cast<double>(count_);
}

bool LatencyHistogram::has(double share) const {
  return static_cast<double>(count_) * (1 - share) * (1 + 1e-12) >= 1;
}

double LatencyHistogram::mean() const {
  if (count_ == 0) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    sum += static_cast<double>(counts_[i]) * middle_of(i);
  return sum / static_cast<double>(count_);
}

double LatencyHistogram::deviation() const {
  if (count_ == 0) return 0;
  const double average = mean();
  double sum = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const double off = middle_of(i) - average;
    sum += static_cast<double>(counts_[i]) * off * off;
  }
  return std::sqrt(sum / static_cast<double>(count_));
}

// The next share to reach is a fifth of a half of what is left: 0, 0.1, … 0.5, 0.55, … 0.75, 0.775.
// HdrHistogram finds the halves by a logarithm, for which the tuner would load libm.
std::vector<PercentilePoint> LatencyHistogram::curve() const {
  std::vector<PercentilePoint> points;
  double half = 0.5;  // the part of the way to 1 that five steps cover
  double from = 0;
  int tick = 0;
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    while (counts_[bucket] > 0) {
      const double share = from + half * tick / kTicksPerHalf;
      if (!reaches(seen, share)) break;
      points.push_back({.share = share, .nanoseconds = highest_in(bucket), .count = seen});
      if (seen == count_) break;
      if (++tick < kTicksPerHalf) continue;
      tick = 0;
      from += half;
      half /= 2;
    }
  }
  if (count_ > 0) points.push_back({.share = 1, .nanoseconds = max(), .count = count_});
  return points;
}

std::vector<std::uint64_t> LatencyHistogram::packed() const {
  std::vector<std::uint64_t> numbers;
  std::size_t next = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    if (counts_[bucket] == 0) continue;
    numbers.push_back(bucket - next);
    numbers.push_back(counts_[bucket]);
    next = bucket + 1;
  }
  return numbers;
}

Result<LatencyHistogram> LatencyHistogram::unpacked(std::span<const std::uint64_t> numbers) {
  if (numbers.size() % 2 != 0) return malformed("a bucket has no count");
  LatencyHistogram histogram;
  std::size_t next = 0;
  for (std::size_t i = 0; i < numbers.size(); i += 2) {
    // Before anything is recorded, which would reserve memory for all buckets below this one.
    if (numbers[i] >= kBuckets - next) return malformed("a bucket that there is not");
    if (numbers[i + 1] == 0) return malformed("a bucket without values");
    // The sum over all buckets then fits into 64 bits.
    if (numbers[i + 1] > std::numeric_limits<std::uint32_t>::max())
      return malformed("more values than can be");
    const std::size_t bucket = next + static_cast<std::size_t>(numbers[i]);
    histogram.record(lowest_in(bucket), numbers[i + 1]);
    next = bucket + 1;
  }
  return histogram;
}

std::string hgrm_text(const LatencyHistogram& histogram) {
  const auto us = [](double nanoseconds) { return nanoseconds / 1000; };
  std::string text = fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                 "TotalCount", "1/(1-Percentile)");
  // The last row has no fourth column: it would be infinite.
  for (const PercentilePoint& point : histogram.curve()) {
    text += fmt::format("{:12.3f} {:2.12f} {:10}", us(static_cast<double>(point.nanoseconds)),
                        point.share, point.count);
    if (point.share < 1) text += fmt::format(" {:14.2f}", 1 / (1 - point.share));
    text += '\n';
  }
  text += fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n", us(histogram.mean()),
                      us(histogram.deviation()));
  text += fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n",
                      us(static_cast<double>(histogram.max())), histogram.count());
  text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n", kBuckets / kHalf - 1,
                      kSubBuckets);
  return text;
}

}  // namespace tuner
