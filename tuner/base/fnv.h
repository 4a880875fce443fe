// FNV-1a, 64 bits (draft-eastlake-fnv): detects that a text was edited. It does not resist
// deliberate collisions and need not: a user who may edit these files may also replace the digest.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace tuner {

class Fnv {
 public:
  void add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(0);  // ends the field, so that "ab" "c" differs from "a" "bc"; no text contains a NUL
  }
  std::uint64_t value() const { return hash_; }
  std::string hex() const { return fmt::format("{:016x}", hash_); }  // 16 digits

 private:
  void mix(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3ULL; }
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

}  // namespace tuner
