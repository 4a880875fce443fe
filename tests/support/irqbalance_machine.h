// irqbalance on a machine in memory, run by systemd as in Debian's package.
#pragma once

#include "support/fake_host.h"

#include <string_view>

namespace tuner::testing {

// Adds a running irqbalance.service with PID 412 and `arguments` in /etc/default/irqbalance. A
// restart reads the unit, its drop-ins and the arguments again; the PID stays the same, so that
// states can be compared.
void add_irqbalance(FakeMachine& machine, std::string_view arguments = "");

// As `systemctl stop`.
void stop_irqbalance(FakeMachine& machine);

// The command line of the running process, separated by blanks; "" if it does not run.
std::string irqbalance_command(const FakeMachine& machine);

inline constexpr std::string_view kIrqbalanceGroup =
    "/sys/fs/cgroup/system.slice/irqbalance.service/cgroup.procs";

}  // namespace tuner::testing
