#include "engine/owners_on_demand.h"

#include "host/facts/collect.h"

namespace tuner {

const Owners& OwnersOnDemand::index() {
  if (!index_) {
    found_ = collect_owners(host_, facts_);
    index_.emplace(*found_, profile_);
  }
  return *index_;
}

}  // namespace tuner
