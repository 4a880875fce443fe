// What surrounds kernel TLS on a host and no setting family needs: what loads the module at boot,
// the links of NICs, users of TLS inside the kernel, and what this system is. Plain data;
// host/facts/surroundings.h fills it.
#pragma once

#include "base/result.h"
#include "model/programs/config_source.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

// The PCIe link of a NIC that runs below what both of its ends can.
struct SlowLink {
  std::string nic;
  std::string speed, max_speed;  // "8.0 GT/s PCIe"
  int width = 0, max_width = 0;  // lanes
};

// States in which an idle CPU may sleep, and which take long to leave
// (Documentation/admin-guide/pm/cpuidle.rst).
struct DeepIdle {
  std::string driver;   // "intel_idle"
  std::string state;    // the deepest: "C6"
  int latency_us = 0;   // of that: the time to leave it
  std::string numbers;  // of all of them, as a shell's pattern: "[345]"
  int cpus = 0;         // that may enter one
};

// What only system calls tell of this machine, so no recording has it.
struct LiveSurroundings {
  // Lines in which the kernel reports faults of its TLS (model/kernel_warnings.h).
  std::vector<std::string> tls_warnings;
  // The kernel warned of something, and its log has no warning any more.
  bool warnings_lost = false;
  int sock_maps = 0;  // BPF maps of sockets: sockmap and sockhash
  // The longest time to leave an idle state that processes allow (/dev/cpu_dma_latency).
  int allowed_latency_us = 0;
};

// A part of Surroundings whose read failed, or which the recording does not have.
struct UnreadSurroundings {
  enum class Part { Boot, Links, Consumers, System, Idle, Warnings, SockMaps };
  Part part = Part::Boot;
  Error error;
};

struct Surroundings {
  std::optional<ConfigPlace> tls_at_boot;  // the line that loads tls at boot; nullopt: none does
  std::vector<SlowLink> slow_links;
  // Who asks the kernel itself for TLS: mount points (nfs(5)), exports (exports(5)), NVMe
  // controllers and ports of the NVMe target.
  std::vector<std::string> kernel_users;
  bool tlshd = false;                    // the daemon that shakes hands for the kernel runs
  bool fips = false;                     // crypto.fips_enabled
  std::string container;                 // "docker", "lxc"; empty: none is known
  std::string virtual_machine;           // "QEMU"; empty: none, or the CPU does not tell (not x86)
  std::optional<DeepIdle> deep_idle;     // nullopt: no CPU may enter such a state
  bool warned = false;                   // the kernel warned of something since it started
  std::optional<LiveSurroundings> live;  // nullopt: the host is a recorded machine
  std::vector<UnreadSurroundings> unread;
};

}  // namespace tuner
