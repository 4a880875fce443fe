// Explains why TLS in the kernel may cost more CPU than in user space: adds to the cells what is
// known about the kernel's cipher drivers (model/kernel_crypto.h). Pure.
#pragma once

#include "model/kernel_crypto.h"
#include "probe/report.h"

#include <optional>

namespace tuner {

// For each cell whose own end used a generic cipher driver of the kernel, adds the driver's name
// and the next step to `because`. Adds one warning to the report if an AES-GCM cell is among them.
// Collect `crypto` after the probe: the kernel selects a driver when a connection first needs it.
// Without `crypto` nothing is added.
void explain_ciphers(ProbeReport& report, const std::optional<CryptoFacts>& crypto);

}  // namespace tuner
