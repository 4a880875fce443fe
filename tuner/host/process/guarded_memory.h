// Memory for an answer whose length its writer decides: what is written past its end meets a page
// that cannot be written, and never the heap.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <span>

namespace tuner {

class GuardedMemory {
 public:
  // At least `size` zeroed bytes, aligned for every type. A page that is not written takes no
  // memory.
  static Result<GuardedMemory> make(std::size_t size);
  ~GuardedMemory();
  GuardedMemory(GuardedMemory&& other) noexcept;
  GuardedMemory& operator=(GuardedMemory&&) = delete;
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  // Up to the page that cannot be written.
  std::span<std::byte> bytes() const { return {start_, room_}; }

 private:
  GuardedMemory(std::byte* start, std::size_t room) : start_(start), room_(room) {}

  std::byte* start_;
  std::size_t room_;
};

}  // namespace tuner
