// The data of a transfer and its record sizes. The bytes do not repeat, so that a lost, duplicated
// or swapped record is detected. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tuner {

// The largest TLS record (RFC 8446, 5.1). libssl uses kTLS only with this record size.
inline constexpr std::size_t kLargestRecord = 16384;

using Payload = std::vector<std::uint8_t>;

// The same seed and size give the same bytes; different seeds give different ones.
Payload make_payload(std::uint64_t seed, std::size_t size);

// Record sizes from 1 byte to 16 KiB, around powers of two and a TCP segment. Ends before the sum
// would exceed `total`.
std::vector<std::size_t> ramp(std::size_t total);

}  // namespace tuner
