#include "bench/kernel_memory.h"

#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// "SUnreclaim:        82132 kB"
Result<std::uint64_t> kib_of(std::string_view meminfo, std::string_view name) {
  for (const std::string_view line : lines(meminfo)) {
    const auto words = split_whitespace(line);
    if (words.size() >= 2 && words[0] == name) return whole_number<std::uint64_t>(words[1]);
  }
  return fail(Fault::NotFound, fmt::format("/proc/meminfo has no line {}", name));
}

}  // namespace

// Sockets and what kTLS keeps of a connection are slabs that the kernel cannot reclaim, which
// SUnreclaim counts (Documentation/filesystems/proc.rst).
Result<std::uint64_t> slab_bytes(std::string_view meminfo) {
  const auto kib = TRY(kib_of(meminfo, "SUnreclaim:"));
  if (kib == 0) return fail(Fault::NotFound, "/proc/meminfo shows no slabs: SUnreclaim is 0");
  return kib << 10U;
}

Result<std::uint64_t> available_bytes(std::string_view meminfo) {
  const auto kib = TRY(kib_of(meminfo, "MemAvailable:"));
  return kib << 10U;
}

// "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 253"
Result<std::uint64_t> tcp_buffer_pages(std::string_view sockstat) {
  for (const std::string_view line : lines(sockstat)) {
    const auto words = split_whitespace(line);
    if (words.empty() || words[0] != "TCP:") continue;
    // "mem" are pages, and of all network namespaces together (sockstat_seq_show() in
    // net/ipv4/proc.c).
    for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
      if (words[i] == "mem") return whole_number<std::uint64_t>(words[i + 1]);
    }
  }
  return fail(Fault::NotFound, "/proc/net/sockstat does not say how much memory TCP uses");
}

}  // namespace tuner
