// irqbalance on a machine in memory, as Debian's package and systemd run it.
#pragma once

#include "support/fake_host.h"

#include <string_view>

namespace tuner::testing {

// irqbalance.service runs as pid 412 with `arguments` in /etc/default/irqbalance. A restart reads
// the unit, its drop-ins and the arguments anew; the pid stays, so that two moments compare.
void add_irqbalance(FakeMachine& machine, std::string_view arguments = "");

// systemctl stop, and what a start would do without it.
void stop_irqbalance(FakeMachine& machine);

// What the running process was started with, its words separated by blanks; "" if it does not run.
std::string irqbalance_command(const FakeMachine& machine);

inline constexpr std::string_view kIrqbalanceGroup =
    "/sys/fs/cgroup/system.slice/irqbalance.service/cgroup.procs";

}  // namespace tuner::testing
