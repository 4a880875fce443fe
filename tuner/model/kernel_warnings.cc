#include "model/kernel_warnings.h"

#include "base/number.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tuner {
namespace {

constexpr std::size_t kMost = 8;
constexpr int kFacilities = 8;  // LOG_FACMASK: the lower three bits are the level

// The text of a line of the kernel itself; nullopt: of a process.
std::optional<std::string_view> text_of(std::string_view line) {
  // <4>[   12.345678] WARNING: CPU: 1 PID: 812 at net/tls/…
  if (!line.starts_with('<')) return std::nullopt;
  const auto close = line.find('>');
  if (close == std::string_view::npos) return std::nullopt;
  const auto priority = whole_number<int>(line.substr(1, close - 1));
  if (!priority || *priority >= kFacilities) return std::nullopt;
  line = trim(line.substr(close + 1));
  // The time is there unless printk.time is off; the task or CPU with CONFIG_PRINTK_CALLER.
  while (line.starts_with('[') && line.find(']') != std::string_view::npos)
    line = trim(line.substr(line.find(']') + 1));
  return line;
}

bool begins_fault(std::string_view text) {
  constexpr std::array<std::string_view, 6> kWords{
      "WARNING: ", "BUG: ", "Oops: ", "general protection fault", "kernel BUG at ", "UBSAN: "};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return text.starts_with(word); });
}

// Where it happened: in the first line, or in that of the instruction pointer (x86 and arm64).
bool names_place(std::string_view text) {
  return begins_fault(text) || text.starts_with("RIP: ") || text.starts_with("pc : ");
}

bool is_of_tls(std::string_view text) {
  constexpr std::array<std::string_view, 4> kParts{"net/tls/", "[tls]", " tls_", ":tls_"};
  return std::ranges::any_of(
      kParts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

}  // namespace

KernelWarnings kernel_warnings(std::string_view log) {
  KernelWarnings found;
  for (const std::string_view line : lines(log)) {
    const auto text = text_of(line);
    if (!text) continue;
    found.any = found.any || begins_fault(*text);
    if (found.of_tls.size() < kMost && names_place(*text) && is_of_tls(*text))
      found.of_tls.emplace_back(*text);
  }
  return found;
}

}  // namespace tuner
