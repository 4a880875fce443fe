// The system's clocks.
#pragma once

#include "host/host.h"

#include <memory>

namespace tuner {

std::unique_ptr<Clock> system_clock();

}  // namespace tuner
