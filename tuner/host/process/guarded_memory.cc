#include "host/process/guarded_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tuner {
namespace {

std::size_t page_size() {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace

Result<GuardedMemory> GuardedMemory::make(std::size_t size) {
  const std::size_t page = page_size();
  const std::size_t room = (size + page - 1) / page * page;
  // MAP_NORESERVE: pages that are never touched cost no memory, so the buffer can be as large as
  // the largest reply (nic_statistics.cc: 8 MiB for names).
  void* const start =
      ::mmap(nullptr, room + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return fail(errno_error(errno, "allocate a buffer with a guard page"));
  GuardedMemory memory(static_cast<std::byte*>(start), room);
  // The last page remains PROT_NONE: the guard page.
  if (::mprotect(start, room, PROT_READ | PROT_WRITE) != 0)
    return fail(errno_error(errno, "allocate a buffer with a guard page"));
  return memory;
}

GuardedMemory::~GuardedMemory() {
  if (start_ != nullptr) ::munmap(start_, room_ + page_size());
}

GuardedMemory::GuardedMemory(GuardedMemory&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)), room_(std::exchange(other.room_, 0)) {}

}  // namespace tuner
