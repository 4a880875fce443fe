// Which NICs an entry of a profile's `nics` means on this machine. Pure.
#pragma once

#include "model/facts.h"
#include "model/profile.h"

#include <string>
#include <vector>

namespace tuner {

struct SelectedNic {
  const Nic* nic = nullptr;  // has no lower devices: settings are made on these
  std::string via;           // the bond or VLAN it was selected through; empty: itself
};

// In the order of facts. A bond or VLAN stands for its lower devices, at any depth: each key of the
// selector may be met by the lower device or by a device that stands on it, so `carries:
// default-route` with `any: physical` finds the members of the bond that carries it.
std::vector<SelectedNic> select_nics(const NicSelector& selector, const Facts& facts);

// "name eth*, driver mlx5_core": for notes.
std::string to_text(const NicSelector& selector);

}  // namespace tuner
