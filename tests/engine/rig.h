// A fake machine with its state, and one function per verb of the engine. Every call acts as a
// separate process: it loads the journal again, as the program does.
#pragma once

#include "base/text.h"
#include "engine/apply.h"
#include "host/facts/collect.h"
#include "knobs/boot_files.h"
#include "knobs/catalog.h"
#include "model/sysctl/sysctl_name.h"
#include "support/fake_host.h"
#include "support/fake_state_store.h"
#include "support/profiles.h"

#include <gtest/gtest.h>

namespace tuner::testing {

struct Rig {
  FakeMachine machine = two_node_machine();
  FakeStateStore store{machine.fuse};
  int runs = 0;
  bool without_missing = false;
  std::function<bool()> interrupted;
  std::function<Outcome()> before_first_write, begun;

  std::string boot_id() const { return machine.text("/proc/sys/kernel/random/boot_id"); }
  std::string kernel() const { return machine.text("/proc/sys/kernel/osrelease"); }

  // The machine at its start, with the files that it reads then from /etc.
  void reboot(std::string_view next_boot_id, std::string_view next_kernel = {}) {
    machine.fuse->disarm();
    const auto kept = machine->files;
    *machine.operator->() = *two_node_machine().operator->();
    machine.set("/proc/sys/kernel/random/boot_id", next_boot_id);
    if (!next_kernel.empty()) machine.set("/proc/sys/kernel/osrelease", next_kernel);
    store.files.erase(std::string(kJournalPath));
    store.files.erase(std::string(kJournalHeadPath));
    for (const auto& [path, text] : kept) {
      if (path.starts_with("/etc/")) machine.set(path, text);
    }
    const std::string sysctls = machine.text(kSysctlFile);
    for (const std::string_view line : lines(sysctls)) {
      const auto equals = line.find(" = ");
      if (!line.starts_with("-") || equals == std::string_view::npos) continue;
      machine.set(sysctl_path(line.substr(1, equals - 1)).value(), line.substr(equals + 3));
    }
    const std::string modules = machine.text(kModulesFile);
    for (const std::string_view line : lines(modules)) {
      if (line.starts_with("#") || line.starts_with("(")) continue;
      const auto loaded = machine.host().modules().load(line);
      EXPECT_TRUE(loaded.has_value()) << loaded.error().text;
    }
  }

  Journal journal() const {
    const auto net = machine.host().nics().network_namespace();
    auto loaded = Journal::load(store, boot_id(), net.value_or(""));
    EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().text);
    return loaded ? *loaded : Journal{};
  }

  Plan plan(const Profile& profile, PlanOptions options = {}) const {
    const Journal past = journal();
    const PlanInput input{
        .profile = profile, .journal = past, .knobs = catalog(), .options = std::move(options)};
    const Host host = machine.host();
    return make_plan(host, collect_facts(host, facts_needed(input), std::nullopt, nic_scope(input)),
                     input);
  }

  ApplyReport apply(const Profile& profile, bool rollback_on_failure = true,
                    PlanOptions plan_options = {}) {
    Journal past = journal();
    Host host = machine.host();
    const ApplyOptions options{.run = {.id = "run-" + std::to_string(++runs),
                                       .boot_id = boot_id(),
                                       .kernel = kernel(),
                                       .profile = profile.name,
                                       .path = profile.name + ".yaml",
                                       .digest = profile.digest,
                                       .at = "2026-01-01T00:00:00Z",
                                       .by = "root"},
                               .rollback_on_failure = rollback_on_failure,
                               .without_missing = without_missing,
                               .before_first_write = before_first_write,
                               .begun = begun,
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
      names.push_back(step.desired.subject.knob + " " + step.desired.subject.name);
  }
  return names;
}

inline const Step* step_named(const std::vector<Step>& steps, std::string_view name) {
  for (const Step& step : steps) {
    if (step.desired.subject.name == name) return &step;
  }
  return nullptr;
}

}  // namespace tuner::testing
