// The owners of settings, which cost many reads: the configuration files of other programs. They
// are read when the first step asks.
#pragma once

#include "host/host.h"
#include "model/facts.h"
#include "model/owner.h"
#include "model/plan.h"
#include "model/profile.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

// Keeps references to its arguments.
class OwnersOnDemand {
 public:
  OwnersOnDemand(const Host& host, const Facts& facts, const Profile& profile, bool every)
      : host_(host), facts_(facts), profile_(profile), every_(every) {}
  OwnersOnDemand(const OwnersOnDemand&) = delete;
  OwnersOnDemand& operator=(const OwnersOnDemand&) = delete;

  // Fills the step's owner, unless it is in sync and only owners of problems are wanted.
  void fill(Step& step) {
    if (every_ || is_problem(step.status, step.desired.setting.need))
      step.desired.owner = index().of(step.desired.subject);
  }

  std::vector<const ExternalSetting*> about(const Subject& subject) {
    return index().about(subject);
  }

 private:
  const Owners& index();

  const Host& host_;
  const Facts& facts_;
  const Profile& profile_;
  bool every_;
  std::optional<Facts> found_;
  std::optional<Owners> index_;
};

}  // namespace tuner
