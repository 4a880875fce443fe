// Lines that bind interrupts and queues to CPUs: lists of them, writes to /proc/irq, and what the
// set_irq_affinity scripts of NIC vendors print. Pure.
#pragma once

#include "base/cpu_set.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner::importing {

struct IrqLine {
  enum class What { Interrupt, SendQueue, ReceiveQueue };  // smp_affinity, xps_cpus, rps_cpus
  What what = What::Interrupt;
  int irq = -1;     // of an Interrupt
  std::string nic;  // empty: the line does not name it
  CpuSet cpus;
};

// nullopt: the line has none of these forms:
//   45: 0-3           IRQ 45: 2        irq 45 -> 2       45 = 2
//   /proc/irq/45/smp_affinity_list:0-3                   (grep . /proc/irq/*/smp_affinity_list)
//   echo f > /proc/irq/45/smp_affinity                   (also with tee, sudo and quotes)
//   eth0 0 1 -> /proc/irq/45/smp_affinity                (set_irq_affinity: name, CPU, mask)
//   echo f > /sys/class/net/eth0/queues/tx-0/xps_cpus    (rx-0/rps_cpus, and the forms above)
std::optional<IrqLine> read_irq_line(std::string_view line);

}  // namespace tuner::importing
