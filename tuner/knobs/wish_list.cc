#include "knobs/wish_list.h"

#include <fmt/format.h>

#include <unordered_map>

namespace tuner {
namespace {

std::string overridden(const Wish& first, const Wish& last) {
  return fmt::format("{} {}: {} ({}) instead of {} ({}): the last entry counts", last.subject.knob,
                     last.subject.name, to_text(last.setting.goal), to_text(last.setting.origin),
                     to_text(first.setting.goal), to_text(first.setting.origin));
}

}  // namespace

void WishList::add(Wish wish) {
  const auto [known, is_new] = index_.try_emplace(wish.subject.key, wishes_.size());
  if (is_new) {
    wishes_.push_back(std::move(wish));
    return;
  }
  Wish& first = wishes_[known->second];
  if (first.setting.goal != wish.setting.goal) notes_.push_back(overridden(first, wish));
  first = std::move(wish);
}

std::vector<Wish> grouped_by_nic(std::vector<Wish> wishes, const Facts& facts) {
  std::vector<Wish> grouped;
  for (Wish& wish : wishes) {
    if (wish.subject.group.empty()) grouped.push_back(std::move(wish));  // of no NIC here
  }
  std::unordered_map<std::string, std::vector<Wish*>> of_nic;
  for (Wish& wish : wishes) of_nic[wish.subject.group].push_back(&wish);
  for (const Nic& nic : facts.nics) {
    const auto own = of_nic.find(nic.name);
    if (own == of_nic.end()) continue;
    for (Wish* wish : own->second) grouped.push_back(std::move(*wish));
    of_nic.erase(own);  // of two interfaces with one name, the first
  }
  return grouped;
}

}  // namespace tuner
