// The system calls that the helper may make while it communicates with a peer: a table of rules,
// compiled into a seccomp filter (Documentation/userspace-api/seccomp_filter.rst). A call that no
// rule allows ends the process with an error document that names it (report_json.h), so that it is
// never mistaken for a result of the probe.
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
    Unknown,  // ENOSYS, as on an older kernel: glibc then falls back to the older call
  };
  // (argument & mask) == wanted
  struct Condition {
    std::uint8_t argument = 0;
    std::uint32_t mask = 0;
    std::uint32_t wanted = 0;
  };
  std::uint32_t number = 0;
  Answer answer = Answer::Allowed;
  std::vector<Condition> conditions;  // all must hold
};

// The rules for the helper. `threads`: it may start threads.
std::vector<CallRule> helper_calls(bool threads);

// The first matching rule decides; without one the call is trapped (SIGSYS). Calls of another
// architecture or of x32, whose numbers have other meanings, kill the process.
std::vector<sock_filter> filter_program(std::span<const CallRule> rules);

// Whether the kernel also mitigates speculative execution in the filtered threads. Kernels before
// 5.16 do so unless told otherwise, which slows down what the benchmark measures.
enum class FilteredSpeculation { AsKernelChooses, AsWithoutFilter };

// Installs the filter for this thread and the threads that it starts. It cannot be removed. Needs
// PR_SET_NO_NEW_PRIVS.
Outcome filter_calls(std::span<const CallRule> rules,
                     FilteredSpeculation speculation = FilteredSpeculation::AsKernelChooses);

// "execve", or "system call 999" for a call that the headers of the build do not know.
std::string call_name(long number);

}  // namespace tuner
