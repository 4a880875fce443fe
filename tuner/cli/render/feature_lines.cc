#include "cli/render/feature_lines.h"

#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace tuner {
namespace {

// A module that could be loaded is no feature of the host yet.
bool has_tls(const Facts& facts) {
  const ModuleState state = facts.kernel.tls.state;
  return state == ModuleState::BuiltIn || state == ModuleState::Live;
}

bool offloads(const Facts& facts, std::string_view feature) {
  return std::ranges::any_of(facts.nics, [&](const Nic& nic) {
    const auto found = nic.features.find(feature);
    return found != nic.features.end() && found->second.active;
  });
}

// The best that any cell of this version and direction reached; empty: none was probed.
// The best and not the worst: a label says what this host can do, and `check` reports the rest.
std::string_view best_path(const LastProbe& probe, std::string_view version,
                           std::string_view direction) {
  constexpr std::array<std::string_view, 3> kBestFirst{"device", "kernel", "userspace"};
  for (const std::string_view path : kBestFirst) {
    const auto took = [&](const LastProbe::Way& way) {
      return way.direction == direction && way.taken == path &&
             (version.empty() || way.version == version);
    };
    if (std::ranges::any_of(probe.ways, took)) return path;
  }
  return {};
}

void add_probe(const LastProbe& probe, std::string& text) {
  // "TLSv1.3" becomes ktls.tx-1.3; ktls.tx is the best path of all versions.
  constexpr std::array<std::string_view, 3> kVersions{"", "TLSv1.2", "TLSv1.3"};
  for (const std::string_view direction : {"tx", "rx"}) {
    for (const std::string_view version : kVersions) {
      const std::string_view path = best_path(probe, version, direction);
      if (path.empty()) continue;
      const std::string suffix =
          version.empty() ? std::string() : fmt::format("-{}", version.substr(4));
      text += fmt::format("ktls.{}{}={}\n", direction, suffix, path);
    }
  }
}

}  // namespace

// One line: ktls.tx-1.3=kernel
std::string feature_lines(const FeatureInput& input) {
  std::string text;
  text += fmt::format("ktls.kernel={}\n", has_tls(input.facts));
  text += fmt::format("ktls.nic-tx={}\n", offloads(input.facts, "tls-hw-tx-offload"));
  text += fmt::format("ktls.nic-rx={}\n", offloads(input.facts, "tls-hw-rx-offload"));
  if (input.probe) add_probe(*input.probe, text);
  if (!input.profile.empty()) text += fmt::format("ktls.profile={}\n", escaped_line(input.profile));
  if (input.in_sync) text += fmt::format("ktls.in-sync={}\n", *input.in_sync);
  return text;
}

}  // namespace tuner
