#include "profile/import/irq_lines.h"

#include "base/number.h"
#include "base/text.h"
#include "profile/import/shell_words.h"

#include <algorithm>
#include <array>

namespace tuner::importing {
namespace {

constexpr std::string_view kIrqs = "/proc/irq/";
constexpr std::string_view kNics = "/sys/class/net/";

// The file of an interrupt or of a queue.
struct Target {
  IrqLine line;
  bool is_list = false;  // a list of CPUs, not a mask
};

std::optional<Target> target_of(std::string_view path) {
  const auto parts = split(path, '/');
  Target target;
  // "", proc, irq, 45, smp_affinity
  if (path.starts_with(kIrqs) && parts.size() == 5) {
    const auto irq = whole_number<int>(parts[3]);
    target.is_list = parts[4] == "smp_affinity_list";
    if (!irq || *irq < 0 || (!target.is_list && parts[4] != "smp_affinity")) return std::nullopt;
    target.line.irq = *irq;
    return target;
  }
  // "", sys, class, net, eth0, queues, tx-0, xps_cpus
  if (!path.starts_with(kNics) || parts.size() != 8 || parts[5] != "queues") return std::nullopt;
  target.line.nic = parts[4];
  if (parts[7] == "xps_cpus")
    target.line.what = IrqLine::What::SendQueue;
  else if (parts[7] == "rps_cpus")
    target.line.what = IrqLine::What::ReceiveQueue;
  else
    return std::nullopt;
  return target;
}

std::optional<IrqLine> with_cpus(Target target, std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  auto cpus = target.is_list ? CpuSet::parse_list(text) : CpuSet::parse_mask(text);
  if (!cpus) return std::nullopt;
  target.line.cpus = std::move(*cpus);
  return std::move(target.line);
}

// "/proc/irq/45/smp_affinity_list:0-3", also with a blank or "=" between.
std::optional<IrqLine> read_shown_file(std::string_view line) {
  if (!line.starts_with(kIrqs) && !line.starts_with(kNics)) return std::nullopt;
  const std::size_t end = line.find_first_of(": \t=");
  if (end == std::string_view::npos) return std::nullopt;
  const auto target = target_of(line.substr(0, end));
  const std::size_t value = line.find_first_not_of(": \t=", end);
  if (!target || value == std::string_view::npos) return std::nullopt;
  return with_cpus(*target, line.substr(value));
}

// "eth0 0 1 -> /proc/irq/45/smp_affinity"
std::optional<IrqLine> read_vendor_line(std::string_view line) {
  const auto words = split_whitespace(line);
  const auto arrow = std::ranges::find_if(
      words, [](std::string_view word) { return word == "->" || word == "<-"; });
  if (words.end() - arrow != 2 || arrow - words.begin() < 2) return std::nullopt;
  auto target = target_of(words.back());
  if (!target) return std::nullopt;
  if (target->line.nic.empty()) target->line.nic = words.front();
  return with_cpus(*target, *(arrow - 1));
}

// The words of a list that say no more than the number does.
constexpr std::array<std::string_view, 7> kLineWords{"IRQ",  "irq",  "int", "cpu",
                                                     "cpus", "core", "->"};

// "IRQ 45: 2", "45: 0-3", "irq 45 -> core 2"
std::optional<IrqLine> read_listed(std::string_view line) {
  std::string spaced(line);
  std::ranges::replace_if(
      spaced, [](char c) { return c == ':' || c == '='; }, ' ');
  auto words = split_whitespace(spaced);
  const bool named =
      line.find_first_of(":=") != std::string_view::npos || std::ranges::count(words, "->") > 0;
  std::erase_if(words,
                [](std::string_view word) { return std::ranges::count(kLineWords, word) > 0; });
  if (!named || words.size() != 2) return std::nullopt;
  const auto irq = whole_number<int>(words[0]);
  auto cpus = CpuSet::parse_list(words[1]);
  if (!irq || *irq < 0 || !cpus || cpus->empty()) return std::nullopt;
  return IrqLine{.irq = *irq, .nic = {}, .cpus = std::move(*cpus)};
}

}  // namespace

std::optional<IrqLine> read_irq_line(std::string_view line) {
  line = trim(line);
  if (auto shown = read_shown_file(line)) return shown;
  if (auto vendor = read_vendor_line(line)) return vendor;
  if (const auto write = shell_write(line)) {
    const auto target = target_of(write->path);
    return target ? with_cpus(*target, write->value) : std::nullopt;
  }
  // The loosest form last: little tells it apart from other text.
  return read_listed(line);
}

}  // namespace tuner::importing
