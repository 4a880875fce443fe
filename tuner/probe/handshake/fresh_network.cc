#include "probe/handshake/fresh_network.h"

#include "base/handle.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

// Io and not the fault of the number: inside a new namespace this must work, so its failure is no
// reason to continue in the shared one.
Error loopback_error(int error) {
  Error made = errno_error(error, "bring up loopback in a fresh network namespace");
  made.fault = Fault::Io;
  return made;
}

// A new network namespace has `lo`, and it is down.
Outcome bring_up_loopback() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return fail(loopback_error(errno));
  ifreq request{};
  std::strncpy(request.ifr_name, "lo", sizeof request.ifr_name - 1);
  request.ifr_flags = IFF_UP;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return fail(loopback_error(errno));
  return {};
}

}  // namespace

// In a namespace of its own nothing else moves the probe's /proc/self/net/tls_stat. A refusal is no
// failure of the probe: the report then says that the counters are shared.
Outcome enter_fresh_network() {
  if (::unshare(CLONE_NEWNET) == 0) return bring_up_loopback();
  // In a new user namespace root would keep user ID 0 outside, and could not become nobody, because
  // no ID is mapped.
  if (::geteuid() == 0) return fail(errno_error(errno, "enter a fresh network namespace"));
  // user.max_user_namespaces=0, kernel.unprivileged_userns_clone=0, AppArmor, a container's
  // seccomp.
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) return bring_up_loopback();
  return fail(errno_error(errno, "enter a fresh network namespace"));
}

}  // namespace tuner
