#include "model/irq_rules.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tuner {
namespace {

using enum NicIrq::Role;
using enum Numbering;
using enum Beyond;

// clang-format off
constexpr std::array kRules{
    // Management: these serve no queue.
    IrqRule{"", "fdir-txrx-#", Other, NotAQueue, Unclear, "i40e-0000:3b:00.0:fdir-TxRx-0", "intel/i40e/i40e_main.c, i40e_vsi_open()"},
    IrqRule{"", "ctrl-txrx-#", Other, NotAQueue, Unclear, "ice-0000:18:00.0:ctrl-TxRx-0", "intel/ice/ice_lib.c, ice_vsi_open_ctrl()"},
    IrqRule{"", ":misc", Other, NotAQueue, Unclear, "i40e-0000:3b:00.0:misc", "intel/i40e/i40e_main.c, intel/ice/ice_main.c"},
    IrqRule{"", ":mbx", Other, NotAQueue, Unclear, "iavf-0000:3b:02.0:mbx", "intel/iavf/iavf_main.c, iavf_request_misc_irq()"},
    IrqRule{"vmxnet3", "-event-#", Other, NotAQueue, Unclear, "eth0-event-4", "./drivers/net/vmxnet3/vmxnet3_drv.c"},
    IrqRule{"", "-config", Other, NotAQueue, Unclear, "virtio2-config", "./drivers/virtio/virtio_pci_common.c"},
    IrqRule{"virtio_net", "-control", Other, NotAQueue, Unclear, "virtio2-control", "./drivers/net/virtio_net.c, virtnet_find_vqs()"},
    IrqRule{"", "mlx5_async#", Other, NotAQueue, Unclear, "mlx5_async0@pci:0000:81:00.0", "mellanox/mlx5/core/pci_irq.c, irq_set_name()"},
    IrqRule{"", "mlx5_async", Other, NotAQueue, Unclear, "mlx5_async@pci:0000:81:00.0", "mellanox/mlx5/core/pci_irq.c, irq_set_name()"},
    IrqRule{"", "mlx5_pages_eq", Other, NotAQueue, Unclear, "mlx5_pages_eq@pci:8b76:00:02.0", "mellanox/mlx5/core/eq.c before Linux 5.1"},
    IrqRule{"", "mlx5_cmd_eq", Other, NotAQueue, Unclear, "mlx5_cmd_eq@pci:8b76:00:02.0", "mellanox/mlx5/core/eq.c before Linux 5.1"},
    IrqRule{"", "mlx5_async_eq", Other, NotAQueue, Unclear, "mlx5_async_eq@pci:8b76:00:02.0", "mellanox/mlx5/core/eq.c before Linux 5.1"},
    IrqRule{"", "mlx4-async", Other, NotAQueue, Unclear, "mlx4-async@pci:0000:09:00.0", "mellanox/mlx4/eq.c, mlx4_init_eq_table()"},
    IrqRule{"", "-mgmnt", Other, NotAQueue, Unclear, "ena-mgmnt@pci:0000:00:05.0", "amazon/ena/ena_netdev.c, google/gve/gve_main.c"},
    IrqRule{"", "mana_hwc", Other, NotAQueue, Unclear, "mana_hwc@pci:7870:00:00.0", "microsoft/mana/gdma_main.c"},
    IrqRule{"nfp", "-lsc", Other, NotAQueue, Unclear, "eth0-lsc", "netronome/nfp/nfp_net_common.c"},
    IrqRule{"nfp", "-exn", Other, NotAQueue, Unclear, "eth0-exn", "netronome/nfp/nfp_net_common.c"},
    IrqRule{"enic", "-err", Other, NotAQueue, Unclear, "eth0-err", "cisco/enic/enic_main.c"},
    IrqRule{"enic", "-notify", Other, NotAQueue, Unclear, "eth0-notify", "cisco/enic/enic_main.c"},
    IrqRule{"hns3", "hclge-misc-*", Other, NotAQueue, Unclear, "hclge-misc-0000:7d:00.0", "hisilicon/hns3/hns3pf/hclge_main.c"},
    IrqRule{"", ":mac", Other, NotAQueue, Unclear, "eth0:mac", "stmicro/stmmac/stmmac_main.c, stmmac_request_irq_multi_msi()"},
    IrqRule{"", ":wol", Other, NotAQueue, Unclear, "eth0:wol", "stmicro/stmmac/stmmac_main.c, stmmac_request_irq_multi_msi()"},
    IrqRule{"", ":lpi", Other, NotAQueue, Unclear, "eth0:lpi", "stmicro/stmmac/stmmac_main.c, stmmac_request_irq_multi_msi()"},
    IrqRule{"", ":safety-ce", Other, NotAQueue, Unclear, "eth0:safety-ce", "stmicro/stmmac/stmmac_main.c, stmmac_request_irq_multi_msi()"},
    IrqRule{"", ":safety-ue", Other, NotAQueue, Unclear, "eth0:safety-ue", "stmicro/stmmac/stmmac_main.c, stmmac_request_irq_multi_msi()"},
    IrqRule{"", "bnxt_re-nq-#", Other, NotAQueue, Unclear, "bnxt_re-nq-0@pci:0000:65:00.0", "./drivers/infiniband/hw/bnxt_re/qplib_fp.c"},
    IrqRule{"", "bnxt_re-creq", Other, NotAQueue, Unclear, "bnxt_re-creq@pci:0000:65:00.1", "./drivers/infiniband/hw/bnxt_re/qplib_rcfw.c"},
    IrqRule{"sfc", "-xdp-#", Other, NotAQueue, Unclear, "eth0-xdp-0", "sfc/efx_channels.c, efx_get_channel_name()"},
    // The vector for link events is named like the interface. Other drivers name a queue's so.
    IrqRule{"e1000e, igb, igbvf, igc, ixgbe, ixgbevf", "%", Other, NotAQueue, Unclear, "eth0", "intel/igb/igb_main.c, igb_request_msix()"},

    // Drivers that count in another way than the names suggest. These rows precede the plain forms.
    IrqRule{"idpf", "-#", RxTx, NotAQueue, Unclear, "idpf-eth0-TxRx-1", "intel/idpf/idpf_txrx.c, idpf_vport_intr_req_irq(): the vector's index, from a stack"},
    IrqRule{"hns3", "-txrx-#", RxTx, MaybeTwice, Unclear, "hns3-0000:bd:00.0-TxRx-0", "hisilicon/hns3/hns3_enet.c, hns3_nic_init_irq(): `txrx_int_idx++` twice before Linux 5.10"},
    IrqRule{"bnxt_en", "-tx-#", Tx, AfterRx, Unclear, "eth0-tx-4", "broadcom/bnxt/bnxt.c, bnxt_setup_msix()"},
    IrqRule{"vmxnet3", "-rx-#", Rx, AfterTx, Unclear, "eth0-rx-4", "./drivers/net/vmxnet3/vmxnet3_drv.c, vmxnet3_request_irqs()"},
    IrqRule{"cxgb3", "%-#", RxTx, AfterPorts, Unclear, "eth0-4", "chelsio/cxgb3/cxgb3_main.c, name_msix_vecs()"},
    IrqRule{"cxgb3", "(queue #)", RxTx, AfterPorts, Unclear, "eth0 (queue 4)", "./drivers/net/cxgb3/cxgb3_main.c before Linux 2.6.37, name_msix_vecs()"},
    // A receive queue gets the vector of a nearby CPU. The vector's number is the queue's only if
    // these CPUs are the first ones (mlx4_en_activate_cq(), mlx4_assign_eq()).
    IrqRule{"", "mlx4-#", RxTx, FromOne, Voids, "mlx4-1@0000:09:00.0", "mellanox/mlx4/eq.c, mlx4_assign_eq()"},
    // One count over receive queues, combined queues and transmit queues.
    IrqRule{"qede", "-fp-#", RxTx, Queue, Voids, "eth0-fp-3", "qlogic/qede/qede_main.c, qede_init_fp()"},

    // Drivers that keep the vectors of queues that a change of channels removed.
    IrqRule{"", "mlx5_comp#", RxTx, Queue, Idle, "mlx5_comp10@pci:0000:81:00.0", "mellanox/mlx5/core/pci_irq.c, irq_set_name()"},
    IrqRule{"", "mana_q#", RxTx, Queue, Idle, "mana_q3@pci:7870:00:00.0", "microsoft/mana/gdma_main.c, mana_gd_setup_irqs()"},
    IrqRule{"", "gve-ntfy-blk#", RxTx, Halves, Idle, "gve-ntfy-blk6@pci:0000:00:04.0", "google/gve/gve.h, gve_tx_idx_to_ntfy(), gve_rx_idx_to_ntfy()"},
    IrqRule{"", "-ntfy-block.#", RxTx, Halves, Idle, "eth0-ntfy-block.6", "google/gve/gve_main.c before Linux 6.3"},

    // The number is the queue's number.
    IrqRule{"", "-txrx-#", RxTx, Queue, Unclear, "ice-eth0-TxRx-3", "intel/ice/ice_lib.c; i40e, iavf, igb, igc, ixgbe, broadcom/bnxt, amd/xgbe"},
    IrqRule{"", "-rxtx-#", RxTx, Queue, Unclear, "eth0-rxtx-7", "./drivers/net/vmxnet3/vmxnet3_drv.c; netronome/nfp, marvell/octeontx2"},
    IrqRule{"", "-rxtx#", RxTx, Queue, Unclear, "eth0-rxtx3", "freescale/enetc/enetc.c, enetc_setup_irqs()"},
    IrqRule{"", "-tx-rx-#", RxTx, Queue, Unclear, "eth0-Tx-Rx-3", "amazon/ena/ena_netdev.c, ena_setup_io_intr()"},
    IrqRule{"", "-rx-#", Rx, Queue, Unclear, "eth0-rx-0", "intel/e1000e/netdev.c; igb, broadcom/bnxt, cisco/enic, sfc"},
    IrqRule{"", "-tx-#", Tx, Queue, Unclear, "eth0-tx-0", "intel/e1000e/netdev.c; igb, cisco/enic, sfc, vmxnet3"},
    IrqRule{"", ":rx-#", Rx, Queue, Unclear, "eth0:rx-2", "stmicro/stmmac/stmmac_main.c, stmmac_request_irq_multi_msi()"},
    IrqRule{"", ":tx-#", Tx, Queue, Unclear, "eth0:tx-2", "stmicro/stmmac/stmmac_main.c, stmmac_request_irq_multi_msi()"},
    IrqRule{"", "_rxq#", Rx, Queue, Unclear, "eth0_rxq3", "huawei/hinic/hinic_rx.c, hinic_init_rxq()"},
    IrqRule{"", "_txq#", Tx, Queue, Unclear, "eth0_txq3", "huawei/hinic/hinic_tx.c, hinic_init_txq()"},
    IrqRule{"", "_qp#", RxTx, Queue, Unclear, "eth0_qp3", "huawei/hinic3/hinic3_irq.c"},
    // cxgb4 and ionic handle transmit completions with the receive queue of the same number.
    IrqRule{"", "-rx#", Rx, Queue, Unclear, "eth0-Rx3", "chelsio/cxgb4/cxgb4_main.c; pensando/ionic/ionic_lif.c (ionic-eth0-L0-rx3)"},
    IrqRule{"", "-tx#", Tx, Queue, Unclear, "ionic-eth0-L0-tx3", "pensando/ionic/ionic_lif.c, ionic_request_irq()"},
    IrqRule{"", "(queue #)", RxTx, Queue, Unclear, "eth0 (queue 3)", "Chelsio's own cxgb4, cxgb4_main.c, name_msix_vecs()"},
    IrqRule{"", "-fp-#", RxTx, Queue, Unclear, "eth0-fp-3", "broadcom/bnx2x/bnx2x_cmn.c"},
    IrqRule{"", "-q#", RxTx, Queue, Unclear, "eth0-q2", "emulex/benet/be_main.c, be_msix_register(); marvell/octeon_ep"},
    IrqRule{"", "-input.#", Rx, Queue, Unclear, "virtio2-input.0", "./drivers/net/virtio_net.c, virtnet_find_vqs()"},
    IrqRule{"", "-output.#", Tx, Queue, Unclear, "virtio2-output.1", "./drivers/net/virtio_net.c, virtnet_find_vqs()"},
    // There were too few vectors for one per virtqueue, so one serves all.
    IrqRule{"", "-virtqueues", RxTx, Queue, Unclear, "virtio2-virtqueues", "./drivers/virtio/virtio_pci_common.c, vp_find_vqs_msix()"},
    IrqRule{"", "%-#", RxTx, Queue, Unclear, "eth0-3", "sfc/efx_channels.c, efx_get_channel_name(); mlx4_en, mlx5_core and cxgb4vf"},
};
// clang-format on

constexpr std::string_view kDigits = "0123456789";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view one, std::string_view other) {
  return std::ranges::equal(one, other, {}, lower, lower);
}

bool ends(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && same(text.substr(text.size() - ending.size()), ending);
}

// `form`: the part before the number, or the whole form if it has none.
bool head_fits(std::string_view text, std::string_view form, std::string_view interface) {
  if (form.ends_with('*')) return text.starts_with(form.substr(0, form.size() - 1));
  if (!form.starts_with('%')) return ends(text, form);
  return text.starts_with(interface) && same(text.substr(interface.size()), form.substr(1));
}

// The number in a name of this form, -1 if the form has none. nullopt: the name does not fit.
std::optional<int> number_in(std::string_view name, std::string_view form,
                             std::string_view interface) {
  const std::size_t mark = form.find('#');
  if (mark == std::string_view::npos)
    return head_fits(name, form, interface) ? std::optional(-1) : std::nullopt;
  const std::string_view tail = form.substr(mark + 1);
  if (!ends(name, tail)) return std::nullopt;
  name.remove_suffix(tail.size());
  const std::size_t digits = name.find_last_not_of(kDigits) + 1;
  const auto number = parse_integer(name.substr(digits));
  if (!number || *number >= CpuSet::kLimit) return std::nullopt;
  if (!head_fits(name.substr(0, digits), form.substr(0, mark), interface)) return std::nullopt;
  return static_cast<int>(*number);
}

bool holds_for(const IrqRule& rule, std::string_view driver) {
  if (rule.only.empty()) return true;
  return std::ranges::any_of(split(rule.only, ','),
                             [&](std::string_view one) { return trim(one) == driver; });
}

}  // namespace

std::span<const IrqRule> irq_rules() {
  return kRules;
}

IrqName read_irq_name(std::string_view action, std::string_view driver,
                      std::string_view interface) {
  // mlx5, ena and others add "@pci:0000:81:00.0", whose digits are no queue's.
  const std::string_view name = action.substr(0, action.find('@'));
  // The order of the rows decides: exceptions of single drivers precede the plain forms, and "%-#"
  // is last because it fits most.
  for (const IrqRule& rule : kRules) {
    const auto number = number_in(name, rule.form, interface);
    if (number && holds_for(rule, driver)) return {.rule = &rule, .number = *number};
  }
  return {};
}

}  // namespace tuner
