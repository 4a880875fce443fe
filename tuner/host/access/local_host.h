// The machine that this process runs on.
#pragma once

#include "host/host.h"

namespace tuner {

// Opens netlink sockets and libkmod with the first call that needs them.
Host local_host();

}  // namespace tuner
