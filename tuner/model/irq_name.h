// What a NIC's interrupt is for, told from the name its driver gave it. Pure text; every driver
// has its own style, so the styles are rows.
#pragma once

#include "model/facts.h"

#include <span>
#include <string_view>

namespace tuner {

struct IrqName {
  NicIrq::Role role = NicIrq::Role::Other;
  int queue = -1;
  bool operator==(const IrqName&) const = default;
};

// `interface` settles one style alone, "eth0-3"; a NIC renamed since it went up does not match
// there. A name of no known style is Other.
IrqName parse_irq_name(std::string_view action, std::string_view interface);

// The styles: a name without "@…" and without its final number ends in `ending`, upper or lower
// case. The first row that fits wins.
struct IrqNameStyle {
  std::string_view ending;
  NicIrq::Role role;
  std::string_view sample;  // as seen in /proc/interrupts
  int sample_queue;
  std::string_view drivers;
};
std::span<const IrqNameStyle> irq_name_styles();

}  // namespace tuner
