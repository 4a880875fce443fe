#include "host/access/recorded_host.h"

#include "host/facts/collect.h"
#include "support/machine_generator.h"
#include "support/temp_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TempFolder;

Facts facts_of(const testing::MachineFiles& machine) {
  const TempFolder folder;
  const auto written = testing::write_machine(machine, folder.path());
  EXPECT_TRUE(written) << written.error().text;
  const auto host = recorded_host(folder.path());
  EXPECT_TRUE(host) << host.error().text;
  return host ? collect_facts(*host, FactNeed::All) : Facts();
}

Facts facts_of(std::string_view name) {
  const auto* spec = testing::find_machine(name);
  EXPECT_NE(spec, nullptr) << "no machine " << name;
  return spec == nullptr ? Facts() : facts_of(testing::make_machine(*spec));
}

Facts captured(const std::string& name) {
  std::ifstream file(fmt::format("{}/tests/hosts/{}.machine", KTLS_TUNER_SOURCE_DIR, name));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto machine = testing::parse_machine(text);
  EXPECT_TRUE(machine) << machine.error().text;
  return machine ? facts_of(*machine) : Facts();
}

std::string roles(const Nic& nic) {
  std::string text;
  for (const NicIrq& irq : nic.irqs)
    text += fmt::format("{}{} ", irq_role_name(irq.role),
                        irq.queue < 0 ? "" : fmt::format("{}", irq.queue));
  return text;
}

TEST(RecordedHost, NamesAFolderWithoutARecordedMachine) {
  const TempFolder folder;
  for (const std::string& path : {folder.path(), folder.path() + "/none"}) {
    const auto host = recorded_host(path);
    ASSERT_FALSE(host);
    EXPECT_EQ(host.error().fault, Fault::Invalid);
    EXPECT_THAT(host.error().text, HasSubstr(path + " is not a recorded machine"));
    EXPECT_THAT(host.error().hint, HasSubstr("capture-host"));
  }
}

TEST(RecordedHost, AnInvalidNicsJsonIsAnError) {
  const TempFolder folder;
  folder.write("/proc/version", "x");
  EXPECT_TRUE(recorded_host(folder.path())) << "nics.json is optional";
  folder.write("/nics.json", "[]");
  const auto host = recorded_host(folder.path());
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().fault, Fault::Invalid);
  EXPECT_THAT(host.error().text, HasSubstr("nics.json"));
}

TEST(RecordedHost, RefusesEveryWrite) {
  const TempFolder folder;
  folder.write("/proc/sys/net/core/somaxconn", "128\n");
  auto host = recorded_host(folder.path());
  ASSERT_TRUE(host);
  EXPECT_EQ(host->files().write("/proc/sys/net/core/somaxconn", "1").error().fault, Fault::Refused);
  EXPECT_EQ(host->modules().load("tls").error().fault, Fault::Refused);
  EXPECT_EQ(host->modules().unload("tls").error().fault, Fault::Refused);
  EXPECT_EQ(host->services().reload().error().fault, Fault::Refused);
  EXPECT_EQ(host->services().restart("x.service").error().fault, Fault::Refused);
  EXPECT_EQ(host->nics().set_features("eth0", {}).error().fault, Fault::Refused);
}

TEST(RecordedMachine, TwoSocketsWithMlx5) {
  const Facts facts = facts_of("two-socket-mlx5");
  EXPECT_THAT(facts.topology.problems, IsEmpty());
  EXPECT_EQ(facts.topology.cores.size(), 32U);
  EXPECT_EQ(facts.topology.cores[0].to_list(), "0,32");
  EXPECT_EQ(facts.kernel.tls.state, ModuleState::Loadable);
  EXPECT_EQ(facts.cpufreq.size(), 64U);
  ASSERT_NE(facts.neighbour("irqbalance"), nullptr);
  const Nic* nic = facts.nic("ens2f0");
  ASSERT_NE(nic, nullptr);
  EXPECT_EQ(nic->numa_node, 1);
  EXPECT_EQ(nic->driver, "mlx5_core");
  EXPECT_EQ(nic->rx_queues, 16);
  ASSERT_EQ(nic->irqs.size(), 17U);
  EXPECT_EQ(nic->irqs[0].role, NicIrq::Role::Other);
  EXPECT_EQ(nic->irqs[16].queue, 15);
  EXPECT_FALSE(nic->features.at("tls-hw-tx-offload").fixed);
  EXPECT_TRUE(facts.nic("ens1f0")->carries_default_route);
}

TEST(RecordedMachine, ACloudMachineWithVirtio) {
  const Facts facts = facts_of("cloud-virtio");
  EXPECT_TRUE(facts.cpufreq.empty());
  EXPECT_EQ(facts.kernel.tls.state, ModuleState::Live);
  EXPECT_EQ(facts.tls_stat->at("TlsTxSw"), 0U);
  const Nic* nic = facts.nic("ens3");
  ASSERT_NE(nic, nullptr);
  EXPECT_EQ(nic->driver, "virtio_net");
  EXPECT_EQ(nic->bus_address, "0000:00:03.0");
  EXPECT_EQ(nic->numa_node, -1);
  EXPECT_EQ(nic->irqs.size(), 9U);
}

TEST(RecordedMachine, CpuNumbersWithAHole) {
  const Facts facts = facts_of("sparse-cpus");
  EXPECT_THAT(facts.topology.problems, IsEmpty());
  EXPECT_EQ(facts.topology.online.to_list(), "0-39,64-103");
  EXPECT_EQ(facts.topology.node_of(103), 1);
}

TEST(RecordedMachine, KernelsWithoutTls) {
  EXPECT_EQ(facts_of("no-tls").kernel.tls.state, ModuleState::NotBuilt);
  EXPECT_EQ(facts_of("no-modules").kernel.tls.state, ModuleState::Missing);
  EXPECT_EQ(facts_of("deny-listed").kernel.tls.state, ModuleState::DenyListed);
}

TEST(RecordedMachine, ANicWithoutPciHasNoInterrupts) {
  const Facts facts = facts_of("no-modules");
  const Nic* nic = facts.nic("eth0");
  ASSERT_NE(nic, nullptr);
  EXPECT_TRUE(nic->physical);
  EXPECT_EQ(nic->bus_address, "");
  EXPECT_TRUE(nic->irqs.empty());
  EXPECT_EQ(nic->key(), "mac:52:54:00:00:00:02");
}

TEST(RecordedMachine, ReportsABrokenTopology) {
  EXPECT_THAT(facts_of("broken-topology").topology.problems,
              ElementsAre("node 1 shares CPUs 7 with another node"));
}

TEST(RecordedMachine, EnergyPreferences) {
  const Facts facts = facts_of("intel-epp");
  ASSERT_EQ(facts.cpufreq.size(), 16U);
  EXPECT_EQ(facts.cpufreq[15].epp, "balance_performance");
  EXPECT_EQ(facts.cpufreq[15].available_epp.size(), 5U);
}

TEST(RecordedMachine, TheLabAsItWasCaptured) {
  const Facts facts = captured("lab-vmxnet3");
  EXPECT_TRUE(facts.host.emulated);
  EXPECT_EQ(facts.kernel.tls.state, ModuleState::Loadable);
  EXPECT_EQ(facts.kernel.config.at("CONFIG_TLS_DEVICE"), "y");
  EXPECT_THAT(facts.topology.problems, IsEmpty());
  EXPECT_EQ(facts.topology.nodes.size(), 2U);
  EXPECT_EQ(facts.cpufreq.size(), 4U);
  EXPECT_EQ(facts.cpufreq.at(0).driver, "acpi-cpufreq");
  ASSERT_EQ(facts.nics.size(), 3U);
  EXPECT_EQ(facts.nics[0].driver, "vmxnet3");
  EXPECT_EQ(facts.nics[0].numa_node, 1);
  EXPECT_TRUE(facts.nics[0].carries_default_route);
  EXPECT_EQ(roles(facts.nics[0]), "rxtx0 rxtx1 rxtx2 rxtx3 other ");
  EXPECT_EQ(facts.nics[1].numa_node, 0);
  EXPECT_EQ(roles(facts.nics[1]), "rx0 tx0 other ");
  EXPECT_EQ(facts.nics[2].driver, "virtio_net");
  EXPECT_EQ(facts.nics[2].numa_node, -1);
  EXPECT_EQ(roles(facts.nics[2]), "other rx0 tx0 rx1 tx1 rx2 tx2 rx3 tx3 ");
  for (const Nic& nic : facts.nics) {
    EXPECT_TRUE(nic.features.at("tls-hw-tx-offload").fixed) << nic.name;
    EXPECT_FALSE(nic.permanent_address.empty()) << nic.name;
    // It was recorded before the kernel's list of queues was.
    const auto unread = facts.unread.about(FactNeed::NicQueues, nic.name);
    ASSERT_EQ(unread.size(), 1U) << nic.name;
    EXPECT_EQ(unread.front()->error.fault, Fault::NotRecorded) << nic.name;
  }
}

TEST(RecordedMachine, TheLargeMachineHas512CpusAnd16Nics) {
  const Facts facts = facts_of("large");
  EXPECT_THAT(facts.topology.problems, IsEmpty());
  EXPECT_EQ(facts.topology.online.size(), 512);
  EXPECT_EQ(facts.topology.cores.size(), 256U);
  EXPECT_EQ(facts.nics.size(), 16U);
  std::size_t irqs = 0;
  for (const Nic& nic : facts.nics) irqs += nic.irqs.size();
  EXPECT_EQ(irqs, 1024U);
  EXPECT_EQ(facts.nic("ens16f0")->numa_node, 1);
}

TEST(MachineArchive, ParsesWhatItPrints) {
  for (const auto& spec : testing::named_machines()) {
    const auto machine = testing::make_machine(spec);
    const auto read = testing::parse_machine(testing::print_machine(machine));
    ASSERT_TRUE(read) << spec.name << ": " << read.error().text;
    EXPECT_EQ(*read, machine) << spec.name;
  }
}

TEST(MachineArchive, LinesThatLookLikeEntriesSurvive) {
  testing::MachineFiles machine;
  machine.files["/a"] = "== /b\n\\x\n\n== \n";
  machine.files["/empty"] = "";
  const auto read = testing::parse_machine(testing::print_machine(machine));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, machine);
}

TEST(MachineArchive, RefusesMalformedArchives) {
  for (const char* text : {"x", "== a\n", "== /../x\n", "== /a -> b\nx\n", "== /a/\nx\n"})
    EXPECT_FALSE(testing::parse_machine(text)) << text;
}

}  // namespace
}  // namespace tuner
