// Collects desired settings in the order of the profile. Of two for one subject, the last one
// counts.
#pragma once

#include "model/facts.h"
#include "model/plan.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace tuner {

class DesiredSettings {
 public:
  explicit DesiredSettings(std::vector<std::string>& notes) : notes_(notes) {}

  // A setting that replaces an earlier one takes its position, and adds a note if the goals differ.
  void add(DesiredSetting desired);
  std::vector<DesiredSetting> take() { return std::move(desired_); }

 private:
  std::vector<std::string>& notes_;
  std::vector<DesiredSetting> desired_;
  std::unordered_map<std::string, std::size_t> index_;  // by key
};

// Groups desired settings so that each NIC needs only one message. Settings without a group come
// first, then one group per NIC (the group is the NIC's name) in the order of facts; within a group
// in the profile's order.
std::vector<DesiredSetting> grouped_by_nic(std::vector<DesiredSetting> desired_settings,
                                           const Facts& facts);

}  // namespace tuner
