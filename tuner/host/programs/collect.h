// The programs of this host that speak TLS (model/programs/programs.h).
#pragma once

#include "host/host.h"
#include "model/programs/program_risk.h"
#include "model/programs/programs.h"

#include <optional>

namespace tuner {

// Looks at every process, and at the services that start at boot. Needs CAP_SYS_PTRACE for the
// processes of other users; what it cannot look at is counted in Programs::not_looked_at. The cost
// is one read for a process without TLS.
Programs collect_programs(const FileTree& files);

// As in Programs.
std::optional<bool> gnutls_asks(const FileTree& files);

// The kernel, as far as a KeyUpdate depends on it.
RekeyFacts rekey_facts(const FileTree& files);

}  // namespace tuner
