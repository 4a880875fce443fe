// Collects wishes in the order of the profile; of two for one subject the last one counts.
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

  // A wish that replaces a different one keeps its place in the order and leaves a note.
  void add(DesiredSetting desired);
  std::vector<DesiredSetting> take() { return std::move(desired_); }

 private:
  std::vector<std::string>& notes_;
  std::vector<DesiredSetting> desired_;
  std::unordered_map<std::string, std::size_t> index_;  // by key
};

// One message a NIC: wishes of one group, which is a NIC's name, stand together, else in the
// profile's order; those of no group come first.
std::vector<DesiredSetting> grouped_by_nic(std::vector<DesiredSetting> desired_settings,
                                           const Facts& facts);

}  // namespace tuner
