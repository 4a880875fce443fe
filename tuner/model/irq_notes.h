// What an operator should know about a NIC's interrupts and queues before they are placed. Pure.
#pragma once

#include "model/facts.h"

#include <string>
#include <vector>

namespace tuner {

// Sentences, without the NIC's name: contradictions between the kernel's list of queues and the
// names of interrupts, that the list could not be read (`unread`; nullptr: it could, or was not
// asked for), NAPI instances that poll in threads, and queues whose packets do not reach the
// network stack. Empty: nothing is unusual.
std::vector<std::string> irq_notes(const Nic& nic, const Unread* unread);

}  // namespace tuner
