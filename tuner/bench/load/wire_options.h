// One end of a benchmark across the wire, as the helper's command line says. Plain data.
#pragma once

#include "base/handle.h"
#include "probe/host_port.h"

#include <map>
#include <string>
#include <vector>

namespace tuner {

struct WireLoad {
  bool listens = false;
  HostPort place;                   // to listen on, or to connect to
  std::string token;                // of both ends (probe/token.h)
  std::vector<HostPort> addresses;  // the resolved addresses of the place to connect to
  UniqueFd listening = UniqueFd();  // the socket that listens (listen_on())
  // The CPU of this end by the NIC through which the route to the other end goes. Others: the CPU
  // of MeasureOptions::cpus.
  std::map<std::string, int> cpu_by_nic;
};

// The CPU for the first of these NICs, or the interface above them, that has one.
int cpu_near(const WireLoad& wire, const std::string& interface,
             const std::vector<std::string>& nics, int otherwise);

}  // namespace tuner
