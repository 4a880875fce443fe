#include "model/feature_names.h"

#include "base/text.h"

namespace tuner {

// NetworkManager and TuneD accept ethtool's short names: "tso" stands for several features of the
// kernel.
std::vector<std::string> kernel_features_of(std::string_view word) {
  const auto* alias = std::ranges::find(kFeatureAliases, word, &FeatureAlias::alias);
  std::vector<std::string> names;
  for (const std::string_view name :
       split_whitespace(alias == kFeatureAliases.end() ? word : alias->kernel))
    names.emplace_back(name);
  return names;
}

}  // namespace tuner
