// Exit codes. Scripts, cron jobs and Ansible rely on them: a code never changes its meaning.
#pragma once

#include "base/result.h"

#include <span>
#include <string_view>

namespace tuner {

enum class ExitCode : int {
  Ok = 0,
  Failed = 1,
  Drift = 2,
  PathNotTaken = 3,
  Unsupported = 4,
  Usage = 64,
  DataUnusable = 65,
  Bug = 70,
  Busy = 75,
  NotPermitted = 77,
  ProfileInvalid = 78,
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view name;
  std::string_view meaning;
  std::string_view next_step;
};

// In numerical order; source of docs/exit-codes.md.
std::span<const ExitCodeRow> exit_codes();

// The code that wins: 78 before all, then 77, 4, 1, 2, 3.
ExitCode worst(ExitCode a, ExitCode b);

ExitCode exit_code_of(Fault fault);

}  // namespace tuner
