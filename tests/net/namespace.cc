#include "net/namespace.h"

#include <fmt/format.h>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace tuner::testing {
namespace {

std::string why(const char* what) {
  return fmt::format("{}: {}", what, std::strerror(errno));
}

std::string make_namespace() {
  const int user = ::geteuid() == 0 ? 0 : CLONE_NEWUSER;
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS | user) != 0) return why("no network namespace");
  // A sysfs mount shows the interfaces of the network namespace of the process that mounted it.
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("sysfs", "/sys", "sysfs", 0, nullptr) != 0)
    return why("no /sys for it");
  if (!run("ip link set lo up")) return "no iproute2";
  if (!run("ip link add tst0 type veth peer name tst1")) return "this kernel has no veth";
  if (!run("ip address add 192.0.2.1/24 dev tst0") || !run("ip link set tst0 up") ||
      !run("ip link set tst1 up") || !run("ip route add default via 192.0.2.2"))
    return "ip cannot set up the interfaces";
  // The kernel's link watch sets operstate to "up" shortly after the command has returned.
  if (!run("for i in $(seq 250); do grep -q up /sys/class/net/tst0/operstate && exit 0; "
           "sleep 0.02; done; exit 1"))
    return "the link of tst0 does not come up";
  return {};
}

}  // namespace

bool run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

const std::string& enter_namespace() {
  static const std::string kReason = make_namespace();
  return kReason;
}

}  // namespace tuner::testing
