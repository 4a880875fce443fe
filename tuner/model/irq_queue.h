// Which queue each interrupt of a NIC serves, from evidence: what its name says by the rule of its
// driver (model/irq_rules.h), held against the queues that exist and against the other interrupts.
// What does not fit is not understood, and is never moved until it does.
#pragma once

#include "model/facts.h"

#include <string>

namespace tuner {

// Fills role, queue and no_queue of the NIC's interrupts, whose names are there. `alone`: no other
// NIC shares its PCI function; then an only interrupt serves all its queues, whatever its name.
//
// In two steps: claims, then what is true of them. Names are the one source of claims today; a
// kernel that tells a queue's interrupt itself (the netdev family of netlink) is a second one,
// before the names, and is held against the queues in the same way.
void tell_queues(Nic& nic, bool alone);

// The queues for which no interrupt is known: "receive queues 2-3, transmit queue 7"; empty: each
// has one. A driver without interrupts for sending alone handles it along with receiving. Counts
// of 0 are not known.
std::string queues_without_irq(const Nic& nic);

}  // namespace tuner
