#include "cli/verbs/verbs.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace tuner {
namespace {

struct Row {
  std::string_view name;
  Verb (*make)();
};

constexpr std::array kRows{Row{"facts", facts_verb},
                           Row{"profile", profile_verb},
                           Row{"knobs", knobs_verb},
                           Row{"plan", plan_verb},
                           Row{"apply", apply_verb},
                           Row{"confirm", confirm_verb},
                           Row{"check", check_verb},
                           Row{"tune", tune_verb},
                           Row{"rollback", rollback_verb},
                           Row{"status", status_verb},
                           Row{"probe", probe_verb},
                           Row{"bench", bench_verb},
                           Row{"sockets", sockets_verb},
                           Row{"watch", watch_verb},
                           Row{"openssl-conf", openssl_conf_verb},
                           Row{"run", run_verb},
                           Row{"diagnose", diagnose_verb},
                           Row{"report", report_verb},
                           Row{"completion", completion_verb},
                           Row{"guard", guard_verb},
                           Row{"unit-paths", unit_paths_verb},
                           Row{"runs", runs_verb}};

}  // namespace

std::span<const Verb> verbs() {
  static const std::vector<Verb> all = [] {
    std::vector<Verb> made;
    for (const Row& row : kRows) made.push_back(row.make());
    return made;
  }();
  return all;
}

const Verb* find_verb(std::string_view name) {
  // Made one by one: most commands need one verb, and each describes all of its options.
  static std::map<std::string_view, Verb> made;
  const auto* const row = std::ranges::find(kRows, name, &Row::name);
  if (row == kRows.end()) return nullptr;
  if (const auto found = made.find(row->name); found != made.end()) return &found->second;
  return &made.emplace(row->name, row->make()).first->second;
}

}  // namespace tuner
