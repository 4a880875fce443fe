#include "base/sanitized.h"
#include "probe/handshake/call_filter.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tuner {
namespace {

#ifndef PR_SET_VMA
constexpr int PR_SET_VMA = 0x53564d41;  // linux/prctl.h; glibc 2.39 names its mappings with it
#endif
#ifndef SYS_rseq
constexpr long SYS_rseq = 334;  // on x86-64, since Linux 4.18
#endif

using Rules = std::vector<CallRule>;

void add(Rules& rules, std::initializer_list<long> numbers) {
  for (const long number : numbers) rules.push_back({.number = static_cast<std::uint32_t>(number)});
}

// Several rules for one number are alternatives.
void add_if(Rules& rules, long number, std::uint8_t argument, std::uint32_t mask,
            std::uint32_t wanted) {
  rules.push_back(
      {.number = static_cast<std::uint32_t>(number), .conditions = {{argument, mask, wanted}}});
}

constexpr std::uint32_t kAllBits = ~0U;
constexpr std::uint32_t kSocketFlags = SOCK_CLOEXEC | SOCK_NONBLOCK;
constexpr std::uint32_t kWritingOpen = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;

// Calls on open files. The calls of the transfer come first, because the filter checks the rules in
// order.
void add_transfer(Rules& rules) {
  add(rules, {SYS_read, SYS_write, SYS_sendto, SYS_recvfrom, SYS_sendmsg, SYS_recvmsg, SYS_ppoll,
              SYS_futex, SYS_clock_gettime, SYS_sendfile, SYS_readv, SYS_writev, SYS_pread64,
              SYS_close, SYS_lseek, SYS_fstat, SYS_fcntl, SYS_shutdown});
#ifdef SYS_poll
  add(rules, {SYS_poll});
#endif
}

// Read-only; the helper runs as nobody by then.
void add_files(Rules& rules) {
  // The path cannot be checked: a filter does not see memory.
  add_if(rules, SYS_openat, 2, kWritingOpen, O_RDONLY);
  add(rules,
      {SYS_newfstatat, SYS_statx, SYS_readlinkat, SYS_getdents64, SYS_faccessat, SYS_faccessat2});
#ifdef SYS_open
  add_if(rules, SYS_open, 1, kWritingOpen, O_RDONLY);
  add(rules, {SYS_stat, SYS_lstat, SYS_access, SYS_readlink});
#endif
}

// bind() and listen() are for the loopback connection of ask_kernel().
void add_sockets(Rules& rules) {
  for (const int family : {AF_INET, AF_INET6, AF_NETLINK}) {
    add_if(rules, SYS_socket, 0, kAllBits, static_cast<std::uint32_t>(family));
  }
  // glibc uses an AF_UNIX socket for interface names and numbers (if_nametoindex(), link-local
  // addresses).
  rules.push_back({.number = SYS_socket,
                   .conditions = {{0, kAllBits, AF_UNIX}, {1, ~kSocketFlags, SOCK_DGRAM}}});
  add(rules, {SYS_bind, SYS_listen, SYS_connect, SYS_accept4, SYS_getsockname, SYS_getpeername,
              SYS_getsockopt, SYS_setsockopt});
  // Driver statistics, interface names and numbers; TCGETS: stdio checks for a terminal.
  for (const int request : {SIOCETHTOOL, SIOCGIFNAME, SIOCGIFINDEX, TCGETS}) {
    add_if(rules, SYS_ioctl, 1, kAllBits, static_cast<std::uint32_t>(request));
  }
}

// No executable memory.
// memfd_create() is for the part of the payload that is sent with SSL_sendfile().
void add_memory(Rules& rules) {
  add_if(rules, SYS_mmap, 2, PROT_EXEC, 0);
  add_if(rules, SYS_mprotect, 2, PROT_EXEC, 0);
  add(rules, {SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_memfd_create});
  add_if(rules, SYS_prctl, 0, kAllBits, PR_SET_VMA);
}

// Other calls of libc and libssl. tgkill() only within this process, for abort().
void add_housekeeping(Rules& rules) {
  add(rules, {SYS_rt_sigaction,
              SYS_rt_sigprocmask,
              SYS_rt_sigreturn,
              SYS_sigaltstack,
              SYS_restart_syscall,
              SYS_getrandom,
              SYS_gettimeofday,
              SYS_clock_getres,
              SYS_nanosleep,
              SYS_clock_nanosleep,
              SYS_getpid,
              SYS_gettid,
              SYS_getppid,
              SYS_getuid,
              SYS_geteuid,
              SYS_getgid,
              SYS_getegid,
              SYS_uname,
              SYS_sysinfo,
              SYS_getcpu,
              SYS_sched_yield,
              SYS_sched_getaffinity,
              SYS_exit,
              SYS_exit_group});
#ifdef SYS_time
  add(rules, {SYS_time});
#endif
  add_if(rules, SYS_tgkill, 0, kAllBits, static_cast<std::uint32_t>(::getpid()));
  add_if(rules, SYS_prlimit64, 2, kAllBits, 0);  // read limits only: new_limit is null
}

// The trials of the kernel's TLS move data between pipes, files in memory and sockets.
void add_trials(Rules& rules) {
  add(rules, {SYS_splice, SYS_pipe2, SYS_ftruncate});
}

void add_threads(Rules& rules) {
  add_if(rules, SYS_clone, 0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM);
  add(rules, {SYS_set_robust_list, SYS_rseq, SYS_set_tid_address});
  // clone3() has its flags in memory, which a filter cannot read. After ENOSYS glibc uses clone().
  rules.push_back({.number = SYS_clone3, .answer = CallRule::Answer::Unknown});
}

}  // namespace

std::vector<CallRule> helper_calls(bool threads) {
  Rules rules;
  add_transfer(rules);
  add_memory(rules);
  add_sockets(rules);
  add_files(rules);
  add_housekeeping(rules);
  // Only the loopback probe has two ends in one process, and so a thread.
  if (threads) {
    add_threads(rules);
    add_trials(rules);
  }
  // Before its library looks at an object's type it asks over a pipe whether that memory is there.
  if (kSanitized) add(rules, {SYS_pipe2});
  return rules;
}

}  // namespace tuner
