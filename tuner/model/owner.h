// The owners that also set the subject of a step. Pure; host/owners/collect.cc finds the external
// settings.
#pragma once

#include "model/facts.h"
#include "model/plan.h"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace tuner {

// "tuned (/etc/tuned/web/tuned.conf:12)"; several are joined by "and". Empty: none. irqbalance does
// not count if the profile bans it.
std::string owner_of(const Subject& subject, const Facts& facts, const Profile& profile);

// The external settings of the subject.
std::vector<const ExternalSetting*> external_about(const Subject& subject, const Facts& facts);

// The same for many subjects, with an index by setting that is built once. Keeps a reference to
// facts, which must outlive it.
class Owners {
 public:
  Owners(const Facts& facts, const Profile& profile);
  explicit Owners(const Facts& facts);  // without a profile: irqbalance counts

  std::string of(const Subject& subject) const;
  std::vector<const ExternalSetting*> about(const Subject& subject) const;

 private:
  using Places = std::vector<std::size_t>;

  const Facts& facts_;
  bool without_irqbalance_ = false;
  std::unordered_map<std::string, Places> named_;    // by family, NIC and setting
  std::unordered_map<std::string, Places> any_nic_;  // by family and setting
  std::unordered_map<std::string, Places> paths_;    // by path
  Places patterns_;                                  // patterns of paths
};

// Whether the external setting's value is the observed one. A program that chooses its value
// (irqbalance) explains every value; a value that does not parse as the setting's type explains
// none.
bool explains(const ExternalSetting& external, const Value& observed);

}  // namespace tuner
