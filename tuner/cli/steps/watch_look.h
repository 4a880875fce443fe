// One look of `watch` at the counters: /proc/net/tls_stat and the statistics of each NIC.
#pragma once

#include "cli/steps/watch_loop.h"
#include "host/host.h"
#include "host/net/nic_statistics.h"

#include <chrono>
#include <functional>
#include <map>
#include <string>

namespace tuner {

class CounterReader {
 public:
  using Statistics = std::function<Result<NicStatistics>(std::string_view nic)>;
  // `files` must outlive the reader. `statistics` is nic_statistics(); tests replace it.
  CounterReader(const FileTree& files, Statistics statistics);

  CounterLooks look(std::chrono::milliseconds at);

 private:
  CounterLook kernel(std::chrono::milliseconds at, CounterLooks& looks) const;
  void nic(const std::string& name, std::chrono::milliseconds at, CounterLooks& looks);

  const FileTree& files_;
  Statistics statistics_;
  // Interfaces whose drivers count nothing about TLS, with the number of the look at which they are
  // asked again: a host has thousands of veth, and a driver may be exchanged.
  std::map<std::string, std::size_t> without_;
  std::size_t number_ = 0;
};

}  // namespace tuner
