// What libssl has in new contexts under a configuration, as the helper reads it back, and whether
// that proves a configuration that is to add kTLS to another one. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tuner {

// A new SSL_CTX: what the system default of the configuration has set.
struct ContextSettings {
  bool asks_ktls = false;        // SSL_OP_ENABLE_KTLS
  std::uint64_t options = 0;     // all others, by OpenSSL's bits
  std::int64_t min_version = 0;  // by the numbers of the protocol; 0: no bound
  std::int64_t max_version = 0;
  int security_level = 0;
  std::string ciphers;  // by their names, in order, with ':' between them

  bool operator==(const ContextSettings&) const = default;
};

struct ConfigReadback {
  std::string library;      // "OpenSSL 3.0.17 1 Jul 2025"
  std::string config_file;  // the file that libssl took for its configuration
  ContextSettings server;
  ContextSettings client;
};

// Longer texts are not tried.
inline constexpr std::size_t kLongestConfigText = 64U << 10U;

// What tells against "as under `base`, and kTLS is asked for"; empty: it is proved.
std::vector<std::string> doubts_of_addition(const ConfigReadback& base,
                                            const ConfigReadback& with_option);

}  // namespace tuner
