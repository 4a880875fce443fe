// Why TLS in the kernel may cost more than in user space: puts what is known of the kernel's
// ciphers (model/kernel_crypto.h) to the cells. Pure.
#pragma once

#include "model/kernel_crypto.h"
#include "probe/report.h"

#include <optional>

namespace tuner {

// To each cell whose own end the kernel worked on with a generic driver, by which one and what to
// do about it; and to the report one warning. Facts are to be collected after the probe, whose
// connections are what makes the kernel choose. Nothing known of the ciphers: nothing is added.
void explain_ciphers(ProbeReport& report, const std::optional<CryptoFacts>& crypto);

}  // namespace tuner
