// Profiles made in code, for tests that are not about reading them.
#pragma once

#include "model/profile.h"

namespace tuner::testing {

Setting exactly(Value value, Need need = Need::Required);
Setting at_least(Value value, Need need = Need::Required);

// Every family: tls, TLS transmit offload and IRQ placement of all physical NICs, governor and EPP
// "performance" of all CPUs, three sysctls (an integer, a triple, an exact one).
Profile whole_profile();

// whole_profile(), and eth0 with two channels instead of four, 1000 descriptors a receive queue
// (its driver makes 1024) and adaptive moderation. Needs Disruption::LinkFlap.
Profile shaped_profile();

// Fewer things, and one of them another way: what only whole_profile() sets must go back.
Profile other_profile();

}  // namespace tuner::testing
