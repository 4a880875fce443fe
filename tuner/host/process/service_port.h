// The service manager of this machine.
#pragma once

#include "host/host.h"

#include <memory>
#include <string_view>

namespace tuner {

// systemd, through systemctl(1): it speaks to the manager's own socket, so no D-Bus daemon is
// needed. Fault::Unsupported where systemd does not run.
std::unique_ptr<ServicePort> systemd_port();

// What `systemctl show` prints of ActiveState, Result and ExecMainStatus, one a line.
UnitState unit_state_from(std::string_view shown);

}  // namespace tuner
