// How drivers name the interrupts of a NIC, one row a form, as data. The number in a name is not
// the queue's by itself: the row says how its driver counts. Pure text.
#pragma once

#include "model/facts.h"

#include <span>
#include <string_view>

namespace tuner {

// What the number in a name is. Nothing but these rules ever moves a number.
enum class Numbering {
  Queue,       // the queue's
  FromOne,     // the first queue's is 1
  AfterRx,     // of transmit vectors, it goes on after the receive vectors
  AfterTx,     // of receive vectors, it goes on after the transmit vectors
  AfterPorts,  // it goes on from port to port of the function: the smallest is queue 0
  Halves,      // the first half of the vectors sends, the second receives
  MaybeTwice,  // counted once or twice a vector: 0, 1, 2, … or 0, 2, 4, …
  Untold,      // the vector's own, or another thing's
};

// What a number beyond the queues that exist means.
enum class Beyond {
  Unclear,  // this vector is not understood
  Idle,     // the driver keeps vectors without a queue
  Voids,    // no vector of this form is understood: the driver does not count along the queues
};

struct IrqRule {
  std::string_view only;  // the drivers, ", " between them, that the row holds for; empty: any
  // How a name ends, "@…" left away, in upper or lower case: '#' is a number, '%' at the beginning
  // is the interface, and then the form is the whole name. '*' at the end: how a name begins.
  std::string_view form;
  NicIrq::Role role = NicIrq::Role::Other;  // Other: no queue's, but known: management
  Numbering numbering = Numbering::Queue;
  Beyond beyond = Beyond::Unclear;
  std::string_view sample;  // a name as /proc/interrupts shows it, of interface eth0
  std::string_view source;  // what makes the name, below drivers/net/ethernet/ unless it begins ./
};
std::span<const IrqRule> irq_rules();

struct IrqName {
  const IrqRule* rule = nullptr;  // nullptr: no row fits
  int number = -1;                // -1: the form has none
};

// Of the rows that fit the first one. An unknown driver has the rows that hold for any.
IrqName read_irq_name(std::string_view action, std::string_view driver, std::string_view interface);

}  // namespace tuner
