// The document of tune: plan, apply, check and probe in one.
#pragma once

#include "document/bench_comparison.h"
#include "document/plan.h"
#include "document/probe.h"

namespace tuner::document {

inline constexpr std::string_view kNothingToDo = "nothing_to_do";
inline constexpr std::array kTuneVerdicts = std::to_array<std::string_view>(
    {"ok", "drift", "path_not_taken", "unsupported", "failed", kNothingToDo});
inline constexpr std::array<std::string_view, 1> kTuneOk{"ok"};

// Of tune --bench.
struct TuneBench {
  Bench before;
  std::optional<Bench> after;
  std::optional<BenchComparison> comparison;
};

void describe(auto& keys, Exactly<TuneBench> auto& bench) {
  keys.object("tune_bench", "A short benchmark before the first write and one after the probe");
  keys.key({"before"}, bench.before);
  keys.maybe({"after", "Absent if nothing was measured; errors say why"}, bench.after);
  keys.key({"comparison", "null: there are not two that can be compared"}, bench.comparison);
}

struct Tune {
  Plan plan;
  Plan apply;
  std::optional<Plan> check;
  std::optional<Probe> probe;
  Texts warnings;
  std::string verdict;
  std::optional<Pending> pending_confirm;
  std::optional<TuneBench> bench;
};

void describe(auto& keys, Exactly<Tune> auto& tune) {
  keys.object("tune", "Plan, apply, check and probe");
  keys.key({"plan"}, tune.plan);
  keys.key({"apply"}, tune.apply);
  keys.maybe({"check", "Absent if apply failed", {.needed_when = {"verdict", kTuneOk}}},
             tune.check);
  keys.maybe({"probe", "Absent if apply failed", {.needed_when = {"verdict", kTuneOk}}},
             tune.probe);
  keys.key({"warnings"}, tune.warnings);
  keys.key({"verdict",
            "Of the tuning, whatever a benchmark after it did; nothing_to_do: no profile is active",
            {.words = kTuneVerdicts}},
           tune.verdict);
  keys.key({"pending_confirm"}, tune.pending_confirm);
  keys.maybe({"bench", "Only with --bench, if the tuning came so far"}, tune.bench);
}

}  // namespace tuner::document
