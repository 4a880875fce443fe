// How the kernel handles reads and writes, for FakeMachine. This part of the fake must match real
// kernels.
#pragma once

#include "support/fake_host.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner::testing {

// The errno of a read of an existing file; nullopt: the read succeeds.
std::optional<int> kernel_read_error(const FakeState& state, const std::string& path);

// The new text of an existing file after a write, or an error. A rule of the test has priority.
Result<std::string> kernel_write(FakeState& state, const std::string& path, std::string_view text);

// Sets which of the requested features are active.
void settle(NicFeatures& features);

// Adds a final newline if it is missing, as in procfs and sysfs.
std::string with_newline(std::string_view text);

// How a driver applies a shape. Ring sizes are rounded up to a power of two. Changing the number of
// combined channels reopens the interface: its interrupts get other numbers and the driver's
// affinity, and XPS and RPS are reset.
Outcome driver_set(FakeState& state, std::string_view nic, NicShape which,
                   std::span<const ParameterChange> changes);

}  // namespace tuner::testing
