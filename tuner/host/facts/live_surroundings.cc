#include "host/facts/live_surroundings.h"

#include "base/interrupted.h"
#include "host/net/sock_maps.h"
#include "host/process/kernel_log.h"
#include "model/kernel_warnings.h"

#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace tuner {
namespace {

using Part = UnreadSurroundings::Part;

// The device tells the strictest request of all processes as a number of 32 bits
// (Documentation/power/pm_qos_interface.rst).
Result<int> allowed_latency() {
  constexpr const char* kDevice = "/dev/cpu_dma_latency";
  const UniqueFd device = open_fd(kDevice, O_RDONLY);
  int error = errno;
  if (!device) return fail(errno_error(error, std::string("open ") + kDevice));
  std::int32_t limit = 0;
  const auto got = ::read(device.get(), &limit, sizeof limit);
  error = errno;
  if (got < 0) return fail(errno_error(error, std::string("read ") + kDevice));
  if (got != sizeof limit)
    return fail(Fault::Invalid, std::string("read ") + kDevice + ": fewer than four bytes");
  return limit;
}

}  // namespace

void add_live_surroundings(Surroundings& found) {
  found.live.emplace();
  LiveSurroundings& live = *found.live;
  const auto keep = [&found](Part part, const auto& result, auto& value) {
    if (result)
      value = *result;
    else
      found.unread.push_back({part, result.error()});
  };
  keep(Part::SockMaps, count_sock_maps(), live.sock_maps);
  if (found.deep_idle) keep(Part::Idle, allowed_latency(), live.allowed_latency_us);
  if (!found.warned) return;
  std::string log;
  const auto read = kernel_log();
  keep(Part::Warnings, read, log);
  if (!read) return;
  KernelWarnings warnings = kernel_warnings(log);
  // The kernel is tainted by a warning, and its log has none any more.
  live.warnings_lost = !warnings.any;
  live.tls_warnings = std::move(warnings.of_tls);
}

}  // namespace tuner
