// How drivers name the interrupts of a NIC, as data: one row per form of name. The number in a name
// is not always the queue's; the row says how the driver counts. Pure.
#pragma once

#include "model/facts.h"

#include <span>
#include <string_view>

namespace tuner {

// The meaning of the number in a name. Only these rules convert a number to a queue.
enum class Numbering {
  Queue,       // the queue's number
  FromOne,     // the first queue has 1
  AfterRx,     // transmit vectors are counted after the receive vectors
  AfterTx,     // receive vectors are counted after the transmit vectors
  AfterPorts,  // counted over all ports of the PCI function: the smallest is queue 0
  Halves,      // the first half of the vectors sends, the second receives
  MaybeTwice,  // counted once or twice per vector: 0, 1, 2, … or 0, 2, 4, …
  NotAQueue,   // not a queue's number: the vector's index, or something else
};

// The meaning of a number beyond the queues that exist.
enum class Beyond {
  Unclear,  // this vector is not understood
  Idle,     // the driver keeps vectors without a queue
  Voids,    // no vector of this form is understood: the numbers do not follow the queues
};

struct IrqRule {
  std::string_view only;  // the drivers of this row, separated by ", "; empty: any driver
  // The end of the name without "@…", in upper or lower case; '#' is a number. With '%' (the
  // interface) at the start, the form is the whole name. With '*' at the end, it is a prefix.
  std::string_view form;
  NicIrq::Role role = NicIrq::Role::Other;  // Other: management, no queue
  Numbering numbering = Numbering::Queue;
  Beyond beyond = Beyond::Unclear;
  std::string_view sample;  // a name as in /proc/interrupts, for interface eth0
  std::string_view source;  // the code that makes the name, below drivers/net/ethernet/ or ./
};
std::span<const IrqRule> irq_rules();

struct IrqName {
  const IrqRule* rule = nullptr;  // nullptr: no row fits
  int number = -1;                // -1: the form has no number
};

// The first row that fits. For an unknown driver only the rows for any driver apply.
IrqName read_irq_name(std::string_view action, std::string_view driver, std::string_view interface);

}  // namespace tuner
