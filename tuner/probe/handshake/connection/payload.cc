#include "probe/handshake/connection/payload.h"

#include <algorithm>
#include <cstring>

namespace tuner {
namespace {

// splitmix64 (Steele, Lea, Flood 2014): every counter value gives another 64-bit word.
std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

}  // namespace

// Made from a seed at each end, so that only the bytes under test cross the connection. No two
// words are equal, which shows a record that was lost or repeated.
Payload make_payload(std::uint64_t seed, std::size_t size) {
  Payload payload(size);
  std::uint64_t counter = mix(seed);
  for (std::size_t at = 0; at < size; at += sizeof counter) {
    counter += 0x9e3779b97f4a7c15U;
    const std::uint64_t word = mix(counter);
    std::memcpy(payload.data() + at, &word, std::min(sizeof word, size - at));
  }
  return payload;
}

// Sizes beside powers of two, an AES block (16), the payload of an Ethernet packet (1460) and the
// largest record.
std::vector<std::size_t> ramp(std::size_t total) {
  constexpr std::size_t kSizes[] = {
      1,    2,    3,    15,   16,   17,   31,   33,   64,   255,  256,   257,   1000,
      1024, 1460, 1461, 2047, 4095, 4096, 4097, 8191, 8192, 9000, 12345, 16383, kLargestRecord};
  std::vector<std::size_t> sizes;
  for (const std::size_t size : kSizes) {
    if (size > total) break;
    sizes.push_back(size);
    total -= size;
  }
  return sizes;
}

}  // namespace tuner
