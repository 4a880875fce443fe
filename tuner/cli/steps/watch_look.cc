#include "cli/steps/watch_look.h"

#include "probe/driver_counters.h"
#include "probe/tls_stat.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuner {
namespace {

constexpr std::string_view kTlsStat = "/proc/net/tls_stat";
constexpr std::string_view kInterfaces = "/sys/class/net";
// A NIC whose driver counts nothing about TLS is asked again after so many looks: it may have
// hundreds of statistics.
constexpr std::size_t kAskAgain = 60;  // looks

}  // namespace

CounterReader::CounterReader(const FileTree& files, Statistics statistics)
    : files_(files), statistics_(std::move(statistics)) {}

CounterLooks CounterReader::look(std::chrono::milliseconds at) {
  CounterLooks looks;
  looks.kernel = kernel(at, looks);
  const auto names = files_.list(kInterfaces);
  looks.nics_listed = names.has_value();
  if (!names) looks.errors.push_back(names.error());
  if (names) {
    for (const std::string& name : *names) nic(name, at, looks);
    std::erase_if(without_, [&](const auto& entry) {
      return std::ranges::find(*names, entry.first) == names->end();
    });
  }
  ++number_;
  return looks;
}

CounterLook CounterReader::kernel(std::chrono::milliseconds at, CounterLooks& looks) const {
  const auto text = files_.read(kTlsStat);
  if (text) return {.state = SourceState::Read, .counters = parse_tls_stat(*text), .at = at};
  if (is_absent(text.error()))
    return {.state = SourceState::Absent,
            .because =
                "the file is absent, so module tls is not loaded, or the kernel is older "
                "than Linux 5.5",
            .at = at};
  looks.errors.push_back(text.error());
  return {.state = SourceState::Unreadable, .because = text.error().text, .at = at};
}

void CounterReader::nic(const std::string& name, std::chrono::milliseconds at,
                        CounterLooks& looks) {
  const auto known = without_.find(name);
  if (known != without_.end() && number_ < known->second) {
    looks.nics_without.push_back(name);
    return;
  }
  const auto statistics = statistics_(name);
  // A name of sysfs that is no interface (bonding_masters), or one that has just gone.
  if (!statistics && statistics.error().fault == Fault::NotFound) return;
  if (!statistics && !is_absent(statistics.error())) {
    looks.errors.push_back(statistics.error());
    looks.nics[name] = {
        .state = SourceState::Unreadable, .because = statistics.error().text, .at = at};
    return;
  }
  auto counters = statistics ? offload_counters(*statistics) : DriverCounters();
  if (counters.empty()) {
    without_[name] = number_ + kAskAgain;
    looks.nics_without.push_back(name);
    return;
  }
  without_.erase(name);
  looks.nics[name] = {.state = SourceState::Read, .counters = std::move(counters), .at = at};
}

}  // namespace tuner
