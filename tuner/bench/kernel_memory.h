// The kernel's memory, from /proc/meminfo and /proc/net/sockstat (proc(5)). Pure.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string_view>

namespace tuner {

// SUnreclaim of /proc/meminfo in bytes: slabs that are in use, and so sockets, their TLS contexts
// and keys, and heads of packets; of the whole host. NotFound: the line is missing or 0, as where a
// container has a meminfo of its own (lxcfs).
Result<std::uint64_t> slab_bytes(std::string_view meminfo);

// MemAvailable of /proc/meminfo in bytes. NotFound: the line is missing.
Result<std::uint64_t> available_bytes(std::string_view meminfo);

// `mem` of the line TCP of /proc/net/sockstat, in pages: what TCP has charged to the buffers of
// sockets, of all network namespaces. NotFound: the line is missing.
Result<std::uint64_t> tcp_buffer_pages(std::string_view sockstat);

}  // namespace tuner
