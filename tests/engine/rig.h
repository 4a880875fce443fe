// A fake machine with its state, and the engine's verbs as one line each. Every call is a process
// of its own: it loads the journal anew, as the program does.
#pragma once

#include "engine/apply.h"
#include "host/collect_facts.h"
#include "knobs/catalog.h"
#include "support/fake_host.h"
#include "support/fake_state_store.h"
#include "support/profiles.h"

#include <gtest/gtest.h>

namespace tuner::testing {

struct Rig {
  FakeMachine machine = two_node_machine();
  FakeStateStore store{machine.fuse};
  int runs = 0;
  std::function<bool()> interrupted;
  std::function<Outcome()> before_first_write;

  Journal journal() const {
    auto loaded = Journal::load(store, kFakeBootId);
    EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().text);
    return loaded ? *loaded : Journal{};
  }

  Plan plan(const Profile& profile, PlanOptions options = {}) const {
    const Journal past = journal();
    const PlanInput input{
        .profile = profile, .journal = past, .knobs = catalog(), .options = std::move(options)};
    const Host host = machine.host();
    return make_plan(host, collect_facts(host, facts_needed(input)), input);
  }

  ApplyReport apply(const Profile& profile, bool rollback_on_failure = true,
                    PlanOptions plan_options = {}) {
    Journal past = journal();
    Host host = machine.host();
    const ApplyOptions options{.run = {.id = "run-" + std::to_string(++runs),
                                       .boot_id = std::string(kFakeBootId),
                                       .profile = profile.name,
                                       .path = profile.name + ".yaml",
                                       .digest = profile.digest,
                                       .at = "2026-01-01T00:00:00Z",
                                       .by = "root"},
                               .rollback_on_failure = rollback_on_failure,
                               .before_first_write = before_first_write,
                               .interrupted = interrupted};
    const PlanInput input{.profile = profile,
                          .journal = past,
                          .knobs = catalog(),
                          .options = std::move(plan_options)};
    return tuner::apply(host, store, input, past, options);
  }

  Result<RollbackReport> rollback(RollbackOptions options = {}) {
    Journal past = journal();
    Host host = machine.host();
    return tuner::rollback(host, store, past, catalog(), options);
  }
};

inline std::vector<std::string> names_with(const Plan& plan, Status status) {
  std::vector<std::string> names;
  for (const Step& step : plan.steps) {
    if (step.status == status)
      names.push_back(step.wish.subject.knob + " " + step.wish.subject.name);
  }
  return names;
}

inline const Step* step_named(const std::vector<Step>& steps, std::string_view name) {
  for (const Step& step : steps) {
    if (step.wish.subject.name == name) return &step;
  }
  return nullptr;
}

}  // namespace tuner::testing
