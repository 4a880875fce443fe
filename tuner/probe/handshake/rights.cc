#include "probe/handshake/rights.h"

#include "base/sanitized.h"

#include <fmt/format.h>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <grp.h>
#include <string_view>

namespace tuner {
namespace {

constexpr std::string_view kHint =
    "the probe runs only without privileges: give root CAP_SETUID, CAP_SETGID and CAP_SETPCAP "
    "here, "
    "or run the probe as an ordinary user";

tl::unexpected<Error> step_failed(std::string_view step) {
  Error error = errno_error(errno, fmt::format("give up root: {}", step));
  error.hint = kHint;
  return fail(std::move(error));
}

using CapabilitySets = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

__user_cap_header_struct this_process() {
  return {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
}

Result<CapabilitySets> capabilities() {
  auto header = this_process();
  CapabilitySets sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) {
    return step_failed("read the capabilities");
  }
  return sets;
}

bool is_empty(const CapabilitySets& sets) {
  return std::ranges::all_of(sets, [](const __user_cap_data_struct& set) {
    return set.effective == 0 && set.permitted == 0 && set.inheritable == 0;
  });
}

bool may_change_bounds(const CapabilitySets& sets) {
  return (sets[CAP_TO_INDEX(CAP_SETPCAP)].effective & CAP_TO_MASK(CAP_SETPCAP)) != 0;
}

// Fails only if `needed`: a process that has no capabilities and cannot gain any needs no empty
// bounding set.
Outcome empty_bounding_set(bool needed) {
  for (unsigned long one = 0; ::prctl(PR_CAPBSET_READ, one) >= 0; ++one) {
    if (::prctl(PR_CAPBSET_READ, one) == 0) continue;
    if (needed && ::prctl(PR_CAPBSET_DROP, one) != 0) {
      return step_failed(fmt::format("drop capability {} from the bounding set", one));
    }
  }
  return {};
}

// The groups come first: changing them needs root.
// All three ids: a saved id of 0 could be taken again.
Outcome become_nobody() {
  if (::setgroups(0, nullptr) != 0) return step_failed("drop the supplementary groups");
  if (::setresgid(kNobody, kNobody, kNobody) != 0) {
    return step_failed(fmt::format("change the group to {}", kNobody));
  }
  if (::setresuid(kNobody, kNobody, kNobody) != 0) {
    return step_failed(fmt::format("change the user to nobody ({})", kNobody));
  }
  return {};
}

// Checked by reading them again: no peer is heard on the word of one call.
Outcome drop_capabilities() {
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
    return step_failed("clear the ambient capabilities");
  }
  auto header = this_process();
  const CapabilitySets none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) {
    return step_failed("drop the capabilities");
  }
  const auto left = TRY(capabilities());
  if (is_empty(left) && ::geteuid() != 0) return {};
  return fail(Fault::NotPermitted,
              "give up root: the kernel reported success, but privileges are left",
              std::string(kHint));
}

// Address space for the program, libraries and thread stacks, with room for driver statistics (8
// MiB per request) and a second arena of malloc (128 MiB). Four payloads are added to it: those of
// both directions, and the same again as memory files.
constexpr std::uint64_t kAddressSpace = 1U << 30U;
// A listener holds up to 256 pending peers (kMostPending in acceptor.cc).
constexpr rlim_t kOpenFiles = 512;
// Files other than the ends of needs.connections: listeners, channels, content.
constexpr rlim_t kOtherFiles = 64;
// An end with TLS takes 20 to 40 KiB of OpenSSL's memory; a heap has gaps.
constexpr std::uint64_t kAddressSpaceOfEnd = 96U << 10U;
// For the report if stdout is a file.
constexpr std::uint64_t kLeastFile = 8U << 20U;

// Sets both limits, so the helper cannot raise them again. `raise`: the soft one may become higher.
Outcome limit(__rlimit_resource resource, std::string_view name, rlim_t most, bool raise) {
  rlimit now{};
  if (::getrlimit(resource, &now) != 0) {
    return fail(errno_error(errno, fmt::format("read the limit {}", name)));
  }
  const rlim_t lower = std::min(most, now.rlim_max);
  now = {.rlim_cur = raise ? lower : std::min(lower, now.rlim_cur), .rlim_max = lower};
  if (::setrlimit(resource, &now) == 0) return {};
  return fail(errno_error(errno, fmt::format("set the limit {} to {}", name, lower)));
}

}  // namespace

Outcome give_up_rights() {
  const auto held = TRY(capabilities());
  const bool root = ::geteuid() == 0;
  // Also the condition for a seccomp filter without CAP_SYS_ADMIN (seccomp(2)).
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return step_failed("set no_new_privs");
  TRY(empty_bounding_set(root || may_change_bounds(held)));
  if (root) {
    TRY(become_nobody());
  }
  TRY(drop_capabilities());
  // Another process of nobody must not trace this one: ptrace(2) needs the dumpable attribute.
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return step_failed("clear the dumpable attribute");
  return {};
}

Outcome limit_resources(const HelperNeeds& needs) {
  struct Limit {
    __rlimit_resource resource;
    std::string_view name;
    rlim_t most;
    bool applies = true;
  };
  const Limit limits[] = {
      {RLIMIT_CORE, "RLIMIT_CORE", 0},
      {RLIMIT_NOFILE, "RLIMIT_NOFILE", std::max(kOpenFiles, 2 * needs.connections + kOtherFiles)},
      {RLIMIT_FSIZE, "RLIMIT_FSIZE", std::max(kLeastFile, needs.bytes_each_way)},
      // The sanitizers map terabytes of shadow memory.
      {RLIMIT_AS, "RLIMIT_AS",
       kAddressSpace + 4 * needs.bytes_each_way + 2 * needs.connections * kAddressSpaceOfEnd,
       !kSanitized},
      // Threads count as processes, and so do the processes of all other programs run as nobody.
      {RLIMIT_NPROC, "RLIMIT_NPROC", 0, !needs.threads},
  };
  for (const Limit& one : limits) {
    if (!one.applies) continue;
    // Login shells and units have a low soft limit of open files.
    TRY(limit(one.resource, one.name, one.most, one.resource == RLIMIT_NOFILE));
  }
  return {};
}

}  // namespace tuner
