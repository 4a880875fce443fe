#include "model/facts.h"

#include <algorithm>
#include <bit>
#include <set>
#include <unordered_set>

namespace tuner {

std::string_view fact_part_name(FactNeed part) {
  if (part == FactNeed::TlsModule || part == FactNeed::TlsStat) part = FactNeed::Kernel;
  if (part == FactNeed::NapiThreads) part = FactNeed::NicQueues;
  const auto bits = static_cast<unsigned>(part);
  const auto index = static_cast<std::size_t>(std::countr_zero(bits));
  return std::has_single_bit(bits) && index < kFactPartNames.size() ? kFactPartNames[index]
                                                                    : "facts";
}

std::string_view module_state_name(ModuleState state) {
  return word_of(state);
}

std::string_view irq_role_name(NicIrq::Role role) {
  return word_of(role);
}

std::string_view irq_service_name(const NicIrq& irq) {
  return irq.queue >= 0 ? kServesQueue : word_of(irq.no_queue);
}

std::string_view nic_shape_name(NicShape shape) {
  return word_of(shape);
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

// The key is in the journal and must find the same hardware after a reboot. The PCI function
// survives renames and a changed address; without one (USB, some virtual NICs) the permanent
// address does; a name is the last resort.
std::string Nic::key() const {
  if (!bus_address.empty())
    return "pci:" + bus_address + (port > 0 ? "/port-" + std::to_string(port) : "");
  if (!permanent_address.empty()) return "mac:" + permanent_address;
  return "name:" + name;
}

const Nic* Facts::nic(std::string_view name) const {
  return nics.named(name);
}

const Nic* Facts::nic_of(std::string_view key) const {
  const auto found = nics.with_key(key);
  return found.empty() ? nullptr : found.front();
}

// Breadth first: the NIC, what is directly on it, what is on that. `known` ends a loop of links,
// which a damaged recording may have.
std::vector<const Nic*> Facts::stack_on(const Nic& nic) const {
  std::vector<const Nic*> stack{&nic};
  std::unordered_set<const Nic*> known{&nic};
  for (std::size_t i = 0; i < stack.size(); ++i) {
    for (const Nic* upper : nics.directly_on(stack[i]->name)) {
      if (known.insert(upper).second) stack.push_back(upper);
    }
  }
  return stack;
}

UnreadList::UnreadList(std::initializer_list<Unread> unread) {
  for (const Unread& one : unread) push_back(one);
}

void UnreadList::push_back(Unread unread) {
  OfPart& part = parts_[unread.part];
  // What was not recorded is no failure: an old recording cannot have what newer versions read.
  if (!part.failed && unread.error.fault != Fault::NotRecorded) part.failed = all_.size();
  part.by_nic[unread.nic].push_back(all_.size());
  all_.push_back(std::move(unread));
}

const Unread* UnreadList::failed(FactNeed parts) const {
  // Parts are sorted by their number. The failure that was noted first counts.
  std::optional<std::size_t> first;
  for (const auto& [part, known] : parts_) {
    if (has(parts, part) && known.failed && (!first || *known.failed < *first))
      first = known.failed;
  }
  return first ? &all_[*first] : nullptr;
}

std::vector<const Unread*> UnreadList::about(FactNeed parts, std::string_view nic) const {
  std::set<std::size_t> places;  // ordered, so that the result is in the order of addition
  for (const auto& [part, known] : parts_) {
    if (!has(parts, part)) continue;
    for (const std::string_view whose : {std::string_view(), nic}) {
      const auto found = known.by_nic.find(whose);
      if (found != known.by_nic.end()) places.insert(found->second.begin(), found->second.end());
    }
  }
  std::vector<const Unread*> all;
  for (const std::size_t place : places) all.push_back(&all_[place]);
  return all;
}

const Unread* Facts::failed_read(FactNeed parts, std::string_view name) const {
  const auto about = unread.about(parts, name);
  const auto found = std::ranges::find_if(
      about, [](const Unread* one) { return one->error.fault != Fault::NotRecorded; });
  return found == about.end() ? nullptr : *found;
}

const Neighbour* Facts::neighbour(std::string_view name) const {
  const auto found = std::ranges::find(neighbours, name, &Neighbour::name);
  return found == neighbours.end() ? nullptr : &*found;
}

}  // namespace tuner
