// Answers of socket diagnostics for the tests of the evidence.
#pragma once

#include "host/net/socket_port.h"

namespace tuner::testing {

inline constexpr std::uint16_t kBase = 1;  // TLS_CONF_BASE, _SW, _HW
inline constexpr std::uint16_t kSw = 2;
inline constexpr std::uint16_t kHw = 3;

// Of a TLS 1.2 connection with AES-128-GCM.
inline SocketUlp tls(std::uint16_t txconf, std::uint16_t rxconf) {
  return {.name = "tls", .version = 0x0303, .cipher = 51, .txconf = txconf, .rxconf = rxconf};
}

}  // namespace tuner::testing
