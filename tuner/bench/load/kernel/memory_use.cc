#include "bench/load/kernel/memory_use.h"

#include "bench/kernel_memory.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <malloc.h>

namespace tuner {
namespace {

// Twice what was measured with TLS 1.3: 32 KiB of OpenSSL's and 10 KiB of the kernel's for both
// ends.
constexpr std::uint64_t kBytesOfConnection = 84U << 10U;

template <typename Parse>
std::optional<std::uint64_t> read_number(const FileTree& files, const char* path, Parse parse) {
  const auto text = files.read(path);
  if (!text) return std::nullopt;
  const auto number = parse(*text);
  if (!number) return std::nullopt;
  return *number;
}

std::uint64_t grown(std::uint64_t before, std::uint64_t after) {
  return after - std::min(before, after);
}

std::optional<std::uint64_t> grown(const std::optional<std::uint64_t>& before,
                                   const std::optional<std::uint64_t>& after) {
  if (!before || !after) return std::nullopt;
  return grown(*before, *after);
}

}  // namespace

MemoryUse memory_use(const FileTree& files) {
  MemoryUse use{.slab = read_number(files, "/proc/meminfo", slab_bytes),
                .buffers = read_number(files, "/proc/self/net/sockstat", tcp_buffer_pages)};
  if (use.buffers) *use.buffers *= static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  // Of all arenas; large blocks are apart.
  const auto heap = ::mallinfo2();
  use.user = heap.uordblks + heap.hblkhd;
  return use;
}

ConnectionMemory growth(const MemoryUse& before, const MemoryUse& after,
                        std::uint64_t connections) {
  return {.connections = connections,
          .slab_bytes = grown(before.slab, after.slab),
          .buffer_bytes = grown(before.buffers, after.buffers),
          .user_bytes = grown(before.user, after.user)};
}

Outcome memory_allows(std::string_view meminfo, std::uint64_t connections) {
  const auto available = available_bytes(meminfo);
  const std::uint64_t needed = connections * kBytesOfConnection;
  if (!available || *available >= needed) return {};
  return fail(
      Fault::Unsupported,
      fmt::format("{} connections with both ends here need {} MiB of memory, and {} MiB are "
                  "available: end other programs, then run it again",
                  connections, needed >> 20U, *available >> 20U));
}

}  // namespace tuner
