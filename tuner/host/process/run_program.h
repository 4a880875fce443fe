// Runs a program and waits for it, with a time limit.
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <vector>

namespace tuner {

struct ProgramResult {
  int status = 0;      // exit status; 128 + n: killed by signal n
  std::string output;  // stdout and stderr, the first 64 KiB
};

// Runs `words`, the program and its arguments, without a shell and with /dev/null as stdin. The
// program is searched in kProgramPath (host/process/child.h). TimedOut: it did not end within
// `limit`; its process group was killed. NotFound: no such program.
Result<ProgramResult> run_program(std::vector<std::string> words, std::chrono::milliseconds limit);

}  // namespace tuner
