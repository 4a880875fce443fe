#include "knobs/knob_test.h"

#include <cerrno>

namespace tuner::testing {
namespace {

CpuEntry entry(CpuEntry::Nodes nodes, std::vector<int> listed = {},
               std::string_view governor = "performance") {
  return {.nodes = nodes,
          .listed = std::move(listed),
          .governor = exactly(word(governor)),
          .origin = {.file = "p.yaml", .line = 4, .column = 5}};
}

Profile profile(std::vector<CpuEntry> cpus, std::vector<NicEntry> nics = {}) {
  Profile made;
  made.cpus = std::move(cpus);
  made.nics = std::move(nics);
  return made;
}

Subject policy0() {
  return expand("cpu_governor", profile({entry(CpuEntry::Nodes::All)}), two_node_facts())
      .desired_settings.at(0)
      .subject;
}

TEST(CpuGovernor, SubjectsAreThePolicies) {
  const Subject subject = policy0();
  EXPECT_EQ(subject.key, "cpufreq:policy0/governor");
  EXPECT_EQ(subject.name, "policy0");
  EXPECT_EQ(subject.place, "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor");
  EXPECT_EQ(find_knob("cpu_governor")->locate(subject, two_node_facts()), subject);
  EXPECT_FALSE(find_knob("cpu_governor")->locate(subject, {}));
}

TEST(CpuGovernor, NodesSelectThePolicies) {
  using enum CpuEntry::Nodes;
  const NicEntry node1{.select = {.names = {"eth0"}}};
  const NicEntry any{.select = {.any_physical = true}};
  const struct {
    Profile profile;
    const char* desired_settings;
    const char* note;
  } cases[] = {
      {profile({entry(All)}),
       "policy0 = performance\npolicy1 = performance\npolicy2 = performance\npolicy3 = "
       "performance\n",
       ""},
      {profile({entry(NicLocal)}, {node1}), "policy2 = performance\npolicy3 = performance\n", ""},
      {profile({entry(NicLocal)}, {node1, any}),
       "policy0 = performance\npolicy1 = performance\npolicy2 = performance\npolicy3 = "
       "performance\n",
       ""},
      {profile({entry(NicLocal)}), "nodes nic-local = performance\n", ""},
      {profile({entry(Listed, {0})}), "policy0 = performance\npolicy1 = performance\n", ""},
      {profile({entry(Listed, {1, 9})}),
       "policy2 = performance\npolicy3 = performance\nnode 9 = performance\n", ""},
      {profile({entry(Listed, {0}), entry(Listed, {0}, "powersave")}),
       "policy0 = powersave\npolicy1 = powersave\n",
       "cpu_governor policy0: powersave (p.yaml:1:3) instead of performance (p.yaml:1:3): the last "
       "entry counts"},
      {profile({entry(Listed, {1}, "schedutil")}), "policy2 = schedutil\npolicy3 = schedutil\n",
       ""},
  };
  for (const auto& one : cases) {
    const Expanded expanded = expand("cpu_governor", one.profile, two_node_facts());
    EXPECT_EQ(expanded.text(), one.desired_settings);
    EXPECT_EQ(expanded.notes.empty() ? "" : expanded.notes.front(), one.note);
  }
}

TEST(CpuGovernor, ANicWithoutANodeMeansAllCpusOnlyOnAOneNodeMachine) {
  const Profile local =
      profile({entry(CpuEntry::Nodes::NicLocal)}, {{.select = {.names = {"eth0"}}}});
  Facts facts = two_node_facts();
  facts.nics[0].numa_node = -1;
  const Expanded two = expand("cpu_governor", local, facts);
  EXPECT_EQ(
      without_subject(two.desired_settings),
      "nodes nic-local: no NIC that this profile selects reports a node whose CPUs have a cpufreq "
      "policy; this machine has nodes 0, 1\n");
  EXPECT_EQ(two.notes.front(), "nodes: nic-local: eth0 reports no NUMA node with CPUs; ignored");
  facts.topology.nodes = {{.id = 0, .cpus = CpuSet::range(0, 3)}};
  EXPECT_EQ(expand("cpu_governor", local, facts).desired_settings.size(), 4U);
}

TEST(CpuGovernor, AListedNodeThatDoesNotExistIsNoSubject) {
  Facts facts = two_node_facts();
  facts.topology.nodes.push_back({.id = 2, .cpus = {}});
  const Profile listed = profile({entry(CpuEntry::Nodes::Listed, {0, 2, 9})});
  EXPECT_EQ(without_subject(expand("cpu_governor", listed, facts).desired_settings),
            "node 2: node 2 has memory only, no CPUs\n"
            "node 9: node 9 does not exist; this machine has nodes 0, 1, 2\n");
  std::erase_if(facts.cpufreq, [](const CpufreqPolicy& policy) {
    return !(policy.cpus & CpuSet::range(0, 1)).empty();
  });
  EXPECT_TRUE(contains(without_subject(expand("cpu_governor", listed, facts).desired_settings),
                       "node 0: no CPU of node 0 has a cpufreq policy\n"));
}

constexpr std::string_view kPolicy = "/sys/devices/system/cpu/cpufreq/policy0/";
const std::string kChoices = std::string(kPolicy) + "scaling_available_governors";
const std::string kModules = "/lib/modules/" + std::string(kFakeKernel);

TEST(CpuGovernor, AGovernorThatIsNotOfferedIsReportedBeforeTheWrite) {
  const struct {
    const char* what;
    std::function<void(FakeMachine&)> before;
    const char* word;
    Availability availability;
    const char* reason;
  } cases[] = {
      {"offered", [](FakeMachine&) {}, "performance", Availability::Available, ""},
      {"a driver with built-in governors", [](FakeMachine&) {}, "schedutil",
       Availability::Unsupported, "intel_pstate offers performance powersave, not schedutil"},
      {"the same with the module installed",
       [](FakeMachine& m) { m.set(kModules + "/modules.dep", "kernel/cpufreq_ondemand.ko:"); },
       "ondemand", Availability::Unsupported,
       "intel_pstate offers performance powersave, not ondemand"},
      {"the same with amd-pstate-epp",
       [](FakeMachine& m) {
         m.set(std::string(kPolicy) + "scaling_driver", "amd-pstate-epp");
         m.set(kModules + "/modules.dep", "kernel/cpufreq_ondemand.ko:");
       },
       "ondemand", Availability::Unsupported,
       "amd-pstate-epp offers performance powersave, not ondemand"},
      {"a module that is not loaded",
       [](FakeMachine& m) {
         m.set(std::string(kPolicy) + "scaling_driver", "acpi-cpufreq");
         m.set(kModules + "/modules.dep", "kernel/cpufreq_ondemand.ko:");
       },
       "ondemand", Availability::Unsupported,
       "acpi-cpufreq offers performance powersave, not ondemand; module cpufreq_ondemand is not "
       "loaded"},
      {"built in but not offered",
       [](FakeMachine& m) {
         m.set(std::string(kPolicy) + "scaling_driver", "acpi-cpufreq");
         m.set(kModules + "/modules.builtin", "kernel/cpufreq_schedutil.ko");
       },
       "schedutil", Availability::Unsupported,
       "acpi-cpufreq offers performance powersave, not schedutil"},
      {"no such module",
       [](FakeMachine& m) { m.set(std::string(kPolicy) + "scaling_driver", "acpi-cpufreq"); },
       "warp", Availability::Unsupported,
       "scaling_available_governors has performance powersave and no module cpufreq_warp"},
      {"no list of modules",
       [](FakeMachine& m) {
         m.set(std::string(kPolicy) + "scaling_driver", "acpi-cpufreq");
         m.remove(kModules);
       },
       "ondemand", Availability::Unreadable,
       "scaling_available_governors has performance powersave; cannot determine whether module "
       "cpufreq_ondemand exists: /lib/modules/6.1.0-32-amd64 does not exist"},
      {"a list that cannot be read", [](FakeMachine& m) { m->unreadable.insert(kChoices); },
       "performance", Availability::Unreadable, "Permission denied"},
      {"an empty list", [](FakeMachine& m) { m->files[kChoices] = "\n"; }, "performance",
       Availability::Unreadable, "scaling_available_governors is empty"},
      {"a truncated list", [](FakeMachine& m) { m->files[kChoices] = "performance pow"; },
       "performance", Availability::Unreadable, "scaling_available_governors is truncated"},
      {"no list at all", [](FakeMachine& m) { m.remove(kChoices); }, "performance",
       Availability::Unreadable, "scaling_available_governors"},
  };
  for (const auto& one : cases) {
    FakeMachine machine = two_node_machine();
    one.before(machine);
    const Observation seen = takes(policy0(), word(one.word), machine.host());
    EXPECT_EQ(seen.availability, one.availability) << one.what << ": " << seen.reason;
    EXPECT_TRUE(contains(seen.reason, one.reason)) << one.what << ": " << seen.reason;
    EXPECT_EQ(seen.reason.empty(), one.availability == Availability::Available) << one.what;
    EXPECT_TRUE(machine->writes.empty());
  }
}

TEST(CpuGovernor, AMachineWithoutCpufreqIsOneUnsupportedSetting) {
  Facts facts = two_node_facts();
  facts.cpufreq.clear();
  const Profile twice = profile({entry(CpuEntry::Nodes::All), entry(CpuEntry::Nodes::NicLocal)});
  const Expanded expanded = expand("cpu_governor", twice, facts);
  EXPECT_EQ(expanded.text(), "cpufreq = performance (unsupported)\n");
  EXPECT_TRUE(expanded.notes.empty());
  EXPECT_TRUE(contains(expanded.desired_settings[0].unsupported, "has no cpufreq"));
}

TEST(CpuGovernor, IsReadAndWritten) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  EXPECT_EQ(observe(policy0(), host).value, word("powersave"));
  ASSERT_TRUE(write(policy0(), word("performance"), host));
  EXPECT_EQ(observe(policy0(), host).value, word("performance"));
  EXPECT_EQ(machine->writes, (std::vector<std::string>{policy0().place + " = performance"}));
  const auto refused = write(policy0(), word("warp"), host);
  EXPECT_EQ(refused.error().fault, Fault::Invalid);
  EXPECT_TRUE(contains(refused.error().text, "policy0 cannot be set to warp"));
}

TEST(CpuGovernor, OfflineAndUnreadablePoliciesHaveNoValue) {
  FakeMachine machine = two_node_machine();
  machine->unreadable.insert(policy0().place);
  EXPECT_EQ(observe(policy0(), machine.host()).availability, Availability::Unreadable);
  machine->unreadable.clear();
  machine->read_errors[policy0().place] = EBUSY;  // cpufreq.c, show(): no CPU of it is online
  const Observation offline = observe(policy0(), machine.host());
  EXPECT_EQ(offline.availability, Availability::Unsupported);
  EXPECT_EQ(offline.reason, "all CPUs of policy0 are offline");
  machine.remove("/sys/devices/system/cpu/cpufreq/policy0");
  const Observation gone = observe(policy0(), machine.host());
  EXPECT_EQ(gone.availability, Availability::Unsupported);
  EXPECT_TRUE(contains(gone.reason, "policy0 is gone")) << gone.reason;
}

}  // namespace
}  // namespace tuner::testing
