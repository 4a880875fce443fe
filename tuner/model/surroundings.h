// What surrounds kernel TLS on a host and no setting family needs: what loads the module at boot,
// the links of NICs, users of TLS inside the kernel, and what this system is. Plain data;
// host/facts/surroundings.h fills it.
#pragma once

#include "base/result.h"
#include "model/config_source.h"

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

// A part of Surroundings whose read failed, or which the recording does not have.
struct UnreadSurroundings {
  enum class Part { Boot, Links, Consumers, System };
  Part part = Part::Boot;
  Error error;
};

struct Surroundings {
  std::optional<ConfigPlace> tls_at_boot;  // the line that loads tls at boot; nullopt: none does
  std::vector<SlowLink> slow_links;
  std::vector<std::string> tls_mounts;  // mount points with xprtsec=tls or mtls (nfs(5))
  bool tlshd = false;                   // the daemon that shakes hands for the kernel runs
  bool fips = false;                    // crypto.fips_enabled
  std::string container;                // "docker", "lxc"; empty: none is known
  std::vector<UnreadSurroundings> unread;
};

}  // namespace tuner
