// The number of descriptors in the rings of a NIC's queues. The shipped profiles do not set it:
// larger rings hide bursts and cost cache.
#include "knobs/nic_shape.h"

#include <array>

namespace tuner {
namespace {

// Drivers that request their interrupts again when they reopen (request_irq()) may lose affinities.
constexpr std::array<std::string_view, 3> kDisturbs{"irq_affinity", "xps", "rps"};

constexpr std::array kMinima{
    ShapeMinimum{"ice", "rx", 64, true, "intel/ice/ice_ethtool.c, ICE_MIN_NUM_DESC"},
    ShapeMinimum{"ice", "tx", 64, true, "intel/ice/ice_ethtool.c, ICE_MIN_NUM_DESC"},
    ShapeMinimum{"i40e", "rx", 64, true, "intel/i40e/i40e_ethtool.c, I40E_MIN_NUM_DESCRIPTORS"},
    ShapeMinimum{"i40e", "tx", 64, true, "intel/i40e/i40e_ethtool.c, I40E_MIN_NUM_DESCRIPTORS"},
    ShapeMinimum{"mlx5_core", "tx", 64, true,
                 "mellanox/mlx5/core/en_ethtool.c, MLX5E_PARAMS_MINIMUM_LOG_SQ_SIZE"},
    ShapeMinimum{"ena", "rx", 256, false, "amazon/ena/ena_ethtool.c, ENA_MIN_RING_SIZE"},
    ShapeMinimum{"ena", "tx", 256, false, "amazon/ena/ena_ethtool.c, ENA_MIN_RING_SIZE"},
};

struct NicRings {
  static constexpr ShapeFamily kFamily{.knob = "nic_rings",
                                       .shape = NicShape::Rings,
                                       .in_entry = &NicEntry::rings,
                                       .minima = kMinima};
};

}  // namespace

Knob nic_rings_knob() {
  return shape_knob<NicRings>(
      {.name = "nic_rings",
       .phase = Phase::Shape,
       .doc = "The number of descriptors in each ring of a NIC; drivers round up.",
       .in_profile = "nics[].rings",
       .reads = "ethtool netlink, RINGS_GET",
       .writes = "ethtool netlink, RINGS_SET, one message per NIC",
       .capability = "CAP_NET_ADMIN",
       .needs = FactNeed::Nics | FactNeed::NicShape,
       .disturbs = kDisturbs,
       .rounds = true});
}

}  // namespace tuner
