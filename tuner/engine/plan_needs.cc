// Which families take part in a plan, and what must be read for them.
#include "engine/plan.h"

#include <algorithm>

namespace tuner {
namespace {

bool selected(const PlanOptions& options, std::string_view family) {
  const bool named = options.only.empty() || std::ranges::count(options.only, family) > 0;
  return named && std::ranges::count(options.skip, family) == 0;
}

bool in_journal(const Journal& journal, std::string_view family) {
  return std::ranges::any_of(journal.entries(),
                             [&](const auto& e) { return e.subject.knob == family; });
}

}  // namespace

// A family that only an earlier profile mentioned takes part too: its settings return to their
// originals.
bool takes_part(const PlanInput& input, const Knob& knob) {
  return selected(input.options, knob.info.name) &&
         (knob.wanted(input.profile) || in_journal(input.journal, knob.info.name));
}

FactNeed facts_needed(const PlanInput& input) {
  FactNeed needs = FactNeed::None;
  for (const Knob& knob : input.knobs) {
    if (!takes_part(input, knob)) continue;
    needs = needs | knob.info.needs | knob.info.needs_for_notes;
    if (knob.disruption != nullptr) needs = needs | FactNeed::TlsStat;  // engine/held_back.cc
    for (const std::string_view name : knob.info.disturbs) {
      const Knob* disturbed = knob_named(input.knobs, name);
      if (disturbed != nullptr) needs = needs | disturbed->info.needs;
    }
  }
  if (input.options.napi_threads) return needs;
  return static_cast<FactNeed>(static_cast<unsigned>(needs) &
                               ~static_cast<unsigned>(FactNeed::NapiThreads));
}

NicScope nic_scope(const PlanInput& input) {
  const bool places = std::ranges::any_of(input.knobs, [&](const Knob& knob) {
    return takes_part(input, knob) && has(knob.info.needs, FactNeed::Irqs);
  });
  return {.keys = input.options.nics, .irqs_of_all = places || input.options.nics.empty()};
}

}  // namespace tuner
