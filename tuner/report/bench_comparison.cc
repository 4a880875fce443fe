#include "report/bench_comparison.h"

#include "base/text.h"
#include "report/bench_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using document::BenchChange;
using Row = document::BenchRow;

// Two runs with other bytes or other calls measure two things. The planned time of a measurement
// may differ: a median has no length.
Outcome check_workloads(const document::BenchWorkload& before,
                        const document::BenchWorkload& after) {
  const auto refuse = [](std::string_view what, const auto& one, const auto& other) {
    return fail(Fault::Invalid,
                fmt::format("the runs have different workloads: {} {} and {}", what, one, other),
                "compare runs of one workload: nothing of two can be compared");
  };
  if (before.name != after.name) return refuse("workload", before.name, after.name);
  if (before.point != after.point)
    return refuse("points", before.point.value_or("none"), after.point.value_or("none"));
  if (before.operation != after.operation)
    return refuse("operation", before.operation.value_or("none"), after.operation.value_or("none"));
  const auto number = [](const auto& optional) { return optional.value_or(0); };
  if (before.content_bytes != after.content_bytes)
    return refuse("content_bytes", number(before.content_bytes), number(after.content_bytes));
  if (before.call_bytes != after.call_bytes)
    return refuse("call_bytes", number(before.call_bytes), number(after.call_bytes));
  if (!before.latency || !after.latency) return {};
  if (before.latency->connections != after.latency->connections)
    return refuse("connections", before.latency->connections, after.latency->connections);
  if (before.latency->request_bytes != after.latency->request_bytes)
    return refuse("request_bytes", before.latency->request_bytes, after.latency->request_bytes);
  return {};
}

// Loopback and a network are two things, whatever was changed besides.
Outcome check_endpoints(const document::Bench& before, const document::Bench& after) {
  if (before.endpoint.has_value() == after.endpoint.has_value()) return {};
  return fail(Fault::Invalid,
              fmt::format("one run is over loopback and one across a network: before {}, after {}",
                          before.endpoint ? before.endpoint->peer : "loopback",
                          after.endpoint ? after.endpoint->peer : "loopback"),
              "compare two runs over the same way");
}

document::BenchSide side_of(const SavedDocument& document) {
  return {.file = document.file,
          .started_at = document.started_at,
          .ending = document.bench->ending,
          .rounds_done = document.bench->rounds_done,
          .verdict = document.bench->verdict};
}

std::vector<document::EnvironmentDifference> differences(const SavedDocument& before,
                                                         const SavedDocument& after) {
  const auto ours = environment_of(before, *before.bench);
  auto theirs = environment_of(after, *after.bench);
  std::vector<document::EnvironmentDifference> all;
  for (const BenchFact& fact : ours) {
    const auto same = std::ranges::find(theirs, fact.name, &BenchFact::name);
    const std::string value = same == theirs.end() ? "not recorded" : same->value;
    // What is left of theirs in the end was recorded by the later run alone.
    if (same != theirs.end()) theirs.erase(same);
    if (value != fact.value) all.push_back({fact.name, fact.value, value});
  }
  for (const BenchFact& fact : theirs) all.push_back({fact.name, "not recorded", fact.value});
  return all;
}

bool is_same(const Row& one, const Row& other) {
  return one.mode == other.mode && one.version == other.version && one.cipher == other.cipher &&
         one.point == other.point;
}

const Row* find_row(const document::Bench& bench, const Row& row) {
  const auto found =
      std::ranges::find_if(bench.rows, [&](const Row& other) { return is_same(row, other); });
  return found == bench.rows.end() ? nullptr : &*found;
}

BenchChange change_of(const document::MeasureChange& change, const BenchMeasure& measure,
                      Difference difference) {
  if (!change.after) return BenchChange::OnlyBefore;
  if (!change.before) return BenchChange::OnlyAfter;
  switch (difference) {
    case Difference::Unknown: return BenchChange::TooFewRounds;
    case Difference::None: return BenchChange::NoDifference;
    case Difference::Higher:
      return measure.more_is_better ? BenchChange::Better : BenchChange::Worse;
    case Difference::Lower: break;
  }
  return measure.more_is_better ? BenchChange::Worse : BenchChange::Better;
}

std::optional<document::MeasureChange> compare(const Row* before, const Row* after,
                                               const BenchMeasure& measure) {
  document::MeasureChange change{.measure = measure.key,
                                 .title = measure.title,
                                 .unit = measure.unit,
                                 .more_is_better = measure.more_is_better,
                                 .before = {},
                                 .after = {},
                                 .ratio = {},
                                 .change = {}};
  if (before != nullptr) change.before = measure.value(*before);
  if (after != nullptr) change.after = measure.value(*after);
  if (!change.before && !change.after) return std::nullopt;
  std::optional<PairedRatio> ratio;
  if (change.before && change.after)
    // Rounds of two runs have nothing in common but their number, so they make no pairs.
    ratio = unpaired_ratio(measure.rounds(*after), measure.rounds(*before));
  if (ratio)
    change.ratio = document::BenchRatio{
        .ratio = ratio->ratio, .low = ratio->low, .high = ratio->high, .pairs = ratio->pairs};
  change.change = word_of(change_of(change, measure, difference_of(ratio)));
  return change;
}

// Why a figure is missing, or why the paths are not the same.
std::string reason_of(const Row* before, const Row* after) {
  std::vector<std::string> reasons;
  if (before == nullptr) reasons.emplace_back("before: the run has no such row");
  if (after == nullptr) reasons.emplace_back("after: the run has no such row");
  // One reason of both runs is said once.
  if (before != nullptr && after != nullptr && before->because == after->because)
    return before->because;
  if (before != nullptr && !before->because.empty())
    reasons.push_back("before: " + before->because);
  if (after != nullptr && !after->because.empty()) reasons.push_back("after: " + after->because);
  return join(reasons, "; ");
}

document::RowChange compare_rows(const Row* before, const Row* after,
                                 const std::vector<BenchMeasure>& measures) {
  const Row& any = before != nullptr ? *before : *after;
  document::RowChange row{.mode = any.mode,
                          .version = any.version,
                          .cipher = any.cipher,
                          .point = any.point,
                          .path_before = before != nullptr ? before->path : std::nullopt,
                          .path_after = after != nullptr ? after->path : std::nullopt,
                          .measures = {},
                          .because = reason_of(before, after)};
  for (const BenchMeasure& measure : measures) {
    if (auto change = compare(before, after, measure)) row.measures.push_back(std::move(*change));
  }
  return row;
}

bool has_messages(const document::Bench& bench) {
  return std::ranges::any_of(bench.rows, [](const Row& row) { return row.messages.has_value(); });
}

bool other_stamps(const document::Bench& before, const document::Bench& after) {
  return before.own_namespace != after.own_namespace &&
         (has_messages(before) || has_messages(after));
}

bool is_from_stamp(const BenchMeasure& measure) {
  return measure.kind == BenchMeasure::Kind::Sum &&
         measure.sum != word_of(MessageSum::EpollToPlainText);
}

// Two runs of latencies may have other sizes and loads: a short one has fewer.
std::vector<BenchMeasure> measures_of_both(const document::Bench& before,
                                           const document::Bench& after) {
  auto measures = measures_of(before);
  for (BenchMeasure& measure : measures_of(after)) {
    if (std::ranges::find(measures, measure.key, &BenchMeasure::key) == measures.end())
      measures.push_back(std::move(measure));
  }
  // The kernel's stamps of a run with a network namespace of its own are those of a capture, which
  // is earlier than a socket's.
  if (other_stamps(before, after)) std::erase_if(measures, is_from_stamp);
  return measures;
}

std::vector<document::RowChange> all_rows(const document::Bench& before,
                                          const document::Bench& after) {
  const auto measures = measures_of_both(before, after);
  std::vector<document::RowChange> rows;
  for (const Row& row : before.rows)
    rows.push_back(compare_rows(&row, find_row(after, row), measures));
  for (const Row& row : after.rows) {
    if (find_row(before, row) == nullptr) rows.push_back(compare_rows(nullptr, &row, measures));
  }
  return rows;
}

std::size_t count_of(const document::BenchComparison& comparison, BenchChange change) {
  std::size_t count = 0;
  for (const document::RowChange& row : comparison.rows)
    count += static_cast<std::size_t>(
        std::ranges::count(row.measures, word_of(change), &document::MeasureChange::change));
  return count;
}

// A run on an emulated CPU has no figures that mean anything.
const document::BenchReason* voiding(const document::Bench& bench) {
  const auto found = std::ranges::find_if(bench.not_comparable, &document::BenchReason::voids);
  return found == bench.not_comparable.end() ? nullptr : &*found;
}

std::string_view verdict_word(const document::BenchComparison& comparison) {
  const bool better = count_of(comparison, BenchChange::Better) > 0;
  const bool worse = count_of(comparison, BenchChange::Worse) > 0;
  if (better && worse) return "mixed";
  if (better) return "better";
  if (worse) return "worse";
  return count_of(comparison, BenchChange::NoDifference) > 0 ? "no_difference" : "not_measured";
}

std::string counted(std::size_t count, std::string_view words) {
  return fmt::format("{} {}", count, words);
}

void judge_comparison(document::BenchComparison& comparison, const SavedDocument& before,
                      const SavedDocument& after) {
  for (const SavedDocument* const side : {&before, &after}) {
    const auto* const reason = voiding(*side->bench);
    if (reason == nullptr) continue;
    // Before the figures are counted: on an emulated CPU they may differ beyond doubt and still
    // mean nothing.
    comparison.verdict = "not_comparable";
    comparison.because = "the comparison means nothing: " + reason->because;
    return;
  }
  comparison.verdict = verdict_word(comparison);
  std::vector<std::string> parts{
      counted(count_of(comparison, BenchChange::Better), "figures are better"),
      counted(count_of(comparison, BenchChange::Worse), "worse"),
      counted(count_of(comparison, BenchChange::NoDifference), "without a significant difference")};
  if (const auto few = count_of(comparison, BenchChange::TooFewRounds); few > 0)
    parts.push_back(counted(few, "of too few rounds"));
  if (const auto gone = count_of(comparison, BenchChange::OnlyBefore); gone > 0)
    parts.push_back(counted(gone, "measured before alone"));
  if (const auto come = count_of(comparison, BenchChange::OnlyAfter); come > 0)
    parts.push_back(counted(come, "measured after alone"));
  comparison.because = "of the figures after against before, " + join(parts, ", ");
}

// Neither TLS nor its settings touch plain TCP: what changed there is the machine. Of a series the
// first point that changed.
std::optional<std::string> machine_note(const document::BenchComparison& comparison) {
  for (const document::RowChange& row : comparison.rows) {
    if (row.mode != word_of(BenchMode::Plain) || row.measures.empty()) continue;
    const document::MeasureChange& speed = row.measures.front();
    if (!speed.ratio || speed.change == word_of(BenchChange::NoDifference)) continue;
    return fmt::format(
        "plain TCP without TLS changed, too{}: {}; so much of a row's difference may be "
        "the machine's and not that of TLS",
        row.point ? " (" + row_name(row) + ")" : "", ratio_words(*speed.ratio));
  }
  return std::nullopt;
}

}  // namespace

Result<document::BenchComparison> compare_benches(const SavedDocument& before,
                                                  const SavedDocument& after) {
  TRY(check_workloads(before.bench->workload, after.bench->workload));
  TRY(check_endpoints(*before.bench, *after.bench));
  document::BenchComparison comparison{.workload = before.bench->workload,
                                       .before = side_of(before),
                                       .after = side_of(after),
                                       .environment = differences(before, after),
                                       .rows = all_rows(*before.bench, *after.bench),
                                       .notes = {std::string(kUnpaired)},
                                       .verdict = {},
                                       .because = {}};
  if (auto note = machine_note(comparison)) comparison.notes.push_back(std::move(*note));
  if (has_messages(*before.bench) || has_messages(*after.bench))
    comparison.notes.emplace_back(
        "Single stages of messages are not compared: with kernel TLS one call receives and "
        "decrypts, so its stages are others. Compared are the times that all rows have.");
  if (other_stamps(*before.bench, *after.bench))
    comparison.notes.emplace_back(
        "Times from the kernel's stamp are not compared: only one run had a network namespace of "
        "its own, so the stamps are of a capture in one run and of sockets in the other.");
  judge_comparison(comparison, before, after);
  return comparison;
}

std::string row_name(const document::RowChange& row) {
  std::string name = way_name(row);
  if (row.point) name += fmt::format(" at {}", *row.point);
  return name;
}

std::string way_name(const document::RowChange& row) {
  std::string name = row.mode;
  if (row.version) name += " " + *row.version;
  if (row.cipher) name += " " + *row.cipher;
  return name;
}

}  // namespace tuner
