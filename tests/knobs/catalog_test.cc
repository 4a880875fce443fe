// Tests that every family must pass, on the fake machine, with facts collected by the real
// collectors.
#include "host/facts/collect.h"
#include "knobs/knob_test.h"

#include <set>

namespace tuner::testing {
namespace {

Profile everything() {
  Profile profile;
  profile.modules = {{"tls", exactly(true)}};
  profile.sysctl = {{"net.ipv4.tcp_wmem", exactly(Integers{4096, 16384, 16777216})},
                    {"net.core.wmem_max", exactly(std::int64_t{16777216})},
                    {"net.core.default_qdisc", exactly(word("fq"))}};
  profile.nics = {{.select = {.any_physical = true},
                   .irq_placement = exactly(word("numa-local-spread")),
                   .xps = exactly(word("match-irqs")),
                   .rps = exactly(word("few-queues-with-flows")),
                   .features = {{"tls-hw-tx-offload", exactly(true)}},
                   .channels = {{"combined", exactly(std::int64_t{2})}},
                   .rings = {{"rx", exactly(std::int64_t{512})}},
                   .coalesce = {{"adaptive-rx", exactly(true)}}}};
  profile.cpus = {{.nodes = CpuEntry::Nodes::NicLocal,
                   .governor = exactly(word("performance")),
                   .epp = exactly(word("performance"))}};
  profile.irqbalance = exactly(word("require-off"));
  profile.services = {{"nginx.service/ktls", exactly(word("on"))},
                      {"nginx.service/near", exactly(word("eth0"))}};
  return profile;
}

TEST(Catalog, FamiliesAreInPhaseOrderWithUniqueNames) {
  std::set<std::string_view> names;
  Phase last = Phase::Modules;
  for (const Knob& knob : catalog()) {
    EXPECT_TRUE(names.insert(knob.info.name).second) << knob.info.name;
    EXPECT_LE(last, knob.info.phase) << knob.info.name;
    last = knob.info.phase;
    EXPECT_EQ(find_knob(knob.info.name), &knob);
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"module", "nic_channels", "nic_rings",
                                               "nic_coalesce", "nic_features", "irqbalance",
                                               "irq_affinity", "xps", "rps", "cpu_epp",
                                               "cpu_governor", "sysctl", "services", "persist"}));
  EXPECT_EQ(find_knob("sysctls"), nullptr);
}

TEST(Catalog, EppIsBeforeTheGovernor) {
  EXPECT_LT(find_knob("cpu_epp"), find_knob("cpu_governor"));
}

TEST(Catalog, EveryFamilyDescribesItself) {
  for (const Knob& knob : catalog()) {
    for (const std::string_view text :
         {knob.info.doc, knob.info.in_profile, knob.info.reads, knob.info.writes})
      EXPECT_FALSE(text.empty()) << knob.info.name;
    EXPECT_TRUE(knob.info.doc.ends_with('.')) << knob.info.name;
    EXPECT_EQ(knob.info.capability.empty(), knob.info.writes == "nothing") << knob.info.name;
  }
}

TEST(Catalog, PhasesHaveUniqueNames) {
  std::set<std::string_view> names;
  for (int phase = 0; phase <= static_cast<int>(Phase::Persist); ++phase)
    names.insert(phase_name(static_cast<Phase>(phase)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Phase::Persist) + 1);
}

TEST(Catalog, DisturbedFamiliesListTheSubjectsOfANic) {
  for (const Knob& knob : catalog()) {
    EXPECT_TRUE(knob.info.disturbs.empty() || knob.disruption != nullptr) << knob.info.name;
    for (const std::string_view name : knob.info.disturbs) {
      const Knob* disturbed = find_knob(name);
      if (disturbed == nullptr) continue;
      EXPECT_GT(disturbed->info.phase, knob.info.phase) << name;
      ASSERT_NE(disturbed->subjects_on_nic, nullptr) << name;
      const auto subjects = disturbed->subjects_on_nic(two_node_facts().nics[0]);
      EXPECT_FALSE(subjects.empty()) << name;
      for (const Subject& subject : subjects) EXPECT_EQ(subject.device, "pci:0000:81:00.0");
    }
  }
}

TEST(Catalog, AnEmptyProfileWantsNoFamily) {
  for (const Knob& knob : catalog()) {
    EXPECT_FALSE(knob.wanted({})) << knob.info.name;
    EXPECT_TRUE(expand(knob.info.name, {}, two_node_facts()).desired_settings.empty())
        << knob.info.name;
  }
}

TEST(Catalog, NoFamilyCrashesWithoutFacts) {
  const FakeMachine empty;
  const Host host = empty.host();
  for (const Knob& knob : catalog()) {
    for (const DesiredSetting& desired :
         expand(knob.info.name, everything(), {}).desired_settings) {
      if (!desired.unsupported.empty()) continue;
      const Observation seen = knob.observe(host, desired.subject);
      EXPECT_TRUE(seen.availability != Availability::Available || knob.info.name == "irqbalance")
          << desired.subject.name;
    }
  }
}

// The facts of tests/support equal the collected ones in every part that a family uses.
TEST(Catalog, CollectedFactsGiveTheSameSettingsAsTheTestsFacts) {
  const FakeMachine machine = two_node_machine();
  const Facts collected = collect_facts(machine.host(), FactNeed::All);
  EXPECT_TRUE(collected.topology.problems.empty());
  for (const Knob& knob : catalog()) {
    const Expanded one = expand(knob.info.name, everything(), collected);
    const Expanded other = expand(knob.info.name, everything(), two_node_facts());
    EXPECT_EQ(one.text(), other.text()) << knob.info.name;
    EXPECT_EQ(one.notes, other.notes) << knob.info.name;
    ASSERT_EQ(one.desired_settings.size(), other.desired_settings.size());
    for (std::size_t i = 0; i < one.desired_settings.size(); ++i)
      EXPECT_EQ(one.desired_settings[i].subject, other.desired_settings[i].subject)
          << one.desired_settings[i].subject.name;
  }
  EXPECT_TRUE(machine->writes.empty());
}

TEST(Catalog, SubjectsAreUniqueNameTheirFamilyAndAreLocated) {
  const Facts facts = two_node_facts();
  std::set<std::string> keys;
  for (const Knob& knob : catalog()) {
    for (const DesiredSetting& desired :
         expand(knob.info.name, everything(), facts).desired_settings) {
      EXPECT_EQ(desired.subject.knob, knob.info.name);
      EXPECT_TRUE(keys.insert(desired.subject.key).second) << desired.subject.key;
      EXPECT_EQ(knob.locate(desired.subject, facts), desired.subject) << desired.subject.key;
    }
  }
}

// Undo needs no code of its own: writing the observed original restores the machine.
TEST(Catalog, WritingTheOriginalAfterTheGoalRestoresTheMachine) {
  const FakeMachine machine = two_node_machine();
  const auto before = machine.snapshot();
  Host host = machine.host();
  for (const Knob& knob : catalog()) {
    for (const DesiredSetting& desired :
         expand(knob.info.name, everything(), two_node_facts()).desired_settings) {
      // irqbalance: require-off is only observed.
      if (!desired.unsupported.empty() || desired.subject.key == "irqbalance") continue;
      const std::string& name = desired.subject.name;
      const Observation original = knob.observe(host, desired.subject);
      ASSERT_EQ(original.availability, Availability::Available) << name << ": " << original.reason;
      ASSERT_TRUE(write(desired.subject, target(original.value, desired.setting.goal), host))
          << name;
      EXPECT_TRUE(meets(knob.observe(host, desired.subject).value, desired.setting.goal)) << name;
      ASSERT_TRUE(write(desired.subject, original.value, host)) << name;
      EXPECT_EQ(machine.snapshot(), before) << name;
    }
  }
}

TEST(Catalog, ObservingWritesNothing) {
  const FakeMachine machine = two_node_machine();
  for (const Knob& knob : catalog()) {
    for (const DesiredSetting& desired :
         expand(knob.info.name, everything(), two_node_facts()).desired_settings)
      (void)observe(desired.subject, machine.host());
  }
  EXPECT_EQ(machine.fuse->count(), 0);
}

}  // namespace
}  // namespace tuner::testing
