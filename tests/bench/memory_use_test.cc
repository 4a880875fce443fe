#include "bench/load/kernel/memory_use.h"

#include "host/files/file_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace tuner {
namespace {

using ::testing::HasSubstr;

TEST(MemoryUse, TheHeapOfThisProcessIsCounted) {
  const auto files = local_file_tree();
  const MemoryUse before = memory_use(*files);
  const auto small = std::make_unique<std::vector<char>>(1U << 20U, 'x');
  const auto large = std::make_unique<std::vector<char>>(64U << 20U, 'x');
  const ConnectionMemory grown = growth(before, memory_use(*files), 10);
  EXPECT_EQ(grown.connections, 10U);
  EXPECT_GE(grown.user_bytes, 65U << 20U);
  EXPECT_LT(grown.user_bytes, 80U << 20U);
}

TEST(MemoryUse, WhatIsNotVisibleIsNotZero) {
  const MemoryUse shown{.slab = 1000, .buffers = 500, .user = 10};
  EXPECT_FALSE(growth({.slab = 1000, .buffers = {}, .user = 0}, shown, 1).buffer_bytes);
  EXPECT_FALSE(growth(shown, {.slab = {}, .buffers = 1, .user = 0}, 1).slab_bytes);
  const ConnectionMemory less = growth(shown, {.slab = 999, .buffers = 600, .user = 0}, 1);
  EXPECT_EQ(less.slab_bytes, 0U) << "it became less";
  EXPECT_EQ(less.buffer_bytes, 100U);
  EXPECT_EQ(less.user_bytes, 0U);
}

TEST(MemoryUse, TooLittleMemoryIsTheReason) {
  const auto refused = memory_allows("MemAvailable: 102400 kB\n", 10'000);
  EXPECT_EQ(refused.error().fault, Fault::Unsupported);
  EXPECT_THAT(refused.error().text, HasSubstr("need 820 MiB of memory, and 100 MiB are available"));
  EXPECT_TRUE(memory_allows("MemAvailable: 102400 kB\n", 1000));
  EXPECT_TRUE(memory_allows("", 10'000)) << "nothing is known";
}

}  // namespace
}  // namespace tuner
