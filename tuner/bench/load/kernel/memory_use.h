// What connections cost in memory: the kernel's by the host's own counters, this process's by its
// allocator.
#pragma once

#include "bench/report.h"
#include "host/host.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace tuner {

// nullopt: this host does not show it.
struct MemoryUse {
  std::optional<std::uint64_t> slab;     // bytes, as of slab_bytes()
  std::optional<std::uint64_t> buffers;  // bytes, as of tcp_buffer_pages()
  std::uint64_t user = 0;                // bytes in use of this process's heap
};
MemoryUse memory_use(const FileTree& files);

// The growth of each; what became less counts as 0.
ConnectionMemory growth(const MemoryUse& before, const MemoryUse& after, std::uint64_t connections);

// Unsupported: this host has too little memory left for so many connections with both ends here;
// the text says how much. A meminfo that cannot be read refuses nothing.
Outcome memory_allows(std::string_view meminfo, std::uint64_t connections);

}  // namespace tuner
