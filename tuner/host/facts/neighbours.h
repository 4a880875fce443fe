// Other programs that tune this machine. collect_facts() lists them; a family that has restarted
// one looks up its PID again.
#pragma once

#include "host/host.h"

#include <string_view>

namespace tuner {

// The guest agent of Google Compute Engine.
inline constexpr std::string_view kGuestAgent = "google-guest-agent";

// Whether the guest agent runs google_set_multiqueue at its start, which places interrupts: unless
// [InstanceSetup] set_multiqueue is false in /etc/default/instance_configs.cfg.
bool guest_agent_sets_queues(const FileTree& files);

// The PID, or 0 if it does not run. `program` is a name from Facts::neighbours ("irqbalance").
int tuning_program_pid(const FileTree& files, std::string_view program);

}  // namespace tuner
