// Selects the NICs of this machine that an entry of a profile's `nics` means. Pure.
#pragma once

#include "model/facts.h"
#include "model/profile.h"

#include <string>
#include <vector>

namespace tuner {

struct SelectedNic {
  const Nic* nic = nullptr;  // has no lower devices: settings are made only on such NICs
  std::string via;           // the bond or VLAN through which it was selected; empty: directly
};

// In the order of facts. A bond or VLAN selects its lower devices, at any depth. Each key of the
// selector may be met by the lower device or by a device above it, so `carries: default-route` with
// `any: physical` selects the members of the bond that carries the default route.
std::vector<SelectedNic> select_nics(const NicSelector& selector, const Facts& facts);

// "name eth*, driver mlx5_core": for notes.
std::string to_text(const NicSelector& selector);

}  // namespace tuner
