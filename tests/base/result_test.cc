#include "base/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace tuner {
namespace {

TEST(Result, MapsErrnoToFault) {
  const std::pair<int, Fault> table[] = {
      {ENOENT, Fault::NotFound},     {ENODEV, Fault::NotFound},
      {EACCES, Fault::NotPermitted}, {EPERM, Fault::NotPermitted},
      {EROFS, Fault::NotPermitted},  {EOPNOTSUPP, Fault::Unsupported},
      {ENOSYS, Fault::Unsupported},  {EBUSY, Fault::Busy},
      {EAGAIN, Fault::Busy},         {EINVAL, Fault::Invalid},
      {ERANGE, Fault::Invalid},      {ENOSPC, Fault::NoSpace},
      {ETIMEDOUT, Fault::TimedOut},  {EIO, Fault::Io},
      {EISDIR, Fault::Io},
  };
  for (const auto& [number, fault] : table) EXPECT_EQ(errno_fault(number), fault) << number;
}

TEST(Result, AnErrnoErrorNamesTheOperationAndTheKernelsError) {
  const Error error = errno_error(ENOENT, "read /proc/x");
  EXPECT_EQ(error.text, "read /proc/x: No such file or directory");
  EXPECT_EQ(error.errno_value, ENOENT);
  EXPECT_EQ(error.fault, Fault::NotFound);
}

TEST(Result, EveryFaultHasADistinctName) {
  std::set<std::string_view> names;
  for (int fault = 0; fault <= static_cast<int>(Fault::Internal); ++fault)
    names.insert(fault_name(static_cast<Fault>(fault)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Fault::Internal) + 1);
}

TEST(Result, CarriesAValueOrAnError) {
  const Result<int> good = 5;
  const Result<int> bad = fail(Fault::Refused, "no", "try tomorrow");
  EXPECT_EQ(good.value(), 5);
  EXPECT_EQ(bad.error().hint, "try tomorrow");
  EXPECT_EQ(bad.value_or(7), 7);
  EXPECT_TRUE(Outcome{});
  EXPECT_FALSE(Outcome(fail(Fault::Busy, "later")));
}

}  // namespace
}  // namespace tuner
