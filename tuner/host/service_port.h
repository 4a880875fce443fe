// The service manager of this machine.
#pragma once

#include "host/host.h"

#include <memory>

namespace tuner {

// systemd, through systemctl(1): it speaks to the manager's own socket, so no D-Bus daemon is
// needed. Fault::Unsupported where systemd does not run.
std::unique_ptr<ServicePort> systemd_port();

}  // namespace tuner
