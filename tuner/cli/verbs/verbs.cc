#include "cli/verbs/verbs.h"

#include <vector>

namespace tuner {

std::span<const Verb> verbs() {
  static const std::vector<Verb> all{
      facts_verb(),      profile_verb(), knobs_verb(),      plan_verb(),
      apply_verb(),      confirm_verb(), check_verb(),      tune_verb(),
      rollback_verb(),   status_verb(),  probe_verb(),      report_verb(),
      completion_verb(), guard_verb(),   unit_paths_verb(), runs_verb()};
  return all;
}

}  // namespace tuner
