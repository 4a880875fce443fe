#include "model/irq_queue.h"

#include "model/irq_name.h"

#include <algorithm>

namespace tuner {
namespace {

// gve numbers its notification blocks: the first half sends, the second half receives, each from
// the middle on in the order of its queues (gve_tx_idx_to_ntfy() and gve_rx_idx_to_ntfy() in
// drivers/net/ethernet/google/gve/gve.h).
bool is_block(const NicIrq& irq) {
  return irq.action.find("ntfy-bl") != std::string::npos && irq.queue >= 0;
}

void split_blocks(std::vector<NicIrq>& irqs) {
  const auto blocks = static_cast<int>(std::ranges::count_if(irqs, is_block));
  const int half = blocks / 2;
  for (NicIrq& irq : irqs) {
    if (!is_block(irq)) continue;
    const bool sends = irq.queue < half;
    irq.role = sends ? NicIrq::Role::Tx : NicIrq::Role::Rx;
    if (!sends) irq.queue -= half;
  }
}

int queues_of(NicIrq::Role role, int rx_queues, int tx_queues) {
  switch (role) {
    case NicIrq::Role::Rx: return rx_queues;
    case NicIrq::Role::Tx: return tx_queues;
    case NicIrq::Role::RxTx: return std::max(rx_queues, tx_queues);
    case NicIrq::Role::Other: break;
  }
  return 0;
}

}  // namespace

void fit_to_queues(int rx_queues, int tx_queues, std::vector<NicIrq>& irqs) {
  split_blocks(irqs);
  if (rx_queues <= 0 || tx_queues <= 0) return;
  for (NicIrq& irq : irqs) {
    if (irq.queue < queues_of(irq.role, rx_queues, tx_queues)) continue;
    irq.role = NicIrq::Role::Other;
    irq.queue = -1;
  }
}

bool serves_no_queue(const NicIrq& irq, std::string_view interface) {
  return irq.queue < 0 && parse_irq_name(irq.action, interface).queue >= 0;
}

}  // namespace tuner
