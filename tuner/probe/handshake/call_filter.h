// Which system calls the helper may make once it speaks with a peer: a table of rows, made into a
// program that the kernel runs before each call (seccomp, Documentation/userspace-api). A call that
// no row allows ends the process with a document that names it (report_json.h), so that it is never
// taken for a finding.
#pragma once

#include "base/result.h"

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tuner {

struct CallRule {
  enum class Answer : std::uint8_t {
    Allowed,
    Unknown,  // ENOSYS: as by an older kernel, so that glibc takes the older call
  };
  // These bits of an argument are the wanted ones.
  struct Condition {
    std::uint8_t argument = 0;
    std::uint32_t mask = 0;
    std::uint32_t wanted = 0;
  };
  std::uint32_t number = 0;
  Answer answer = Answer::Allowed;
  std::vector<Condition> conditions;  // all of them
};

// What the helper needs. `threads`: may it start some?
std::vector<CallRule> helper_calls(bool threads);

// The first row that fits decides; without one the call is trapped. Calls of another architecture
// or of x32, whose numbers mean something else, kill the process.
std::vector<sock_filter> filter_program(std::span<const CallRule> rules);

// From now on, and for good, in this thread and in all that it starts. This process must not be
// able to gain rights any more (PR_SET_NO_NEW_PRIVS).
Outcome filter_calls(std::span<const CallRule> rules);

// "execve", or "system call 999" for what is newer than the headers of the build.
std::string call_name(long number);

}  // namespace tuner
