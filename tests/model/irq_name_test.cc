#include "model/irq_name.h"

#include <gtest/gtest.h>

namespace tuner {

void PrintTo(const IrqName& name, std::ostream* out) {
  *out << irq_role_name(name.role) << " " << name.queue;
}

namespace {

using enum NicIrq::Role;

TEST(IrqName, EveryStyleKnowsItsOwnSample) {
  for (const IrqNameStyle& style : irq_name_styles()) {
    const IrqName name = parse_irq_name(style.sample, "none");
    EXPECT_EQ(name.role, style.role) << style.sample;
    EXPECT_EQ(name.queue, style.sample_queue) << style.sample;
  }
}

TEST(IrqName, TellsRoleAndQueueOfWhatDriversWrite) {
  const struct {
    std::string_view action;
    IrqName name;
  } cases[] = {
      {"eth0-rxtx-0", {RxTx, 0}},
      {"eth0-rxtx-127", {RxTx, 127}},
      {"ens1f0-TxRx-3", {RxTx, 3}},
      {"i40e-ens1-TxRx-5", {RxTx, 5}},
      {"iavf-ens1f0v0-TxRx-2", {RxTx, 2}},
      {"eth1-rx-0", {Rx, 0}},
      {"eth1-tx-1", {Tx, 1}},
      {"ens5-Tx-Rx-3", {RxTx, 3}},
      {"virtio2-input.0", {Rx, 0}},
      {"virtio12-output.13", {Tx, 13}},
      {"virtio2-virtqueues", {RxTx, 0}},
      {"mlx5_comp10@pci:0000:81:00.0", {RxTx, 10}},
      {"gve-ntfy-blk6@pci:0000:00:04.0", {RxTx, 6}},
      // What is no queue.
      {"", {}},
      {"eth0", {}},
      {"virtio2-config", {}},
      {"virtio2-control", {}},
      {"eth0-event-4", {}},
      {"mlx5_async0@pci:0000:81:00.0", {}},
      {"i40e-0000:81:00.0:misc", {}},
      {"i40e-0000:3b:00.0:fdir-TxRx-0", {}},
      {"ena-mgmnt@pci:0000:00:05.0", {}},
      {"mana_hwc@pci:7870:00:00.0", {}},
      {"nvme0q3", {}},
      {"timer", {}},
      {"17", {}},
      {"eth0-rxtx-", {}},
      {"eth0-rxtx-99999999999999999999", {}},
      {"eth0-rxtx-70000", {}},
      {"@", {}},
  };
  for (const auto& [action, name] : cases) EXPECT_EQ(parse_irq_name(action, "x9"), name) << action;
}

TEST(IrqName, ABareNumberCountsOnlyAfterTheInterfacesOwnName) {
  EXPECT_EQ(parse_irq_name("ens1-3", "ens1"), (IrqName{RxTx, 3}));
  EXPECT_EQ(parse_irq_name("ens1-3", "ens10"), IrqName{});
  EXPECT_EQ(parse_irq_name("xhci-3", "ens1"), IrqName{});
}

}  // namespace
}  // namespace tuner
