// Runs another program to its end, in bounded time.
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <vector>

namespace tuner {

struct Ended {
  int status = 0;      // exit status; 128 + n: ended by signal n
  std::string output;  // stdout and stderr, the first 64 KiB
};

// `words` is the program, looked for in kProgramPath (host/process/child.h), and its arguments; no
// shell. stdin is /dev/null. What has not ended after `limit` is killed with all that it started:
// Fault::TimedOut. NotFound: no such program.
Result<Ended> run_program(std::vector<std::string> words, std::chrono::milliseconds limit);

}  // namespace tuner
