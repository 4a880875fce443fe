// Interrupt action names from /proc/interrupts, for kernels without /sys/kernel/irq.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tuner {

// Names by interrupt number. Skips the architecture's own lines ("NMI:"). Interrupts without a
// handler are not in the text.
std::map<int, std::string> parse_interrupts(std::string_view text);

}  // namespace tuner
