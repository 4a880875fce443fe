// Tries the six KeyUpdate cases (probe/key_update.h), each as server and as client.
#pragma once

#include "probe/handshake/connection/cell.h"
#include "probe/report.h"

namespace tuner {

// Each case has a connection and a time limit of its own, so one that breaks does not change the
// others. A case that breaks is repeated without kTLS: if that breaks too, it says nothing about
// kTLS, and is not done. Cases after the deadline are not done.
KeyUpdateRun try_key_updates(const CellContext& around, const Identity& identity,
                             bool own_namespace);

}  // namespace tuner
