// The NICs of a recorded machine, from nics.json: data that the kernel provides over netlink only.
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
//           "coalesce": {"adaptive-rx": {"value": 1}},
//           "kernel_queues": {"queues": [{"direction": "rx", "number": 0, "napi": 8193,
//                                         "consumer": "stack"}],
//                             "napis": [{"id": 8193, "irq": 45, "thread": null,
//                                        "threads": "off"}]}}}
//
// null for a shape or for kernel_queues: the machine had none.
// Every key may be missing: the address, features, shapes and queues are then NotRecorded, the
// flags of a feature false. Invalid: the JSON has another structure.
Result<std::unique_ptr<NicPort>> recorded_nic_port(std::string_view nics_json);

}  // namespace tuner
