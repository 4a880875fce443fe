// Collects the facts of a machine. Never changes it and never fails as a whole: parts that cannot
// be read stay empty, with the error in Facts::unread.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuner {

// The NICs that are asked about, by Nic::key(); none: all.
struct NicScope {
  std::span<const std::string> keys = {};
  // The placement of one NIC's interrupts depends on those of the others.
  bool irqs_of_all = true;
};

// Always collects the identity, unless it is `known`; other parts as `needs` says. Features, shapes
// and, unless of all, interrupts are read of the NICs in `scope`, and of what is above and below
// them. For each other NIC `unread` says that it was not looked at (Fault::NotRecorded). The
// interfaces and their links are read of all, because selectors and bonds depend on the others.
Facts collect_facts(const Host& host, FactNeed needs,
                    std::optional<HostIdentity> known = std::nullopt, const NicScope& scope = {});

// Collects the interfaces of these names that exist, what is below them and the other ports of
// their PCI functions, with their interrupts. Nothing else of the machine is looked at.
Facts collect_nics_alone(const Host& host, std::span<const std::string> names);

// The names of all interfaces; without those that cannot be listed.
std::vector<std::string> interface_names(const Host& host);

// For a look at owners after the other facts: `facts` with the programs and external settings.
Facts collect_owners(const Host& host, const Facts& facts);

// Collects only the identity: a few small files.
HostIdentity collect_identity(const Host& host);

// Io: the boot ID or the network namespace could not be read. To be checked before the first write,
// because the journal is found again by these two.
Outcome is_known(const HostIdentity& identity);

}  // namespace tuner
