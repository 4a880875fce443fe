#include "support/counted_work.h"

#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

std::size_t allocated = 0;
std::size_t compared = 0;

int compare(const void* one, const void* other, std::size_t size) {
  ++compared;
  const auto* a = static_cast<const unsigned char*>(one);
  const auto* b = static_cast<const unsigned char*>(other);
  std::size_t i = 0;
  for (std::uint64_t x = 0, y = 0; i + sizeof x <= size; i += sizeof x) {  // most paths begin alike
    __builtin_memcpy(&x, a + i, sizeof x);
    __builtin_memcpy(&y, b + i, sizeof y);
    if (x != y) break;
  }
  for (; i < size; ++i) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

}  // namespace

namespace tuner::testing {

std::size_t allocations() {
  return allocated;
}

std::size_t comparisons() {
  return compared;
}

}  // namespace tuner::testing

void* operator new(std::size_t size) {
  ++allocated;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

// The buffer of std::stable_sort comes from this one, and goes back to the same delete.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++allocated;
  return std::malloc(size == 0 ? 1 : size);
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

// Replace the C library's functions, with which std::string compares. clang uses bcmp() for tests
// of equality.
extern "C" int memcmp(const void* one, const void* other, std::size_t size) {
  return compare(one, other, size);
}

extern "C" int bcmp(const void* one, const void* other, std::size_t size) {
  return compare(one, other, size);
}
