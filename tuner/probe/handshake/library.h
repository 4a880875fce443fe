// What libssl can offload to the kernel, found by handshakes in memory: a custom BIO records the
// request for kTLS and declines it. Needs no kernel TLS, no privileges and no socket.
#pragma once

#include "base/result.h"
#include "probe/handshake/connection/context.h"
#include "probe/report.h"

namespace tuner {

// `abilities` has one row for each version and cipher whose handshake succeeds.
Result<LibraryFacts> library_facts(const Identity& identity);

}  // namespace tuner
