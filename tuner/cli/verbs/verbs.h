// The table of verbs.
#pragma once

#include "cli/request/verb.h"

#include <span>

namespace tuner {

// All verbs, in the order of --help.
std::span<const Verb> verbs();

// One file each: facts.cc, …
Verb facts_verb();
Verb profile_verb();
Verb knobs_verb();
Verb plan_verb();
Verb apply_verb();
Verb confirm_verb();
Verb check_verb();
Verb tune_verb();
Verb rollback_verb();
Verb status_verb();
Verb probe_verb();
Verb report_verb();
Verb completion_verb();
Verb guard_verb();
Verb unit_paths_verb();
Verb runs_verb();

}  // namespace tuner
