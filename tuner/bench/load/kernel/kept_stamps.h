// The kernel's time stamps of received packets, kept on.
#pragma once

#include "base/handle.h"

namespace tuner {

// While the socket is open, each packet that this host receives gets a time stamp. Returns when the
// first one has it, at most after a second; then, or without a socket, packets may have none, which
// their receiver sees.
UniqueFd keep_stamps();

}  // namespace tuner
