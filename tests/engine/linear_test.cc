// A machine with twice as many NICs needs about twice as many reads, allocations and string
// comparisons, in every state in which a plan is made.
#include "engine/drift.h"
#include "engine/rig.h"
#include "support/counted_work.h"
#include "support/machine_generator.h"

#include <fmt/format.h>

namespace tuner::testing {
namespace {

constexpr int kFew = 120;
// More than twice: the fake machine uses sorted maps, which need more comparisons if they are
// larger.
constexpr double kMostGrowth = 2.2;

FakeMachine machine_with(int nics) {
  const MachineFiles made = make_machine(machine_of_nics(nics));
  FakeMachine machine;
  machine->files.insert(made.files.begin(), made.files.end());
  machine->links.insert(made.links.begin(), made.links.end());
  machine->folders.insert(made.folders.begin(), made.folders.end());
  for (int i = 0; i < nics; ++i) {
    FakeNic& nic = machine->nics[fmt::format("eth{}", i)];
    for (const char* feature : {"tx-checksum-ip-generic", "tls-hw-tx-offload"})
      nic.features[feature] = {.supported = true};
    nic.shapes[NicShape::Rings] = {{"rx", {.value = 256, .maximum = 4096}}};
    nic.default_affinity = "0-31";
  }
  return machine;
}

Profile all_nics() {
  Profile profile;
  profile.name = "all";
  profile.digest = "d";
  NicEntry entry{.select = {.any_physical = true}};
  entry.features = {{"tls-hw-tx-offload", exactly(true, Need::Preferred)},
                    {"tx-checksum-ip-generic", exactly(true, Need::Preferred)}};
  entry.rings = {{"rx", exactly(std::int64_t{512}, Need::Preferred)}};
  entry.irq_placement = exactly(std::string("numa-local-spread"), Need::Preferred);
  entry.xps = exactly(std::string("match-irqs"), Need::Preferred);
  entry.rps = exactly(std::string("few-queues"), Need::Preferred);
  profile.nics = {entry};
  return profile;
}

struct Cost {
  double reads = 0;
  double allocations = 0;
  double comparisons = 0;
};

// The cost of a plan on a machine with so many NICs, after `before` was called on it.
template <typename Before>
Cost cost_of_plan(int nics, Before before, const Profile& profile = all_nics()) {
  Rig rig;
  rig.machine = machine_with(nics);
  before(rig, nics);
  rig.machine.forget();
  const std::size_t allocated = allocations();
  const std::size_t compared = comparisons();
  const Plan plan = rig.plan(profile, {.max_disruption = Disruption::LinkFlap});
  EXPECT_GE(plan.steps.size(), static_cast<std::size_t>(nics));
  return {.reads = static_cast<double>(rig.machine->reads.size()),
          .allocations = static_cast<double>(allocations() - allocated),
          .comparisons = static_cast<double>(comparisons() - compared)};
}

template <typename Before>
void expect_linear(Before before, const Profile& profile = all_nics()) {
  const Cost few = cost_of_plan(kFew, before, profile);
  const Cost twice = cost_of_plan(2 * kFew, before, profile);
  EXPECT_GT(few.reads, kFew);
  EXPECT_LT(twice.reads / few.reads, kMostGrowth);
  EXPECT_LT(twice.allocations / few.allocations, kMostGrowth);
  EXPECT_GT(few.comparisons, few.reads) << "comparisons are not counted";
  EXPECT_LT(twice.comparisons / few.comparisons, kMostGrowth);
}

void apply_all(Rig& rig, int /*nics*/) {
  const ApplyReport report = rig.apply(all_nics(), true, {.max_disruption = Disruption::LinkFlap});
  EXPECT_EQ(report.end, ApplyReport::End::Applied) << (report.error ? report.error->text : "");
  EXPECT_GT(report.writes, kFew);
}

TEST(Linear, APlanThatChangesEachNic) {
  expect_linear([](Rig&, int) {});
}

TEST(Linear, APlanAfterAnApply) {
  expect_linear(apply_all);
}

TEST(Linear, CausesOfDriftOfEachNic) {
  expect_linear([](Rig& rig, int nics) {
    apply_all(rig, nics);
    for (auto& [path, text] : rig.machine->files) {
      if (path.ends_with("/smp_affinity_list")) text = "31\n";
    }
  });
}

TEST(Linear, AProfileThatNoLongerMentionsWhatWasSet) {
  Profile less = all_nics();
  less.nics[0].xps.reset();
  less.nics[0].irq_placement.reset();
  less.nics[0].rings.clear();
  expect_linear(apply_all, less);
}

TEST(Linear, FailedReadsOfFactsOfEachNic) {
  expect_linear([](Rig& rig, int) {
    for (auto& [name, nic] : rig.machine->nics)
      nic.features_error = answer(EIO, fmt::format("features of {}", name));
  });
}

TEST(Linear, UpperInterfacesOfEachNic) {
  expect_linear([](Rig& rig, int nics) {
    for (int i = 0; i < nics; ++i) {
      const std::string vlan = fmt::format("/sys/devices/virtual/net/eth{}.7", i);
      rig.machine.set(vlan + "/uevent", "DEVTYPE=vlan\nIFINDEX=9000");
      rig.machine.link(fmt::format("{}/lower_eth{}", vlan, i),
                       fmt::format("/sys/class/net/eth{}", i));
      rig.machine.link(fmt::format("/sys/class/net/eth{}.7", i), vlan);
    }
  });
}

TEST(Linear, FilesThatNameEachNic) {
  expect_linear([](Rig& rig, int nics) {
    for (int i = 0; i < nics; ++i) {
      const std::string link = fmt::format("/etc/systemd/network/{:05}-eth.link", i);
      rig.machine.set(link,
                      fmt::format("[Match]\nOriginalName=eth{}\n\n[Link]\nRxBufferSize=512\n", i));
      rig.machine.set(fmt::format("/run/udev/data/n{}", i + 2), "E:ID_NET_LINK_FILE=" + link);
      rig.machine.set(fmt::format("/etc/sysctl.d/{:05}.conf", i),
                      fmt::format("net.ipv4.conf.eth{}.forwarding = 1\n", i));
    }
  });
}

// A journal of so many settings, each written by one run, as an apply leaves it.
FakeStateStore journalled(int settings) {
  FakeStateStore store;
  Journal journal;
  const RunInfo run{.id = "r", .boot_id = "boot", .profile = "p", .path = "/p", .digest = "d"};
  EXPECT_TRUE(journal.begin(store, run));
  for (int i = 0; i < settings; ++i) {
    const std::string key = fmt::format("irq:0000:{:02x}:00.0/rx-{}", i / 64, i);
    const Subject subject{.knob = "irq_affinity",
                          .key = key,
                          .name = fmt::format("eth{}/rx-{}", i / 64, i),
                          .place = fmt::format("/proc/irq/{}/smp_affinity_list", i),
                          .device = fmt::format("0000:{:02x}:00.0", i / 64)};
    EXPECT_TRUE(journal.intend(store, subject, CpuSet::range(0, 511), CpuSet::of({i % 512})));
    EXPECT_TRUE(journal.done(store, key, CpuSet::of({i % 512})));
  }
  EXPECT_TRUE(journal.end(store, "applied"));
  return store;
}

Journal loaded(const FakeStateStore& store) {
  auto journal = Journal::load(store, "boot");
  EXPECT_TRUE(journal && journal->state() == JournalState::Whole);
  return journal ? std::move(*journal) : Journal{};
}

template <typename Work>
Cost cost_of(Work work) {
  const std::size_t allocated = allocations();
  const std::size_t compared = comparisons();
  work();
  return {.allocations = static_cast<double>(allocations() - allocated),
          .comparisons = static_cast<double>(comparisons() - compared)};
}

// A journal line has two digests and is held in memory twice, a setting has two lines.
constexpr double kMostAllocations = 40;
constexpr double kMostComparisons = 90;

TEST(Linear, LoadingTheJournalAndWhatStatusAsksOfIt) {
  Cost before;
  for (const int settings : {1000, 2000, 4000}) {
    const FakeStateStore store = journalled(settings);
    const Cost cost = cost_of([&] {
      const Journal journal = loaded(store);
      EXPECT_EQ(std::ranges::count_if(journal.entries(), &Journal::Entry::written), settings);
      for (const Journal::Entry& entry : journal.entries())
        EXPECT_EQ(journal.entry(entry.subject.key), &entry);
    });
    EXPECT_LT(cost.allocations, settings * kMostAllocations);
    EXPECT_LT(cost.comparisons, settings * kMostComparisons);
    EXPECT_GT(cost.comparisons, settings) << "comparisons are not counted";
    if (settings > 1000) {
      EXPECT_LT(cost.allocations / before.allocations, kMostGrowth);
      EXPECT_LT(cost.comparisons / before.comparisons, kMostGrowth);
    }
    before = cost;
  }
}

// As a rollback does: each setting leaves the journal.
TEST(Linear, RestoringEachSettingOfTheJournal) {
  Cost before;
  for (const int settings : {1000, 2000, 4000}) {
    FakeStateStore store = journalled(settings);
    Journal journal = loaded(store);
    const auto entries = journal.entries();
    const Cost cost = cost_of([&] {
      for (const Journal::Entry& entry : entries)
        EXPECT_TRUE(journal.restored(store, entry.subject.key, {}));
      EXPECT_TRUE(journal.entries().empty());
    });
    if (settings > 1000) {
      EXPECT_LT(cost.allocations / before.allocations, kMostGrowth);
      EXPECT_LT(cost.comparisons / before.comparisons, kMostGrowth);
    }
    before = cost;
  }
}

}  // namespace
}  // namespace tuner::testing
