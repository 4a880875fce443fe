#include "model/nic_list.h"

namespace tuner {

const NicList::Index& NicList::index() const {
  // Built at the first look-up and dropped by change(). Plans of 20,000 NICs spent 21 s in searches
  // by name and key before.
  if (index_) return *index_;
  ++walks_;
  Index& index = index_.emplace();
  for (std::size_t i = 0; i < nics_.size(); ++i) {
    const Nic& nic = nics_[i];
    index.by_name[nic.name].push_back(i);
    index.by_key[nic.key()].push_back(i);
    if (!nic.bus_address.empty()) index.by_address[nic.bus_address].push_back(i);
    for (const std::string& lower : nic.lowers) index.by_lower[lower].push_back(i);
  }
  return index;
}

std::vector<const Nic*> NicList::at(const Places& places, std::string_view word) const {
  std::vector<const Nic*> found;
  const auto known = places.find(std::string(word));
  if (known == places.end()) return found;
  for (const std::size_t place : known->second) {
    // A device that lists a lower one twice is in the index twice.
    if (found.empty() || found.back() != &nics_[place]) found.push_back(&nics_[place]);
  }
  return found;
}

const Nic* NicList::named(std::string_view name) const {
  const auto found = at(index().by_name, name);
  return found.empty() ? nullptr : found.front();
}

Nic* NicList::find_mutable(std::string_view name) {
  const Nic* found = named(name);
  return found == nullptr ? nullptr : &nics_[static_cast<std::size_t>(found - nics_.data())];
}

std::vector<const Nic*> NicList::with_key(std::string_view key) const {
  return at(index().by_key, key);
}

std::vector<const Nic*> NicList::at_address(std::string_view bus_address) const {
  return at(index().by_address, bus_address);
}

std::vector<const Nic*> NicList::directly_on(std::string_view name) const {
  return at(index().by_lower, name);
}

}  // namespace tuner
