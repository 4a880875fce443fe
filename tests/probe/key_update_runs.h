// KeyUpdate trials for tests.
#pragma once

#include "probe/key_update.h"

#include <stdexcept>
#include <string>

namespace tuner::testing {

// A machine where the kernel has both directions and takes every new key.
inline KeyUpdateRun all_ok() {
  KeyUpdateRun run{.kernel_counts = true};
  for (const KeyUpdateCase& what : kKeyUpdateCases) {
    for (const TlsRole role : kTlsRoles) {
      run.trials.push_back({.number = what.number,
                            .role = role,
                            .result = KeyUpdateResult::Ok,
                            .tx = TlsPath::Kernel,
                            .rx = TlsPath::Kernel,
                            .counters = {{"TlsTxRekeyOk", what.least_tx_keys()},
                                         {"TlsRxRekeyOk", what.least_rx_keys()},
                                         {"TlsRxRekeyReceived", what.least_rx_keys()}}});
    }
  }
  return run;
}

inline KeyUpdateTrial& trial_of(KeyUpdateRun& run, int number, TlsRole role = TlsRole::Server) {
  for (KeyUpdateTrial& trial : run.trials) {
    if (trial.number == number && trial.role == role) return trial;
  }
  throw std::out_of_range("no such trial");
}

inline void spoil(KeyUpdateTrial& trial, std::string error) {
  trial.result = KeyUpdateResult::Broken;
  trial.noticed = KeyUpdateEnd::Peer;
  trial.because = std::move(error);
}

}  // namespace tuner::testing
