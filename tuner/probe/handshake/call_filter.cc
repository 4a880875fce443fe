#include "probe/handshake/call_filter.h"

#include "probe/report_json.h"

#include <fmt/format.h>

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <string_view>

namespace tuner {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
// Bit 30 marks a call of x32 (arch/x86/include/uapi/asm/unistd.h). No other architecture uses it.
constexpr std::uint32_t kNumberLimit = 0x40000000;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kNumberLimit = 0x40000000;
#else
#error "add this architecture's AUDIT_ARCH_… of linux/audit.h"
#endif

struct NamedCall {
  long number;
  std::string_view name;
};

// Generated from the compiler's sys/syscall.h (tuner/CMakeLists.txt).
constexpr NamedCall kNames[] = {
#include "probe/handshake/system_calls.inc"
};

std::string_view known_name(long number) {
  const auto* found = std::ranges::find(kNames, number, &NamedCall::number);
  return found == std::end(kNames) ? std::string_view() : found->name;
}

// The format of error_to_json().
// One document in place of the report, so the tuner needs no second way to read it.
constexpr std::string_view kStopped =
    R"json({{"error": {{"fault": "internal", "errno": 0,)json"
    R"json( "text": "the probe's sandbox stopped its system call {} ({})",)json"
    R"json( "hint": "this libc or libssl makes a call that the sandbox does not allow:)json"
    R"json( please report it with the output of ktls-tuner facts"}}}})json"
    "\n";

// The SIGSYS handler, on the thread whose call was trapped. stdout is still empty, and _exit()
// keeps it to this one document. The buffer is on the stack because malloc() may have made the
// call.
void exit_with_call_name(int, siginfo_t* about, void*) {
  const std::string_view name = known_name(about->si_syscall);
  std::array<char, 512> text;
  const auto end =
      fmt::format_to_n(text.data(), text.size(), kStopped,
                       name.empty() ? "with an unknown name" : name, about->si_syscall);
  const std::size_t size = std::min(text.size(), end.size);
  if (::write(STDOUT_FILENO, text.data(), size) != static_cast<ssize_t>(size)) ::_exit(70);
  ::_exit(0);
}

constexpr std::uint32_t kNumberAt = offsetof(seccomp_data, nr);
constexpr std::uint32_t kArchitectureAt = offsetof(seccomp_data, arch);

// The lower half of the 64 bits: all arguments in rules are 32-bit, or use only the lower 32 bits.
// A filter loads 32 bits at a time, and never what a pointer points to
// (Documentation/userspace-api/seccomp_filter.rst).
constexpr std::uint32_t argument_at(std::uint8_t argument) {
  constexpr std::size_t kLower = std::endian::native == std::endian::little ? 0 : 4;
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args) +
                                    argument * sizeof(std::uint64_t) + kLower);
}

constexpr sock_filter load(std::uint32_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
}

constexpr sock_filter answer(std::uint32_t action) {
  return BPF_STMT(BPF_RET | BPF_K, action);
}

constexpr sock_filter unless_equal_skip(std::uint32_t value, std::uint8_t skipped) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped);
}

constexpr std::uint32_t action_of(CallRule::Answer answer) {
  if (answer == CallRule::Answer::Allowed) return SECCOMP_RET_ALLOW;
  return SECCOMP_RET_ERRNO | (ENOSYS & SECCOMP_RET_DATA);
}

// Before and after these instructions the accumulator holds the call's number.
// A rule without conditions takes two instructions, and each condition three more:
//   if the number differs, skip the rule
//   load the argument; and with the mask; if it differs, skip to the reload   (for each condition)
//   return the answer
//   load the number again                                                     (with conditions)
void append(std::vector<sock_filter>& program, const CallRule& rule) {
  const auto conditions = static_cast<std::uint8_t>(rule.conditions.size());
  const auto rest = static_cast<std::uint8_t>(conditions == 0 ? 1 : 3 * conditions + 2);
  program.push_back(unless_equal_skip(rule.number, rest));
  for (std::uint8_t left = conditions; const CallRule::Condition& condition : rule.conditions) {
    --left;
    program.insert(
        program.end(),
        {load(argument_at(condition.argument)), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, condition.mask),
         unless_equal_skip(condition.wanted, static_cast<std::uint8_t>(3 * left + 1))});
  }
  program.push_back(answer(action_of(rule.answer)));
  if (conditions > 0) program.push_back(load(kNumberAt));
}

}  // namespace

// The architecture is checked first, because a number means another call in each of them (the i386
// entry of a 64-bit process). The rules follow in the order of their use: the filter runs for every
// call.
std::vector<sock_filter> filter_program(std::span<const CallRule> rules) {
  std::vector<sock_filter> program{
      load(kArchitectureAt),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      answer(SECCOMP_RET_KILL_PROCESS),
      load(kNumberAt),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kNumberLimit, 0, 1),
      answer(SECCOMP_RET_KILL_PROCESS),
  };
  for (const CallRule& rule : rules) append(program, rule);
  // TRAP and not KILL, so that a new libc's call is reported by its name.
  program.push_back(answer(SECCOMP_RET_TRAP));
  return program;
}

// The handler comes before the filter, because the next call may be the first that is trapped.
Outcome filter_calls(std::span<const CallRule> rules, FilteredSpeculation speculation) {
  struct sigaction handler {};
  handler.sa_sigaction = exit_with_call_name;
  handler.sa_flags = SA_SIGINFO;
  if (::sigaction(SIGSYS, &handler, nullptr) != 0) {
    return fail(errno_error(errno, "handle SIGSYS"));
  }
  auto program = filter_program(rules);
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()),
                          .filter = program.data()};
  const unsigned flags =
      speculation == FilteredSpeculation::AsWithoutFilter ? SECCOMP_FILTER_FLAG_SPEC_ALLOW : 0;
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter) != 0) {
    return fail(errno_error(errno, "filter system calls (seccomp)"));
  }
  return {};
}

std::string call_name(long number) {
  const std::string_view name = known_name(number);
  return name.empty() ? fmt::format("system call {}", number) : std::string(name);
}

}  // namespace tuner
