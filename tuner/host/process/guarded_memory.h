// A buffer with a guard page, for data whose length the writer decides (a kernel reply): a write
// past its end causes SIGSEGV instead of corrupting the heap.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <span>

namespace tuner {

class GuardedMemory {
 public:
  // At least `size` zeroed bytes, page-aligned. Pages that are never written use no memory.
  static Result<GuardedMemory> make(std::size_t size);
  ~GuardedMemory();
  GuardedMemory(GuardedMemory&& other) noexcept;
  GuardedMemory& operator=(GuardedMemory&&) = delete;
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  // The buffer, up to the guard page.
  std::span<std::byte> bytes() const { return {start_, room_}; }

 private:
  GuardedMemory(std::byte* start, std::size_t room) : start_(start), room_(room) {}

  std::byte* start_;
  std::size_t room_;
};

}  // namespace tuner
