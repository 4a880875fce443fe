// The actions of the verb profile that have files of their own.
#pragma once

#include "cli/request/verb.h"

#include <string>
#include <vector>

namespace tuner::profile_actions {

// profile import FILE…
struct Import {
  std::vector<std::string> files;  // at least one
};
Answer run(Context& context, const Import& action);
VerbAction import_action();

// profile new [NAME]
struct New {
  std::string name;  // empty: after the host
};
Answer run(Context& context, const New& action);
VerbAction new_action();

// profile diff A [B]
struct Diff {
  std::string a;
  std::string b;  // empty: the active profile
};
Answer run(Context& context, const Diff& action);
VerbAction diff_action();

}  // namespace tuner::profile_actions
