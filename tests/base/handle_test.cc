#include "base/handle.h"

#include <gtest/gtest.h>

#include <fcntl.h>

namespace tuner {
namespace {

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) != -1;
}

int open_null() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(UniqueFd, ClosesAtTheEndOfItsScope) {
  int number = -1;
  {
    const UniqueFd fd(open_null());
    ASSERT_TRUE(fd);
    number = fd.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, MovingTransfersTheDescriptor) {
  UniqueFd first(open_null());
  const int number = first.get();
  UniqueFd second(std::move(first));
  EXPECT_EQ(second.get(), number);
  UniqueFd third(open_null());
  const int replaced = third.get();
  third = std::move(second);
  EXPECT_EQ(third.get(), number);
  EXPECT_FALSE(is_open(replaced));
  EXPECT_TRUE(is_open(number));
}

TEST(UniqueFd, ReleaseLeavesTheDescriptorOpen) {
  UniqueFd fd(open_null());
  const UniqueFd again(fd.release());
  EXPECT_FALSE(fd);
  EXPECT_TRUE(is_open(again.get()));
}

int freed = 0;
void free_int(int* number) {
  freed += *number;
  delete number;
}

TEST(Handle, CallsItsFreeFunctionOnce) {
  freed = 0;
  { const Handle<int, free_int> handle(new int(7)); }
  EXPECT_EQ(freed, 7);
  { const Handle<int, free_int> none; }
  EXPECT_EQ(freed, 7);
}

}  // namespace
}  // namespace tuner
