#include "bench/series.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

BenchVariant without_point(BenchVariant variant) {
  variant.point.reset();
  return variant;
}

bool has_verdict(const BenchRow& row) {
  return row.variant.point && row.verdict && *row.verdict != KtlsVerdict::NotMeasured &&
         *row.verdict != KtlsVerdict::NotComparable;
}

// Rows come point by point, from the smallest.
void add_point(Crossover& crossover, const BenchRow& row) {
  const std::uint64_t point = row.variant.point.value();
  crossover.points.push_back(point);
  // "From here on" needs all larger points, too: one that does not pay off begins the search anew.
  if (row.verdict != KtlsVerdict::PaysOff) {
    crossover.from.reset();
    return;
  }
  crossover.pays_off_at.push_back(point);
  if (!crossover.from) crossover.from = point;
}

}  // namespace

const BenchSeries& series_of(BenchWorkload workload) {
  static const BenchSeries none{};
  static const BenchSeries records{
      .point = "bytes a record", .points = {64, 256, 1024, 4096, 16384}, .operation = "record"};
  static const BenchSeries files{
      .point = "bytes a file",
      .points = {4U << 10U, 16U << 10U, 64U << 10U, 256U << 10U, 1U << 20U},
      .operation = "file"};
  static const BenchSeries connections{.point = "connections", .points = {10, 100, 1000, 10'000}};
  static const BenchSeries handshakes{.operation = "connection"};
  static const BenchSeries slow{.point = "slow readers", .points = {0, 8, 16}};
  switch (workload) {
    case BenchWorkload::SmallRecords: return records;
    case BenchWorkload::Files: return files;
    case BenchWorkload::Connections: return connections;
    case BenchWorkload::Handshakes: return handshakes;
    case BenchWorkload::SlowReaders: return slow;
    case BenchWorkload::Bulk:
    case BenchWorkload::Latency:
    case BenchWorkload::Messages:
    case BenchWorkload::Loss: break;
  }
  return none;
}

std::string_view series_load(BenchWorkload workload) {
  switch (workload) {
    case BenchWorkload::SmallRecords: return "one call sends one record";
    case BenchWorkload::Files: return "one call sends a file, which user space reads first";
    case BenchWorkload::Connections: return "16 KiB on each connection in turn";
    case BenchWorkload::Handshakes: return "new connections, each with a handshake and 64 bytes";
    case BenchWorkload::SlowReaders: return "32 connections of which some pause for 50 ms";
    case BenchWorkload::Loss: return "16 connections, 1 % of the packets is lost";
    case BenchWorkload::Bulk:
    case BenchWorkload::Latency:
    case BenchWorkload::Messages: break;
  }
  return {};
}

std::vector<BenchVariant> at_each_point(const std::vector<BenchVariant>& rows,
                                        const std::vector<std::uint64_t>& points) {
  std::vector<BenchVariant> all;
  // The rows of one point are compared with each other, and so are measured next to each other.
  for (const std::uint64_t point : points) {
    for (BenchVariant row : rows) {
      row.point = point;
      all.push_back(row);
    }
  }
  return all;
}

std::vector<Crossover> crossovers_of(const BenchResult& result) {
  std::vector<Crossover> all;
  for (const BenchRow& row : result.rows) {
    if (!has_verdict(row)) continue;
    const BenchVariant variant = without_point(row.variant);
    auto own = std::ranges::find(all, variant, &Crossover::variant);
    if (own == all.end())
      own = all.insert(own, {.variant = variant, .points = {}, .pays_off_at = {}, .from = {}});
    add_point(*own, row);
  }
  return all;
}

std::string crossover_words(const Crossover& crossover, const BenchSeries& series) {
  const std::string name = variant_name(crossover.variant);
  const std::uint64_t smallest = crossover.points.front();
  const std::uint64_t largest = crossover.points.back();
  if (crossover.from == smallest)
    return fmt::format("{} pays off from {} {} on, the smallest measured", name, smallest,
                       series.point);
  if (crossover.from)
    return fmt::format("{} pays off from {} {} on", name, *crossover.from, series.point);
  if (crossover.pays_off_at.empty())
    return fmt::format("{} does not pay off from {} to {} {}", name, smallest, largest,
                       series.point);
  return fmt::format("{} pays off at {} {}, but not at {}", name,
                     fmt::join(crossover.pays_off_at, ", "), series.point, largest);
}

}  // namespace tuner
