#include "bench/progress.h"

#include "base/duration.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tuner {
namespace {

using std::chrono::seconds;

// The last measurement: its round and row.
struct Last {
  int round = 0;
  std::size_t row = 0;
};

std::optional<Last> last_of(const BenchReport& report) {
  if (!report.samples.empty())
    return Last{report.samples.back().round, report.samples.back().variant};
  if (!report.latency.empty())
    return Last{report.latency.back().round, report.latency.back().variant};
  return std::nullopt;
}

// Of the rows that are measured at all.
std::size_t rows_of(const BenchReport& report) {
  const std::size_t refused = report.refusals.size();
  const std::size_t all = report.start.variants.size();
  return all > refused ? all - refused : 0;
}

seconds time_left(const BenchReport& report, seconds elapsed, seconds total) {
  seconds left = std::max(total - elapsed, seconds(0));
  const std::size_t done = report.samples.size();
  const std::size_t rows = rows_of(report);
  // Until each row has had its turn the plan may be too short: a first measurement is made however
  // long it takes.
  if (done == 0 || done >= rows) return left;
  const auto rest = static_cast<std::int64_t>(rows - done);
  return std::max(left, elapsed * rest / static_cast<std::int64_t>(done));
}

}  // namespace

std::string progress_words(const BenchReport& report, seconds elapsed, seconds total) {
  const seconds left = time_left(report, elapsed, total);
  const std::string time =
      left.count() > 0 ? duration_text(left) + " left" : std::string("the last measurement");
  const auto last = last_of(report);
  if (!last) return fmt::format("bench: {}", time);
  return fmt::format("bench: round {} of {}, {} is done, {}", last->round + 1, report.start.rounds,
                     variant_name(report.start.variants[last->row]), time);
}

}  // namespace tuner
