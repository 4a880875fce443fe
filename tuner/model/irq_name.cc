#include "model/irq_name.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using enum NicIrq::Role;

// clang-format off
constexpr std::array kStyles{
    IrqNameStyle{"fdir-txrx-", Other, "i40e-0000:3b:00.0:fdir-TxRx-0", -1, "i40e, ice (flow director)"},
    IrqNameStyle{"-event-", Other, "eth0-event-4", -1, "vmxnet3 (link)"},
    IrqNameStyle{"-txrx-", RxTx, "ice-ens1f0-TxRx-3", 3, "ixgbe, i40e, iavf, ice, igb, igc, bnxt_en, hns3, idpf"},
    IrqNameStyle{"-rxtx-", RxTx, "eth0-rxtx-7", 7, "vmxnet3, nfp, octeontx2"},
    IrqNameStyle{"-tx-rx-", RxTx, "ens5-Tx-Rx-3", 3, "ena"},
    IrqNameStyle{"-rx-", Rx, "eth1-rx-0", 0, "e1000e, igb, bnxt_en, enic, vmxnet3"},
    IrqNameStyle{"-tx-", Tx, "eth1-tx-0", 0, "e1000e, igb, bnxt_en, enic, vmxnet3"},
    IrqNameStyle{"-rx", Rx, "eth2-Rx3", 3, "cxgb4"},
    IrqNameStyle{"-fp-", RxTx, "eth0-fp-3", 3, "bnx2x, qede"},
    IrqNameStyle{"-q", RxTx, "eth0-q2", 2, "be2net"},
    IrqNameStyle{"-input.", Rx, "virtio2-input.0", 0, "virtio_net"},
    IrqNameStyle{"-output.", Tx, "virtio2-output.1", 1, "virtio_net"},
    IrqNameStyle{"mlx5_comp", RxTx, "mlx5_comp10@pci:0000:81:00.0", 10, "mlx5_core"},
    IrqNameStyle{"mlx4-", RxTx, "mlx4-5@0000:81:00.0", 5, "mlx4_core"},
    IrqNameStyle{"mana_q", RxTx, "mana_q3@pci:7870:00:00.0", 3, "mana"},
    // Transmit and receive queues have blocks of their own, and the name does not say which.
    IrqNameStyle{"-ntfy-block.", RxTx, "eth0-ntfy-block.6", 6, "gve before Linux 6.3"},
    IrqNameStyle{"gve-ntfy-blk", RxTx, "gve-ntfy-blk6@pci:0000:00:04.0", 6, "gve"},
};
// clang-format on

constexpr std::string_view kDigits = "0123456789";

// One interrupt for all virtqueues: no vector was left for each (virtio_pci_common.c).
constexpr std::string_view kSharedVirtqueues = "-virtqueues";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool ends_with_any_case(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() &&
         std::ranges::equal(text.substr(text.size() - ending.size()), ending, {}, lower, lower);
}

}  // namespace

std::span<const IrqNameStyle> irq_name_styles() {
  return kStyles;
}

IrqName parse_irq_name(std::string_view action, std::string_view interface) {
  const std::string_view name = action.substr(0, action.find('@'));
  if (name.ends_with(kSharedVirtqueues)) return {.role = RxTx, .queue = 0};
  const std::size_t stem_size = name.find_last_not_of(kDigits) + 1;
  const std::string_view stem = name.substr(0, stem_size);
  const auto number = parse_integer(name.substr(stem_size));
  if (!number || *number >= CpuSet::kLimit) return {};
  const int queue = static_cast<int>(*number);
  const auto style = std::ranges::find_if(
      kStyles, [&](const IrqNameStyle& row) { return ends_with_any_case(stem, row.ending); });
  if (style != kStyles.end())
    return {.role = style->role, .queue = style->role == Other ? -1 : queue};
  // "eth0-3": mlx4_en, sfc, atlantic.
  const bool bare = stem.ends_with('-') && stem.substr(0, stem.size() - 1) == interface;
  return bare ? IrqName{.role = RxTx, .queue = queue} : IrqName{};
}

}  // namespace tuner
