// What a recorded machine's NICs answer: nics.json, the part of a machine that no file tells.
#pragma once

#include "host/host.h"

#include <memory>
#include <string_view>

namespace tuner {

// {"eth0": {"permanent_address": "52:54:00:12:34:56",
//           "features": {"tls-hw-tx-offload":
//                        {"supported": true, "requested": true, "active": false, "fixed": false}},
//           "channels": {"combined": {"value": 4, "maximum": 8}},
//           "rings": {"rx": {"value": 256, "maximum": 4096}},
//           "coalesce": {"adaptive-rx": {"value": 1}}}}
//
// Every key and every word of a feature may be missing: no address, no features readable, false.
// Invalid: not that shape.
Result<std::unique_ptr<NicPort>> recorded_nic_port(std::string_view nics_json);

}  // namespace tuner
