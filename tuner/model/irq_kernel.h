// Compares what the names of interrupts say with the kernel's own list of queues. Pure.
#pragma once

#include "model/nic.h"

#include <map>
#include <set>

namespace tuner {

// The queues whose NAPI instance an interrupt starts, by number.
struct KernelIrq {
  std::set<int> rx, tx;
};
using KernelIrqs = std::map<int, KernelIrq>;  // by the interrupt's number

// From Nic::kernel_queues. Empty: the kernel has no list, or the driver reports no interrupts (its
// queues may be there all the same: virtio_net). Queues that do not exist in sysfs are left out.
KernelIrqs kernel_irqs(const Nic& nic);

// Corrects role and queue of the NIC's interrupts by the kernel's list, and sets known_by and
// irq_doubts. The kernel's word replaces a name's that contradicts it, which becomes a doubt. Of an
// interrupt that the list does not have, the name's word stands: e1000e cleans its transmit queue
// in an interrupt without NAPI.
void compare_with_kernel(Nic& nic);

}  // namespace tuner
