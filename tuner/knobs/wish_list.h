// Collects wishes in the order of the profile; of two for one subject the last one counts.
#pragma once

#include "model/facts.h"
#include "model/plan.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace tuner {

class WishList {
 public:
  explicit WishList(std::vector<std::string>& notes) : notes_(notes) {}

  // A wish that replaces a different one keeps its place in the order and leaves a note.
  void add(Wish wish);
  std::vector<Wish> take() { return std::move(wishes_); }

 private:
  std::vector<std::string>& notes_;
  std::vector<Wish> wishes_;
  std::unordered_map<std::string, std::size_t> index_;  // by key
};

// One message a NIC: wishes of one group, which is a NIC's name, stand together, else in the
// profile's order; those of no group come first.
std::vector<Wish> grouped_by_nic(std::vector<Wish> wishes, const Facts& facts);

}  // namespace tuner
