// How many descriptors a NIC's queues have. Off by default in the shipped profiles: larger rings
// hide bursts and cost cache.
#include "knobs/nic_shape.h"

#include <array>

namespace tuner {
namespace {

// Drivers that ask for their interrupts anew when they open (request_irq) may lose affinities.
constexpr std::array<std::string_view, 3> kDisturbs{"irq_affinity", "xps", "rps"};

struct NicRings {
  static constexpr ShapeFamily kFamily{
      .knob = "nic_rings", .shape = NicShape::Rings, .in_entry = &NicEntry::rings};
};

}  // namespace

Knob nic_rings_knob() {
  return shape_knob<NicRings>(
      {.name = "nic_rings",
       .phase = Phase::Shape,
       .doc = "How many descriptors the queues of a NIC have; drivers round up.",
       .in_profile = "nics[].rings",
       .reads = "ethtool netlink, RINGS_GET",
       .writes = "ethtool netlink, RINGS_SET, one message a NIC",
       .capability = "CAP_NET_ADMIN",
       .needs = FactNeed::Nics | FactNeed::NicShape,
       .disturbs = kDisturbs,
       .rounds = true});
}

}  // namespace tuner
