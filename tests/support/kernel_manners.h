// What the kernel makes of a write, for FakeMachine: the part of the fake that has to be true.
#pragma once

#include "support/fake_host.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner::testing {

// What a read of an existing file answers, where that is not its text.
std::optional<int> kernel_hides(const FakeState& state, const std::string& path);

// The next text of an existing file, or the errno. A rule of the test's own goes first.
Result<std::string> kernel_takes(FakeState& state, const std::string& path, std::string_view text);

// What becomes active of what is requested.
void settle(NicFeatures& features);

// procfs and sysfs end every text with one.
std::string with_newline(std::string_view text);

// What a driver makes of another shape. Rings are rounded up to a power of two. Another number of
// combined channels closes and opens the interface: its interrupts come back with other numbers and
// the driver's affinity, and XPS and RPS are as when new.
Outcome driver_takes(FakeState& state, std::string_view nic, NicShape which,
                     std::span<const ParameterChange> changes);

}  // namespace tuner::testing
