// Determines which queue each interrupt of a NIC serves. The name gives a queue by the rule of its
// driver (model/irq_rules.h); this is compared with the queues that exist and with the other
// interrupts. An interrupt that does not fit is not understood, and the tool never moves it.
#pragma once

#include "model/facts.h"

#include <string>

namespace tuner {

// Sets role, queue and no_queue of the NIC's interrupts; their names must be filled in. `alone`: no
// other NIC shares its PCI function. Then a single interrupt serves all queues, whatever its name.
//
// The first step derives a queue from each name, the second rejects contradictions. Names are the
// only source today. A kernel that reports a queue's interrupt (the netdev family of netlink) could
// be a second source, preferred to the names and compared with the queues in the same way.
void match_queues(Nic& nic, bool alone);

// The queues without a known interrupt: "receive queues 2-3, transmit queue 7". Empty: each has
// one. If no interrupt is for sending, the receive interrupts handle it, and transmit queues are
// not listed. A count of 0 means that the number of queues is not known.
std::string queues_without_irq(const Nic& nic);

}  // namespace tuner
