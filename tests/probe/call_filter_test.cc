#include "probe/handshake/call_filter.h"

#include "base/sanitized.h"
#include "probe/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>
#include <string>

namespace tuner {
namespace {

using ::testing::HasSubstr;

struct ProgramResult {
  int status = 0;
  std::string said;
};

// Runs `act` in a child process, because a filter cannot be removed, and captures its stdout.
ProgramResult filtered(const std::vector<CallRule>& rules, const std::function<int()>& act) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!filter_calls(rules)) ::_exit(99);
    ::_exit(act());
  }
  ::close(ends[1]);
  ProgramResult ended;
  std::array<char, 1024> buffer;
  for (ssize_t size; (size = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    ended.said.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(ends[0]);
  EXPECT_EQ(::waitpid(child, &ended.status, 0), child);
  return ended;
}

ProgramResult as_helper(const std::function<int()>& act, bool threads = false) {
  return filtered(helper_calls(threads), act);
}

void expect_stopped(const ProgramResult& ended, const std::string& name) {
  EXPECT_EQ(ended.status, 0);
  const auto error = report_from_json(ended.said);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().fault, Fault::Internal) << ended.said;
  EXPECT_THAT(error.error().text, HasSubstr("the probe's sandbox stopped its system call " + name));
  EXPECT_THAT(error.error().hint, HasSubstr("please report it"));
}

TEST(CallFilter, TheHelpersCallsAreAllowed) {
  const ProgramResult ended = as_helper([] {
    const int file = ::open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC);
    char byte = 0;
    if (file < 0 || ::read(file, &byte, 1) != 1) return 1;
    for (const int family : {AF_INET, AF_INET6, AF_NETLINK}) {
      if (::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0 && errno != EAFNOSUPPORT) return 2;
    }
    if (::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) < 0) return 3;
    void* memory =
        ::mmap(nullptr, 8U << 20U, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED || ::munmap(memory, 8U << 20U) != 0 ? 4 : 42;
  });
  ASSERT_TRUE(WIFEXITED(ended.status)) << ended.said;
  EXPECT_EQ(WEXITSTATUS(ended.status), 42) << ended.said;
}

TEST(CallFilter, OtherCallsEndTheHelperWithTheirName) {
  struct Case {
    const char* name;
    std::function<int()> act;
  };
  for (const Case& c : {
           Case{"execve (", [] { return ::execl("/bin/true", "true", nullptr); }},
           Case{"clone (",
                [] { return static_cast<int>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }},
           Case{"openat (", [] { return ::open("/dev/null", O_WRONLY); }},
           Case{"openat (", [] { return ::open("/dev/null", O_RDWR | O_CREAT, 0600); }},
           Case{"socket (", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }},
           Case{"socket (", [] { return ::socket(AF_PACKET, SOCK_RAW, 0); }},
           Case{"mmap (",
                [] { return ::mmap(nullptr, 4096, PROT_EXEC, MAP_PRIVATE, -1, 0) != nullptr; }},
           Case{"ptrace (", [] { return static_cast<int>(::syscall(SYS_ptrace, 0, 0, 0, 0)); }},
           Case{"setresuid (", [] { return ::setresuid(0, 0, 0); }},
           Case{"kill (", [] { return ::kill(::getppid(), 0); }},
           Case{"prctl (", [] { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }},
           Case{"with an unknown name (999)", [] { return static_cast<int>(::syscall(999)); }},
       }) {
    SCOPED_TRACE(c.name);
    expect_stopped(as_helper(c.act), c.name);
  }
}

// Some releases of glibc block all signals around fork(): then SIGSYS kills the process without
// naming the call, and the tuner reports that (RunProbe.AHelperKilledByItsSandboxIsReported).
TEST(CallFilter, ForkIsStopped) {
  const ProgramResult ended = as_helper([] { return ::fork() >= 0 ? 42 : 43; });
  if (WIFSIGNALED(ended.status)) {
    EXPECT_EQ(WTERMSIG(ended.status), SIGSYS);
  } else {
    expect_stopped(ended, "clone (");
  }
}

// glibc tries clone3 first, whose flags a filter cannot read.
TEST(CallFilter, ThreadsNeedTheOption) {
  const auto ask = [] { return ::syscall(SYS_clone3, nullptr, 0) < 0 && errno == ENOSYS ? 42 : 1; };
  const ProgramResult allowed = as_helper(ask, /*threads=*/true);
  EXPECT_EQ(WEXITSTATUS(allowed.status), 42) << allowed.said;
  expect_stopped(as_helper(ask), "clone3 (");
  // The rule for threads does not allow another process.
  const auto another_process = [] {
    return static_cast<int>(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
  };
  expect_stopped(as_helper(another_process, /*threads=*/true), "clone (");
}

// All conditions of a rule must hold; otherwise the next rule for the same call is tried.
TEST(CallFilter, TheFirstMatchingRuleDecides) {
  std::vector<CallRule> rules{
      {.number = SYS_exit_group},
      {.number = SYS_write},
      {.number = SYS_sendfile, .conditions = {{0, 0xFF, 1}, {1, 0xFF, 2}}},
      {.number = SYS_sendfile, .answer = CallRule::Answer::Unknown, .conditions = {{0, 0x0F, 7}}}};
  if (kSanitized) {  // whether memory is there its library asks over a pipe; at an exit it looks
                     // for stacks
    for (const auto number :
         {std::uint32_t{SYS_pipe2}, std::uint32_t{SYS_close}, std::uint32_t{SYS_sigaltstack}})
      rules.push_back({.number = number});
  }
  const auto send = [&](unsigned out, unsigned in) {
    return filtered(rules, [=] {
      return ::syscall(SYS_sendfile, out, in, nullptr, 0) < 0 && errno == ENOSYS ? 38 : 42;
    });
  };
  EXPECT_EQ(WEXITSTATUS(send(0xF01, 0xF02).status), 42);
  EXPECT_EQ(WEXITSTATUS(send(0x17, 2).status), 38);
  expect_stopped(send(1, 3), "sendfile (");
  expect_stopped(send(2, 2), "sendfile (");
}

TEST(CallFilter, CallsOfAnotherArchitectureAreKilled) {
  const auto program = filter_program({});
  ASSERT_GE(program.size(), 7U);
  EXPECT_EQ(program[2].k, static_cast<unsigned>(SECCOMP_RET_KILL_PROCESS));
  EXPECT_EQ(program.back().k, static_cast<unsigned>(SECCOMP_RET_TRAP));
#if defined(__x86_64__)
  const ProgramResult x32 =
      as_helper([] { return static_cast<int>(::syscall(0x40000000 + SYS_getpid)); });
  EXPECT_TRUE(WIFSIGNALED(x32.status));
#endif
}

TEST(CallFilter, WithoutNoNewPrivsTheErrorIsReported) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) ::_exit(1);
    const auto refused = filter_calls(helper_calls(false));
    ::_exit(!refused && refused.error().text.find("seccomp") != std::string::npos ? 42 : 2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST(CallFilter, NamesCalls) {
  EXPECT_EQ(call_name(SYS_execve), "execve");
  EXPECT_EQ(call_name(SYS_openat), "openat");
  EXPECT_EQ(call_name(999), "system call 999");
}

}  // namespace
}  // namespace tuner
