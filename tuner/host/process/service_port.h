// This machine's service manager.
#pragma once

#include "host/host.h"

#include <memory>
#include <string_view>

namespace tuner {

// systemd, through systemctl(1), which talks to systemd's private socket and needs no D-Bus daemon.
// Unsupported: systemd does not run.
std::unique_ptr<ServicePort> systemd_port();

// Parses the output of `systemctl show` with ActiveState, Result and ExecMainStatus, one per line.
UnitState unit_state_from(std::string_view shown);

}  // namespace tuner
