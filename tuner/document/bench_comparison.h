// The comparison of two benchmarks, of two runs: before and after a change.
#pragma once

#include "base/rfc3339.h"
#include "document/bench.h"

namespace tuner::document {

// What a difference between two runs is called. better, worse: the whole interval is beyond 1 %.
// too_few_rounds: no interval. only_before, only_after: the other run has no such figure.
enum class BenchChange { Better, Worse, NoDifference, TooFewRounds, OnlyBefore, OnlyAfter };

}  // namespace tuner::document

namespace tuner {
template <>
inline constexpr auto kWords<document::BenchChange> = std::to_array<Word<document::BenchChange>>(
    {{document::BenchChange::Better, "better"},
     {document::BenchChange::Worse, "worse"},
     {document::BenchChange::NoDifference, "no_difference"},
     {document::BenchChange::TooFewRounds, "too_few_rounds"},
     {document::BenchChange::OnlyBefore, "only_before"},
     {document::BenchChange::OnlyAfter, "only_after"}});
}  // namespace tuner

namespace tuner::document {

// Of all rows together.
inline constexpr std::array kComparisonVerdicts = std::to_array<std::string_view>(
    {"better", "worse", "mixed", "no_difference", "not_measured", "not_comparable"});

struct BenchSide {
  std::string file;
  UtcTime started_at;
  std::string ending;
  int rounds_done = 0;
  std::string verdict;
};

void describe(auto& keys, Exactly<BenchSide> auto& side) {
  keys.object("bench_side", "One of the two runs");
  keys.key({"file", "Empty: no saved document"}, side.file);
  keys.key({"started_at"}, side.started_at);
  keys.key({"ending", {}, {.words = words_of<BenchEnding>()}}, side.ending);
  keys.key({"rounds_done"}, side.rounds_done);
  keys.key({"verdict", {}, kKtlsVerdict}, side.verdict);
}

struct EnvironmentDifference {
  std::string name;
  std::string before;
  std::string after;
};

void describe(auto& keys, Exactly<EnvironmentDifference> auto& difference) {
  keys.object("environment_difference", "What the runs ran on or with, and is not the same");
  keys.key({"name", {}, kNotEmpty}, difference.name);
  keys.key({"before"}, difference.before);
  keys.key({"after"}, difference.after);
}

struct MeasureChange {
  std::string measure;
  std::string title;
  std::string unit;
  bool more_is_better = true;
  std::optional<double> before;
  std::optional<double> after;
  std::optional<BenchRatio> ratio;
  std::string change;
};

void describe(auto& keys, Exactly<MeasureChange> auto& change) {
  keys.object("measure_change", "One figure of a row in both runs");
  keys.key({"measure", {}, kNotEmpty}, change.measure);
  keys.key({"title", "The same for people", kNotEmpty}, change.title);
  keys.key({"unit"}, change.unit);
  keys.key({"more_is_better"}, change.more_is_better);
  keys.key({"before", "null: not measured"}, change.before);
  keys.key({"after", "null: not measured"}, change.after);
  keys.key({"ratio",
            "How many times the figure of before the figure of after is, not paired: the interval "
            "of the rank-sum test; null: too few rounds"},
           change.ratio);
  keys.key({"change", {}, {.words = words_of<BenchChange>()}}, change.change);
}

struct RowChange {
  std::string mode;
  std::optional<std::string> version;
  std::optional<std::string> cipher;
  std::optional<std::uint64_t> point;
  std::optional<std::string> path_before;
  std::optional<std::string> path_after;
  std::vector<MeasureChange> measures;
  std::string because;
};

void describe(auto& keys, Exactly<RowChange> auto& row) {
  keys.object("row_change", "A row that at least one of the runs has");
  keys.key({"mode", "As of bench_row"}, row.mode);
  keys.key({"version", "null: without TLS", kTlsVersion}, row.version);
  keys.key({"cipher", {}, kTlsCipher}, row.cipher);
  keys.key({"point", "Of a series; null: of none", kLater}, row.point);
  keys.key({"path_before", "null: without TLS, or not measured", kTlsPath}, row.path_before);
  keys.key({"path_after", {}, kTlsPath}, row.path_after);
  keys.key({"measures", "Empty: measured in neither run"}, row.measures);
  keys.key({"because", "Why a run did not measure it, or the paths differ"}, row.because);
}

struct BenchComparison {
  BenchWorkload workload;
  BenchSide before;
  BenchSide after;
  std::vector<EnvironmentDifference> environment;
  std::vector<RowChange> rows;
  std::vector<std::string> notes;
  std::string verdict;
  std::string because;
};

void describe(auto& keys, Exactly<BenchComparison> auto& comparison) {
  keys.object("bench_comparison", "Two runs of one workload");
  keys.key({"workload", "That of the run before"}, comparison.workload);
  keys.key({"before"}, comparison.before);
  keys.key({"after"}, comparison.after);
  keys.key({"environment", "What differs: one of it may be what was changed on purpose"},
           comparison.environment);
  keys.key({"rows"}, comparison.rows);
  keys.key({"notes", "What limits the comparison"}, comparison.notes);
  keys.key({"verdict",
            "Of all rows: mixed if some are better and some worse; not_comparable: a run's "
            "figures mean nothing",
            {.words = kComparisonVerdicts}},
           comparison.verdict);
  keys.key({"because", "The verdict in words", kNotEmpty}, comparison.because);
}

// The document of bench --compare.
struct ComparedBenches {
  BenchComparison comparison;
};

void describe(auto& keys, Exactly<ComparedBenches> auto& compared) {
  keys.object("compared_benches", "Two saved benchmarks, compared");
  keys.key({"comparison"}, compared.comparison);
}

}  // namespace tuner::document
