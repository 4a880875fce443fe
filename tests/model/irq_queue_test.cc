#include "model/irq_queue.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using enum NicIrq::Role;

Nic nic_of(std::string_view driver, int rx, int tx, const std::vector<std::string>& actions) {
  Nic nic;
  nic.name = "eth0";
  nic.driver = driver;
  nic.rx_queues = rx;
  nic.tx_queues = tx;
  for (const std::string& action : actions) {
    const int number = 40 + static_cast<int>(nic.irqs.size());
    nic.irqs.push_back({.number = number, .action = action});
  }
  return nic;
}

std::vector<std::string> numbered(std::string_view before, int first, int count,
                                  std::string_view after = "", int step = 1) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i)
    names.push_back(fmt::format("{}{}{}", before, first + i * step, after));
  return names;
}

std::vector<std::string> operator+(std::vector<std::string> all,
                                   const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// "rxtx0 rx1 management idle"
std::string told(Nic nic) {
  match_queues(nic, true);
  std::string all;
  for (const NicIrq& irq : nic.irqs) {
    if (!all.empty()) all += ' ';
    all += irq.queue < 0 ? std::string(irq_service_name(irq))
                         : fmt::format("{}{}", irq_role_name(irq.role), irq.queue);
  }
  return all;
}

TEST(IrqQueue, ListingsOfRealMachines) {
  const struct {
    std::string_view driver;
    int rx, tx;
    std::vector<std::string> actions;
    std::string_view expected;
  } listings[] = {
      {"e1000e", 1, 1, {"eth0-rx-0", "eth0-tx-0", "eth0"}, "rx0 tx0 management"},
      {"igb", 2, 2, {"eth0", "eth0-TxRx-0", "eth0-TxRx-1"}, "management rxtx0 rxtx1"},
      {"i40e",
       2,
       2,
       {"i40e-0000:3b:00.0:misc", "i40e-eth0-TxRx-0", "i40e-eth0-TxRx-1",
        "i40e-0000:3b:00.0:fdir-TxRx-0"},
       "management rxtx0 rxtx1 management"},
      {"ice",
       2,
       2,
       {"ice-0000:18:00.0:misc", "ice-eth0-TxRx-0", "ice-eth0-TxRx-1",
        "ice-0000:18:00.0:ctrl-TxRx-0"},
       "management rxtx0 rxtx1 management"},
      {"iavf", 1, 1, {"iavf-0000:3b:02.0:mbx", "iavf-eth0-TxRx-0"}, "management rxtx0"},
      {"virtio_net",
       2,
       2,
       {"virtio0-config", "virtio0-input.0", "virtio0-output.0", "virtio0-input.1",
        "virtio0-output.1"},
       "management rx0 tx0 rx1 tx1"},
      {"virtio_net", 4, 4, {"virtio0-config", "virtio0-virtqueues"}, "management rxtx0"},
      {"ena",
       2,
       2,
       {"ena-mgmnt@pci:0000:00:05.0", "eth0-Tx-Rx-0", "eth0-Tx-Rx-1"},
       "management rxtx0 rxtx1"},
      {"mana",
       2,
       2,
       {"mana_hwc@pci:7870:00:00.0", "mana_q0@pci:7870:00:00.0", "mana_q1@pci:7870:00:00.0"},
       "management rxtx0 rxtx1"},
      {"fsl_enetc", 2, 2, {"eth0-rxtx0", "eth0-rxtx1"}, "rxtx0 rxtx1"},
      {"hinic", 2, 2, {"eth0_rxq0", "eth0_txq0", "eth0_rxq1", "eth0_txq1"}, "rx0 tx0 rx1 tx1"},
      {"st_gmac",
       2,
       2,
       {"eth0:mac", "eth0:wol", "eth0:lpi", "eth0:rx-0", "eth0:rx-1", "eth0:tx-0", "eth0:tx-1"},
       "management management management rx0 rx1 tx0 tx1"},
      {"sfc", 2, 2, {"eth0-0", "eth0-1", "eth0-xdp-0"}, "rxtx0 rxtx1 management"},
      {"sfc", 2, 1, {"eth0-rx-0", "eth0-rx-1", "eth0-tx-0"}, "rx0 rx1 tx0"},
      {"cxgb4", 2, 2, {"0000:02:00.4", "eth0-Rx0", "eth0-Rx1"}, "not_understood rx0 rx1"},
      {"cxgb4", 2, 2, {"eth0 (queue 0)", "eth0 (queue 1)"}, "rxtx0 rxtx1"},
      {"ionic", 2, 2, {"ionic-eth0-L0-rx0", "ionic-eth0-L0-rx1"}, "rx0 rx1"},
      {"hns3",
       2,
       2,
       {"hclge-misc-0000:7d:00.0", "hns3-0000:7d:00.0-TxRx-0", "hns3-0000:7d:00.0-TxRx-1"},
       "management rxtx0 rxtx1"},
      {"bnxt_en",
       2,
       2,
       {"eth0-TxRx-0", "eth0-TxRx-1", "bnxt_re-creq@pci:0000:65:00.0",
        "bnxt_re-nq-0@pci:0000:65:00.0"},
       "rxtx0 rxtx1 management management"},
      {"be2net", 2, 2, {"eth0-q0", "eth0-q1"}, "rxtx0 rxtx1"},
  };
  for (const auto& one : listings)
    EXPECT_EQ(told(nic_of(one.driver, one.rx, one.tx, one.actions)), one.expected) << one.driver;
}

TEST(IrqQueue, VectorsKeptBeyondTheQueuesAreIdle) {
  const auto comps = numbered("mlx5_comp", 0, 6, "@pci:0000:81:00.0");
  EXPECT_EQ(told(nic_of("mlx5_core", 4, 4, comps)), "rxtx0 rxtx1 rxtx2 rxtx3 idle idle");
  EXPECT_EQ(told(nic_of("mana", 2, 2, numbered("mana_q", 0, 3))), "rxtx0 rxtx1 idle");
}

TEST(IrqQueue, ANumberBeyondTheQueuesIsNotUnderstoodAndAffectsNoOther) {
  EXPECT_EQ(told(nic_of("ixgbe", 2, 2, numbered("eth0-TxRx-", 0, 3))),
            "rxtx0 rxtx1 not_understood");
  EXPECT_EQ(told(nic_of("igb", 2, 3, numbered("eth0-rx-", 0, 3) + numbered("eth0-tx-", 0, 3))),
            "rx0 rx1 not_understood tx0 tx1 tx2");
}

TEST(IrqQueue, ACombinedVectorCanServeADirectionWithMoreQueues) {
  EXPECT_EQ(told(nic_of("ice", 2, 3, numbered("ice-eth0-TxRx-", 0, 3))), "rxtx0 rxtx1 rxtx2");
}

TEST(IrqQueue, WithUnknownQueueCountsTheNamesDecide) {
  for (const auto& [rx, tx] : {std::pair{0, 4}, std::pair{4, 0}, std::pair{0, 0}})
    EXPECT_EQ(told(nic_of("mlx5_core", rx, tx, numbered("mlx5_comp", 0, 3))), "rxtx0 rxtx1 rxtx2");
}

TEST(IrqQueue, OnlyARuleConvertsNumbers) {
  EXPECT_EQ(
      told(nic_of("mlx4_core", 2, 2,
                  {"mlx4-async@pci:0000:09:00.0", "mlx4-1@0000:09:00.0", "mlx4-2@0000:09:00.0"})),
      "management rxtx0 rxtx1");
  // The same numbers without such a rule do not start at the first queue.
  EXPECT_EQ(told(nic_of("novel", 4, 4, numbered("eth0-TxRx-", 1, 2))),
            "not_understood not_understood");
}

TEST(IrqQueue, ANumberBeforeTheFirstQueueServesNone) {
  Nic nic = nic_of("mlx4_core", 2, 2, numbered("mlx4-", 0, 3, "@0000:09:00.0"));
  EXPECT_EQ(told(nic), "not_understood rxtx0 rxtx1");
  match_queues(nic, true);
  EXPECT_EQ(nic.irqs[0].role, Other);
}

TEST(IrqQueue, ConsecutiveBlocksAreCountedSeparately) {
  const auto rx_first = numbered("eth0-rx-", 0, 3) + numbered("eth0-tx-", 3, 2);
  EXPECT_EQ(told(nic_of("bnxt_en", 3, 2, rx_first)), "rx0 rx1 rx2 tx0 tx1");
  EXPECT_EQ(told(nic_of("igb", 3, 2, rx_first)), "rx0 rx1 rx2 not_understood not_understood");
  const auto tx_first =
      numbered("eth0-tx-", 0, 2) + numbered("eth0-rx-", 2, 3) + numbered("eth0-event-", 5, 1);
  EXPECT_EQ(told(nic_of("vmxnet3", 3, 2, tx_first)), "tx0 tx1 rx0 rx1 rx2 management");
  EXPECT_EQ(told(nic_of("vmxnet3", 2, 4, numbered("eth0-tx-", 0, 1) + numbered("eth0-rx-", 1, 2))),
            "tx0 rx0 rx1")
      << "one vector sends for all queues";
  EXPECT_EQ(told(nic_of("cxgb3", 2, 2, numbered("eth0-", 4, 2))), "rxtx0 rxtx1");
}

TEST(IrqQueue, TheFirstHalfOfGvesBlocksSends) {
  for (const std::string_view name : {"gve-ntfy-blk", "eth0-ntfy-block."})
    EXPECT_EQ(told(nic_of("gve", 4, 3, numbered(name, 0, 8))), "tx0 tx1 tx2 idle rx0 rx1 rx2 rx3");
}

TEST(IrqQueue, ACounterIncrementedTwicePerVectorIsRecognized) {
  const auto even = numbered("hns3-0000:7d:00.0-TxRx-", 0, 4, "", 2);
  EXPECT_EQ(told(nic_of("hns3", 4, 4, even)), "rxtx0 rxtx1 rxtx2 rxtx3");
  EXPECT_EQ(told(nic_of("hns3", 8, 8, even)), "rxtx0 rxtx1 rxtx2 rxtx3");
  EXPECT_EQ(told(nic_of("ixgbe", 8, 8, numbered("eth0-TxRx-", 0, 4, "", 2))),
            "not_understood not_understood not_understood not_understood");
}

TEST(IrqQueue, AnInterruptWithoutANameExplainsAGap) {
  EXPECT_EQ(told(nic_of("ixgbe", 3, 3, {"eth0-TxRx-0", "", "eth0-TxRx-2"})), "rxtx0 unnamed rxtx2");
  EXPECT_EQ(told(nic_of("ixgbe", 3, 3, {"eth0-TxRx-0", "novel", "eth0-TxRx-2"})),
            "rxtx0 not_understood rxtx2");
  EXPECT_EQ(told(nic_of("ixgbe", 4, 4, {"eth0-TxRx-0", "novel", "eth0-TxRx-3"})),
            "not_understood not_understood not_understood");
}

TEST(IrqQueue, NumbersThatDoNotFollowTheQueuesAreNotUnderstood) {
  EXPECT_EQ(told(nic_of("idpf", 2, 2, numbered("idpf-eth0-TxRx-", 0, 2))),
            "not_understood not_understood");
  // More vectors are in use than queues exist: RDMA uses some, and the names do not show which.
  EXPECT_EQ(told(nic_of("mlx4_core", 2, 2, numbered("mlx4-", 1, 3, "@0000:09:00.0"))),
            "not_understood not_understood not_understood");
  EXPECT_EQ(told(nic_of("qede", 2, 2, numbered("eth0-fp-", 0, 3))),
            "not_understood not_understood not_understood");
  EXPECT_EQ(told(nic_of("mana", 2, 2, numbered("mana_msi", 1, 2))),
            "not_understood not_understood");
}

TEST(IrqQueue, TwoInterruptsForOneQueueAreNotUnderstood) {
  EXPECT_EQ(told(nic_of("novel", 2, 2, {"eth0-TxRx-0", "eth0-TxRx-1", "old-TxRx-1"})),
            "rxtx0 not_understood not_understood");
  EXPECT_EQ(told(nic_of("novel", 2, 2, {"eth0-TxRx-0", "eth0-TxRx-1", "eth0:tx-0"})),
            "not_understood rxtx1 not_understood")
      << "transmit";
  EXPECT_EQ(told(nic_of("novel", 2, 2, {"eth0-TxRx-0", "eth0-TxRx-1", "eth0:rx-0"})),
            "not_understood rxtx1 not_understood")
      << "receive";
}

TEST(IrqQueue, AnInterfaceThatIsDownHasUnnamedVectors) {
  EXPECT_EQ(told(nic_of("ice", 2, 2, {"", ""})), "unnamed unnamed");
  EXPECT_EQ(told(nic_of("ice", 1, 1, {""})), "unnamed");
}

TEST(IrqQueue, ASingleInterruptServesAllQueuesIfNoOtherNicSharesTheFunction) {
  EXPECT_EQ(told(nic_of("r8169", 1, 1, {"eth0"})), "rxtx0");
  Nic port = nic_of("r8169", 1, 1, {"eth0"});
  match_queues(port, false);
  EXPECT_EQ(port.irqs[0].queue, -1);
}

TEST(IrqQueue, OnASharedLineTheActionThatNamesAQueueCounts) {
  EXPECT_EQ(told(nic_of("igb", 1, 1, {"uhci_hcd:usb3, eth0-TxRx-0", "eth0"})), "rxtx0 management");
}

TEST(IrqQueue, ReportsQueuesWithoutAnInterrupt) {
  const auto missing = [](Nic nic) {
    match_queues(nic, true);
    return queues_without_irq(nic);
  };
  EXPECT_EQ(missing(nic_of("ixgbe", 4, 4, numbered("eth0-TxRx-", 0, 4))), "");
  EXPECT_EQ(missing(nic_of("ixgbe", 4, 3, numbered("eth0-TxRx-", 0, 2))),
            "receive queues 2-3, transmit queue 2");
  EXPECT_EQ(missing(nic_of("cxgb4", 2, 2, numbered("eth0-Rx", 0, 2))), "")
      << "receive interrupts handle sending too";
  EXPECT_EQ(missing(nic_of("novel", 2, 1, {"eth0-foo-0", "eth0-foo-1"})), "receive queues 0-1");
}

}  // namespace
}  // namespace tuner
