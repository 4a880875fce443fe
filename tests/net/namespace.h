// A network namespace for tests, with its own /sys. Nothing outside it is changed.
#pragma once

#include <string>

namespace tuner::testing {

// Moves this process into new network and mount namespaces (and, if it is not root, into a user
// namespace) with a veth pair: tst0 (up, default route) and tst1. Works once per process. Returns
// "" or the reason why it is not possible.
const std::string& enter_namespace();

// Runs an iproute2 command. false: it failed.
bool run(const std::string& command);

}  // namespace tuner::testing
