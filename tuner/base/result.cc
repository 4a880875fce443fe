#include "base/result.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace tuner {

std::string_view fault_name(Fault fault) {
  return word_of(fault);
}

Fault errno_fault(int errno_value) {
  switch (errno_value) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    // A file below /proc/PID of a process that has ended since (fs/proc/base.c).
    case ESRCH:
    case ENOTDIR: return Fault::NotFound;
    // Writing the affinity of a managed or per-CPU interrupt fails with EIO up to 6.2 and with
    // EPERM since (kernel/irq/proc.c). The family that writes must tell this from a missing
    // privilege.
    case EACCES:
    case EPERM:
    // A read-only /proc/sys, as containers have it, fails the open for writing with EROFS.
    case EROFS: return Fault::NotPermitted;
    // What a driver or kernel without the operation returns: ethtool netlink for a missing driver
    // callback, an old kernel for a new system call, setsockopt(2) for a new option.
    case EOPNOTSUPP:
    case ENOSYS:
    case ENOPROTOOPT: return Fault::Unsupported;
    case EBUSY:
    case EAGAIN:
    case ETXTBSY: return Fault::Busy;
    case EINVAL:
    case ERANGE:
    case EOVERFLOW: return Fault::Invalid;
    case ENOSPC:
    case EDQUOT: return Fault::NoSpace;
    case ETIMEDOUT: return Fault::TimedOut;
    default: return Fault::Io;
  }
}

bool is_absent(const Error& error) {
  return error.fault == Fault::NotFound || error.fault == Fault::Unsupported;
}

Error errno_error(int errno_value, std::string_view doing) {
  return Error{.fault = errno_fault(errno_value),
               .errno_value = errno_value,
               .text = fmt::format("{}: {}", doing, std::strerror(errno_value)),
               .hint = {}};
}

}  // namespace tuner
