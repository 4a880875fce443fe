#include "host/facts/parts.h"
#include "host/files/small_files.h"
#include "host/read_window.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// Since Linux 6.17 each NAPI instance reports its mode. Before, a thread is reported that may be
// idle since the mode was switched off (net/core/netdev-genl.c, netdev_nl_napi_fill_one()).
bool tells_threads(const KernelQueues& queues) {
  return std::ranges::all_of(queues.napis, [](const NapiInstance& napi) {
    return napi.threads.has_value() || !napi.thread.has_value();
  });
}

// /sys/class/net/eth0/threaded: "0", "1", since Linux 6.18 also "2". Without the file, before Linux
// 5.12, there are no threads, or an older recording has not read it.
std::optional<NapiThreads> read_threads(const FileTree& files, const Nic& nic) {
  const auto mode = read_integer(files, fmt::format("/sys/class/net/{}/threaded", nic.name));
  if (!mode || *mode < 0 || *mode >= static_cast<int>(kWords<NapiThreads>.size()))
    return std::nullopt;
  return static_cast<NapiThreads>(*mode);
}

void read_queues(const Host& host, bool threads, Nic& nic, UnreadList& unread) {
  const ReadWindow window(host, FactNeed::NicQueues, nic.name);
  if (auto queues = host.nics().kernel_queues(nic.name)) nic.kernel_queues = std::move(*queues);
  if (threads && !(nic.kernel_queues && tells_threads(*nic.kernel_queues)))
    nic.threads = read_threads(host.files(), nic);
  window.close(unread);
}

}  // namespace

void collect_kernel_queues(const Host& host, std::vector<Nic>& nics,
                           const std::optional<std::set<std::string>>& scope, bool threads,
                           UnreadList& unread) {
  std::set<std::string> functions;  // of the NICs in scope: ports of one share its interrupts
  for (const Nic& nic : nics) {
    if (!scope || scope->contains(nic.name)) functions.insert(nic.bus_address);
  }
  functions.erase("");  // not on PCI: its interrupts are not read either
  for (Nic& nic : nics) {
    if (functions.contains(nic.bus_address)) read_queues(host, threads, nic, unread);
  }
}

}  // namespace tuner
