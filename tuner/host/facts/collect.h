// Collects the facts of a machine. Never changes it and never fails as a whole: parts that cannot
// be read stay empty, with the error in Facts::unread.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <optional>

namespace tuner {

// Always collects the identity, unless it is `known`; other parts as `needs` says.
Facts collect_facts(const Host& host, FactNeed needs,
                    std::optional<HostIdentity> known = std::nullopt);

// For a look at owners after the other facts: `facts` with the programs and external settings.
Facts collect_owners(const Host& host, const Facts& facts);

// Collects only the identity: a few small files.
HostIdentity collect_identity(const Host& host);

// Io: the boot ID or the network namespace could not be read. To be checked before the first write,
// because the journal is found again by these two.
Outcome is_known(const HostIdentity& identity);

}  // namespace tuner
