// The NICs of a machine, indexed by name, key, bus address and lower interface. A machine with
// thousands of containers has thousands of interfaces and each setting looks up its NIC, so no
// lookup walks the list.
#pragma once

#include "model/nic.h"

#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tuner {

class NicList {
 public:
  NicList() = default;
  NicList(std::vector<Nic> nics) : nics_(std::move(nics)) {}  // NOLINT(*explicit*): a conversion
  NicList(std::initializer_list<Nic> nics) : nics_(nics) {}

  auto begin() const { return nics_.begin(); }
  auto end() const { return nics_.end(); }
  bool empty() const { return nics_.empty(); }
  std::size_t size() const { return nics_.size(); }
  const Nic& operator[](std::size_t at) const { return nics_[at]; }
  const Nic& front() const { return nics_.front(); }
  const Nic& back() const { return nics_.back(); }

  // For any change. Drops the index; the next lookup builds it again.
  std::vector<Nic>& change() {
    index_.reset();
    return nics_;
  }
  auto begin() { return change().begin(); }
  auto end() { return change().end(); }
  Nic& operator[](std::size_t at) { return change()[at]; }
  Nic& front() { return change().front(); }
  Nic& back() { return change().back(); }
  void push_back(Nic nic) { change().push_back(std::move(nic)); }
  void clear() { change().clear(); }

  const Nic* named(std::string_view name) const;
  // Keeps the index: the caller must not change name, key, bus address or lowers.
  Nic* find_mutable(std::string_view name);
  // In list order. Several if a driver has several interfaces on one PCI function (switchdev).
  std::vector<const Nic*> with_key(std::string_view key) const;
  std::vector<const Nic*> at_address(std::string_view bus_address) const;
  // The interfaces that have this one among their lowers.
  std::vector<const Nic*> directly_on(std::string_view name) const;

  // How often the index was built: for tests of the cost of lookups.
  std::size_t walks() const { return walks_; }

 private:
  using Places = std::unordered_map<std::string, std::vector<std::size_t>>;
  struct Index {
    Places by_name, by_key, by_address, by_lower;
  };
  const Index& index() const;
  std::vector<const Nic*> at(const Places& places, std::string_view word) const;

  std::vector<Nic> nics_;
  mutable std::optional<Index> index_;
  mutable std::size_t walks_ = 0;
};

}  // namespace tuner
