// Determines which queue each interrupt of a NIC serves. The kernel's own list of queues
// (model/nic_queues.h) counts where there is one; elsewhere the name gives a queue by the rule of
// its driver (model/irq_rules.h), which is compared with the queues that exist and with the other
// interrupts. An interrupt that does not fit is not understood, and the tool never moves it.
#pragma once

#include "model/facts.h"

#include <string>

namespace tuner {

// Sets role, queue, no_queue and known_by of the NIC's interrupts, and its irq_doubts; their names
// must be filled in. `alone`: no other NIC shares its PCI function. Then a single interrupt serves
// all queues, whatever its name.
//
// The first step derives a queue from each name, the second rejects contradictions among names. The
// third compares with Nic::kernel_queues (model/irq_kernel.h).
void match_queues(Nic& nic, bool alone);

// The queues without a known interrupt: "receive queues 2-3, transmit queue 7". Empty: each has
// one. If no interrupt is for sending, the receive interrupts handle it, and transmit queues are
// not listed. A count of 0 means that the number of queues is not known.
std::string queues_without_irq(const Nic& nic);

}  // namespace tuner
