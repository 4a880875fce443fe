#include "model/facts.h"

#include <algorithm>

namespace tuner {

std::string_view fact_part_name(FactNeed part) {
  switch (part) {
    case FactNeed::Topology: return "topology";
    case FactNeed::Nics: return "nics";
    case FactNeed::NicFeatures: return "nic_features";
    case FactNeed::Irqs: return "irqs";
    case FactNeed::Cpufreq: return "cpufreq";
    case FactNeed::Neighbours: return "neighbours";
    case FactNeed::NicShape: return "nic_shape";
    case FactNeed::Kernel: return "kernel";
    case FactNeed::Claims: return "claims";
    case FactNeed::Session: return "session";
    case FactNeed::None:
    case FactNeed::All: break;
  }
  return "facts";
}

std::string_view module_state_name(ModuleState state) {
  switch (state) {
    case ModuleState::BuiltIn: return "built-in";
    case ModuleState::Live: return "live";
    case ModuleState::Loadable: return "loadable";
    case ModuleState::DenyListed: return "deny-listed";
    case ModuleState::Locked: return "locked";
    case ModuleState::Missing: return "missing";
    case ModuleState::NotBuilt: return "not-built";
    case ModuleState::Unknown: return "unknown";
  }
  return "unknown";
}

std::string_view irq_role_name(NicIrq::Role role) {
  switch (role) {
    case NicIrq::Role::Rx: return "rx";
    case NicIrq::Role::Tx: return "tx";
    case NicIrq::Role::RxTx: return "rxtx";
    case NicIrq::Role::Other: return "other";
  }
  return "other";
}

std::string_view nic_shape_name(NicShape shape) {
  switch (shape) {
    case NicShape::Channels: return "channels";
    case NicShape::Rings: return "rings";
    case NicShape::Coalesce: return "coalesce";
  }
  return "channels";
}

int Topology::node_of(int cpu) const {
  const auto node =
      std::ranges::find_if(nodes, [&](const NumaNode& n) { return n.cpus.contains(cpu); });
  return node == nodes.end() ? -1 : node->id;
}

const NicParameters& Nic::shape(NicShape which) const {
  switch (which) {
    case NicShape::Channels: return channels;
    case NicShape::Rings: return rings;
    case NicShape::Coalesce: break;
  }
  return coalesce;
}

NicParameters& Nic::shape(NicShape which) {
  return const_cast<NicParameters&>(  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      static_cast<const Nic&>(*this).shape(which));
}

std::string Nic::key() const {
  if (!bus_address.empty())
    return "pci:" + bus_address + (port > 0 ? "/port-" + std::to_string(port) : "");
  if (!permanent_address.empty()) return "mac:" + permanent_address;
  return "name:" + name;
}

const Nic* Facts::nic(std::string_view name) const {
  const auto found = std::ranges::find(nics, name, &Nic::name);
  return found == nics.end() ? nullptr : &*found;
}

std::vector<const Nic*> Facts::stack_on(const Nic& nic) const {
  std::vector<const Nic*> stack{&nic};
  for (std::size_t i = 0; i < stack.size(); ++i) {
    for (const Nic& upper : nics) {
      if (std::ranges::count(upper.lowers, stack[i]->name) > 0 &&
          std::ranges::count(stack, &upper) == 0)
        stack.push_back(&upper);
    }
  }
  return stack;
}

const Unread* Facts::failed_read(FactNeed parts, std::string_view name) const {
  const auto suffers = [&](const Unread& one) {
    return has(parts, one.part) && one.error.fault != Fault::NotRecorded &&
           (one.nic.empty() || one.nic == name);
  };
  const auto found = std::ranges::find_if(unread, suffers);
  return found == unread.end() ? nullptr : &*found;
}

const Neighbour* Facts::neighbour(std::string_view name) const {
  const auto found = std::ranges::find(neighbours, name, &Neighbour::name);
  return found == neighbours.end() ? nullptr : &*found;
}

}  // namespace tuner
