#include "cli/steps/offload_look.h"

#include "host/facts/collect.h"

namespace tuner {

std::vector<WantedOffload> wanted_offload(const Plan& plan) {
  std::vector<WantedOffload> wanted;
  for (const Step& step : plan.steps) {
    const Subject& subject = step.desired.subject;
    if (subject.knob != "nic_features" || step.status != Status::InSync) continue;
    if (step.observed.value != Value(true)) continue;
    for (const TlsDirection direction : {TlsDirection::Tx, TlsDirection::Rx}) {
      if (subject.name.ends_with(tls_direction_feature(direction)))
        wanted.push_back({.nic = subject.device, .direction = direction});
    }
  }
  return wanted;
}

Facts nic_facts(const Context& context) {
  return collect_facts(context.host, FactNeed::Nics | FactNeed::NicFeatures | FactNeed::Kernel);
}

}  // namespace tuner
