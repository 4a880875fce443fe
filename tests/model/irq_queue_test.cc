#include "model/irq_queue.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using enum NicIrq::Role;

std::vector<NicIrq> vectors(NicIrq::Role role, std::string_view name, int count) {
  std::vector<NicIrq> irqs;
  for (int i = 0; i < count; ++i)
    irqs.push_back(
        {.number = 40 + i, .action = fmt::format("{}{}", name, i), .role = role, .queue = i});
  return irqs;
}

std::string text(const std::vector<NicIrq>& irqs) {
  std::string all;
  for (const NicIrq& irq : irqs)
    all += fmt::format("{}{} ", irq_role_name(irq.role),
                       irq.queue < 0 ? "" : std::to_string(irq.queue));
  return all;
}

TEST(IrqQueue, VectorsBeyondTheQueuesServeNone) {
  auto irqs = vectors(RxTx, "mlx5_comp", 6);
  fit_to_queues(4, 4, irqs);
  EXPECT_EQ(text(irqs), "rxtx0 rxtx1 rxtx2 rxtx3 other other ");
  EXPECT_FALSE(serves_no_queue(irqs[3], "eth0"));
  EXPECT_TRUE(serves_no_queue(irqs[4], "eth0"));
}

TEST(IrqQueue, EachDirectionIsHeldAgainstItsOwnQueues) {
  auto irqs = vectors(Rx, "eth0-rx-", 3);
  const auto sending = vectors(Tx, "eth0-tx-", 3);
  irqs.insert(irqs.end(), sending.begin(), sending.end());
  fit_to_queues(2, 3, irqs);
  EXPECT_EQ(text(irqs), "rx0 rx1 other tx0 tx1 tx2 ");
}

TEST(IrqQueue, ACombinedVectorServesTheDirectionThatHasMoreQueues) {
  auto irqs = vectors(RxTx, "eth0-TxRx-", 3);
  fit_to_queues(2, 3, irqs);
  EXPECT_EQ(text(irqs), "rxtx0 rxtx1 rxtx2 ");
}

TEST(IrqQueue, QueuesThatAreNotKnownLeaveTheNamesWord) {
  for (const auto& [rx, tx] : {std::pair{0, 4}, std::pair{4, 0}, std::pair{0, 0}}) {
    auto irqs = vectors(RxTx, "mlx5_comp", 6);
    fit_to_queues(rx, tx, irqs);
    EXPECT_EQ(text(irqs), "rxtx0 rxtx1 rxtx2 rxtx3 rxtx4 rxtx5 ");
  }
}

TEST(IrqQueue, BlocksOfGveSendInTheirFirstHalf) {
  auto irqs = vectors(RxTx, "gve-ntfy-blk", 8);
  fit_to_queues(4, 3, irqs);
  EXPECT_EQ(text(irqs), "tx0 tx1 tx2 other rx0 rx1 rx2 rx3 ");
}

TEST(IrqQueue, AnEventOfTheLinkIsNoIdleVector) {
  const NicIrq event{.number = 44, .action = "eth0-event-4", .role = Other, .queue = -1};
  EXPECT_FALSE(serves_no_queue(event, "eth0"));
}

}  // namespace
}  // namespace tuner
