// What the libssl that this program is linked with can hand to the kernel: found by handshakes in
// memory, with a BIO that watches for the request and declines it. Needs no kernel TLS, no right
// and no socket.
#pragma once

#include "base/result.h"
#include "probe/handshake/context.h"
#include "probe/report.h"

namespace tuner {

// Abilities hold one row for each version and cipher that this libssl can shake hands with at all.
Result<LibraryFacts> library_facts(const Identity& identity);

}  // namespace tuner
