// The machine this process runs on.
#pragma once

#include "host/host.h"

namespace tuner {

// Opens nothing until it is asked: netlink sockets and libkmod come with the first call that needs
// them.
Host local_host();

}  // namespace tuner
