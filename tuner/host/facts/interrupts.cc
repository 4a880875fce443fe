#include "host/facts/interrupts.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// Endings of the trigger column, the last one of the interrupt controller.
constexpr std::array<std::string_view, 5> kTriggers{"edge", "Edge", "Level", "fasteoi", "level"};

bool is_trigger(std::string_view word) {
  return std::ranges::any_of(kTriggers, [&](std::string_view t) { return word.ends_with(t); });
}

// The action names: the words after the trigger ("PCI-MSI 1048577-edge eth0-TxRx-0"), or the last
// word of a line without a trigger.
std::string names_in(const std::vector<std::string_view>& words) {
  const auto reversed = std::ranges::find_if(words.rbegin(), words.rend(), is_trigger);
  auto from = reversed == words.rend() ? words.end() - (words.empty() ? 0 : 1) : reversed.base();
  std::string names;
  // A shared interrupt has several names, separated by ", " (kernel/irq/proc.c, show_interrupts()).
  for (; from != words.end(); ++from) {
    if (!names.empty()) names += ' ';
    names += *from;
  }
  return names;
}

}  // namespace

//            CPU0       CPU1
//  24:       1000          0  PCI-MSIX-0000:81:00.0   0-edge      eth0-rxtx-0
// NMI:          0          0   Non-maskable interrupts
std::map<int, std::string> parse_interrupts(std::string_view text) {
  std::map<int, std::string> names;
  const auto all = lines(text);
  if (all.empty()) return names;
  // The header has a column per online CPU, so its words are counted. CPU numbers may have gaps.
  const std::size_t cpus = split_whitespace(all.front()).size();
  for (const std::string_view line : all) {
    auto words = split_whitespace(line);
    // "ERR:" and "MIS:" have one count for the whole machine (arch/x86/kernel/irq.c). "NMI:" and
    // other lines with a name instead of a number are dropped by parse_integer().
    if (words.size() <= cpus + 1 || !words.front().ends_with(':')) continue;
    const auto number = parse_integer(words.front().substr(0, words.front().size() - 1));
    if (!number || *number < 0 || *number >= (1 << 30)) continue;
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(cpus) + 1);
    names.emplace(static_cast<int>(*number), names_in(words));
  }
  return names;
}

}  // namespace tuner
