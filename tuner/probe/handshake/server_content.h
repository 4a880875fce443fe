// Fetches content over HTTP from a server elsewhere: hashed and counted, not kept.
#pragma once

#include "probe/handshake/server_connection.h"
#include "probe/server_report.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tuner {

// No more content is read of one reply.
inline constexpr std::uint64_t kMostContent = 16U << 20U;

HttpContent fetch(ServerConnection& connection, std::string_view host, std::string_view path,
                  Deadline deadline);

}  // namespace tuner
