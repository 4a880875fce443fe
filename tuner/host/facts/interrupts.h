// The name of each interrupt's user, from /proc/interrupts: for kernels without /sys/kernel/irq.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tuner {

// By number; architecture's own lines ("NMI:") are left out. An interrupt that nobody asked for is
// not in the text at all.
std::map<int, std::string> parse_interrupts(std::string_view text);

}  // namespace tuner
