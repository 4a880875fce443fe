// The table of verbs.
#pragma once

#include "cli/request/verb.h"

#include <span>
#include <string_view>

namespace tuner {

// All verbs, in the order of --help.
std::span<const Verb> verbs();
// The verb of that name, made without the others; nullptr: there is none. The rows of all verbs
// are a tenth of the work of a short check.
const Verb* find_verb(std::string_view name);

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
Verb bench_verb();
Verb sockets_verb();
Verb watch_verb();
Verb openssl_conf_verb();
Verb run_verb();
Verb diagnose_verb();
Verb report_verb();
Verb completion_verb();
Verb guard_verb();
Verb unit_paths_verb();
Verb runs_verb();

}  // namespace tuner
