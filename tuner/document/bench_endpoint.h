// The part of bench's document that is of a run between two hosts.
#pragma once

#include "document/common.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::document {

struct BenchEndpoint {
  std::string mode;
  std::string peer;
  std::string peer_library;
  std::optional<std::string> interface;
  std::vector<std::string> nics;
};

inline constexpr std::array<std::string_view, 2> kBenchEndpoints{"connect", "listen"};

void describe(auto& keys, Exactly<BenchEndpoint> auto& endpoint) {
  keys.object("bench_endpoint", "Of a run between two hosts");
  keys.key({"mode",
            "connect: this host sent. listen: it received, and figures, paths and counters are "
            "what the other end reports",
            {.words = kBenchEndpoints}},
           endpoint.mode);
  keys.key({"peer", "The other end", kNotEmpty}, endpoint.peer);
  keys.key({"peer_library", "OpenSSL's version there"}, endpoint.peer_library);
  keys.key({"interface", "The sending end's output interface; null: not known"},
           endpoint.interface);
  keys.key({"nics", "The NICs below it, whose driver's counters are read"}, endpoint.nics);
}

}  // namespace tuner::document
