#include "bench/row_parts.h"

#include <algorithm>

namespace tuner {
namespace {

PathFinding common_path(const std::optional<PathFinding>& before, const PathFinding& next) {
  // The first doubt stays: no later round can make up for it.
  if (!before || before->path() == next.path() || !before->doubt().empty())
    return before.value_or(next);
  if (!next.doubt().empty()) return next;
  return PathFinding::unknown("the rounds took different paths");
}

}  // namespace

std::optional<PairedRatio> ratio_of(const ByRound& of, const ByRound& to) {
  // A round measures all rows one after the other, so its two values have the same clock and load.
  std::vector<double> values, bases;
  for (const auto& [round, value] : of) {
    const auto base = to.find(round);
    if (base == to.end()) continue;
    values.push_back(value);
    bases.push_back(base->second);
  }
  return paired_ratio(values, bases);
}

std::optional<std::size_t> place_of(const BenchStart& start, const BenchVariant& variant) {
  const auto found = std::ranges::find(start.variants, variant);
  if (found == start.variants.end()) return std::nullopt;
  return static_cast<std::size_t>(found - start.variants.begin());
}

std::optional<std::size_t> user_space_of(const BenchStart& start, const BenchVariant& variant) {
  const auto base = user_space_of(variant);
  return base ? place_of(start, *base) : std::nullopt;
}

void add_evidence(BenchRow& row, const BenchEvidence& evidence) {
  for (const auto& [name, moved] : evidence.counters) row.counters[name] += moved;
  for (const auto& [name, moved] : evidence.nic_counters) row.nic_counters[name] += moved;
  row.ulp = evidence.ulp;
  if (!evidence.because.empty()) row.because = evidence.because;
  if (is_tls(row.variant.mode)) row.path = common_path(row.path, evidence.path);
}

}  // namespace tuner
