#include "host/process/guarded_memory.h"

#include <gtest/gtest.h>

#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

// Makes the kernel write `bytes` to `where`. 0, or EFAULT if it could not write all of them.
int kernel_writes(std::byte* where, const std::string& bytes) {
  iovec from{const_cast<char*>(bytes.data()), bytes.size()};
  iovec to{where, bytes.size()};
  return ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0) == static_cast<ssize_t>(bytes.size())
             ? 0
             : EFAULT;
}

TEST(GuardedMemory, HasTheSizeAndIsZeroed) {
  const auto memory = GuardedMemory::make(10'000);
  ASSERT_TRUE(memory) << memory.error().text;
  ASSERT_GE(memory->bytes().size(), 10'000U);
  EXPECT_EQ(memory->bytes()[9'999], std::byte{0});
  memory->bytes()[9'999] = std::byte{7};
}

TEST(GuardedMemory, TheKernelCannotWritePastItsEnd) {
  const auto memory = GuardedMemory::make(1);
  ASSERT_TRUE(memory);
  const auto bytes = memory->bytes();
  EXPECT_EQ(kernel_writes(bytes.data(), std::string(bytes.size(), 'x')), 0);
  EXPECT_EQ(kernel_writes(bytes.data(), std::string(bytes.size() + 1, 'x')), EFAULT);
}

TEST(GuardedMemory, AWritePastItsEndKillsTheProcess) {
  EXPECT_DEATH(
      {
        const auto memory = GuardedMemory::make(1);
        std::memset(memory->bytes().data(), 1, memory->bytes().size() + 1);
      },
      "");
}

}  // namespace
}  // namespace tuner
