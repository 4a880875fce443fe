// The document of tune: plan, apply, check and probe in one.
#pragma once

#include "document/plan.h"
#include "document/probe.h"

namespace tuner::document {

inline constexpr std::string_view kNothingToDo = "nothing_to_do";
inline constexpr std::array kTuneVerdicts = std::to_array<std::string_view>(
    {"ok", "drift", "path_not_taken", "unsupported", "failed", kNothingToDo});
inline constexpr std::array<std::string_view, 1> kTuneOk{"ok"};

struct Tune {
  Plan plan;
  Plan apply;
  std::optional<Plan> check;
  std::optional<Probe> probe;
  Texts warnings;
  std::string verdict;
  std::optional<Pending> pending_confirm;
};

void describe(auto& keys, Either<Tune> auto& tune) {
  keys.object("tune", "Plan, apply, check and probe");
  keys.key({"plan"}, tune.plan);
  keys.key({"apply"}, tune.apply);
  keys.maybe({"check", "Absent if apply failed", {.needed_when = {"verdict", kTuneOk}}},
             tune.check);
  keys.maybe({"probe", "Absent if apply failed", {.needed_when = {"verdict", kTuneOk}}},
             tune.probe);
  keys.key({"warnings"}, tune.warnings);
  keys.key({"verdict", "nothing_to_do: no profile is active", {.words = kTuneVerdicts}},
           tune.verdict);
  keys.key({"pending_confirm"}, tune.pending_confirm);
}

}  // namespace tuner::document
