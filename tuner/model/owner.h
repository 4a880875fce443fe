// Who else sets the very thing that a step is about. Pure; host/owners/collect.cc finds the claims.
#pragma once

#include "model/facts.h"
#include "model/plan.h"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace tuner {

// "tuned (/etc/tuned/web/tuned.conf:12)"; several are joined by "and"; empty: nobody. Where the
// profile bans irqbalance, it is no owner.
std::string owner_of(const Subject& subject, const Facts& facts, const Profile& profile);

// The same claims one by one.
std::vector<const ExternalSetting*> external_about(const Subject& subject, const Facts& facts);

// The same for many subjects: the claims are looked through once, and then found by the setting
// that they name. Facts and profile must outlive it.
class Owners {
 public:
  Owners(const Facts& facts, const Profile& profile);
  explicit Owners(const Facts& facts);  // of no profile: irqbalance counts

  std::string of(const Subject& subject) const;
  std::vector<const ExternalSetting*> about(const Subject& subject) const;

 private:
  using Places = std::vector<std::size_t>;

  const Facts& facts_;
  bool without_irqbalance_ = false;
  std::unordered_map<std::string, Places> named_;    // by family, NIC and setting
  std::unordered_map<std::string, Places> any_nic_;  // by family and setting
  std::unordered_map<std::string, Places> paths_;    // by path
  Places patterns_;                                  // of paths
};

// Whether this claim's value is the one that was observed. A program that chooses its value
// (irqbalance) explains any; a value that cannot be read as the setting's explains none.
bool explains(const ExternalSetting& external, const Value& observed);

}  // namespace tuner
