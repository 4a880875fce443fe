// Profiles built in code, for tests that do not test the reader.
#pragma once

#include "model/profile.h"

namespace tuner::testing {

Setting exactly(Value value, Need need = Need::Required);
Setting at_least(Value value, Need need = Need::Required);

// Settings of all families: module tls, TLS transmit offload and IRQ placement of all physical
// NICs, governor and EPP "performance" of all CPUs, three sysctls (an integer, a triple, an exact
// goal).
Profile whole_profile();

// whole_profile(), and for eth0 two channels instead of four, 1000 descriptors per receive queue
// (the driver rounds to 1024) and adaptive interrupt moderation. Needs Disruption::LinkFlap.
Profile shaped_profile();

// Fewer settings than whole_profile(), one of them with another goal. After a change to this
// profile, the settings of whole_profile() alone must be restored.
Profile other_profile();

}  // namespace tuner::testing
