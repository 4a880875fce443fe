// A network namespace of the test's own, with a view of it in /sys: nothing outside is touched.
#pragma once

#include <string>

namespace tuner::testing {

// Moves this process into fresh network and mount namespaces (as an ordinary user: into a user
// namespace, too) with a pair of virtual interfaces, tst0 (up, default route) and tst1. Once a
// process; "" or the reason why it cannot be.
const std::string& enter_namespace();

// Runs a command of iproute2; false when it fails.
bool run(const std::string& command);

}  // namespace tuner::testing
