// Labels of this host for Kubernetes: a feature file of node-feature-discovery's local source.
#pragma once

#include "cli/render/last_probe.h"
#include "model/facts.h"

#include <optional>
#include <string>

namespace tuner {

struct FeatureInput {
  const Facts& facts;              // with NIC features
  std::optional<LastProbe> probe;  // the last one under this kernel
  std::optional<bool> in_sync;     // with the active profile; nullopt: unknown
  std::string profile;             // the active one; empty: none
};

// One label per line, "ktls.tx=kernel"; an unknown value has no line. Names and values contain only
// characters that a label may have.
std::string feature_lines(const FeatureInput& input);

}  // namespace tuner
