#include "host/access/module_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace tuner {
namespace {

using ::testing::HasSubstr;

TEST(ModulePort, RefusesABadNameFirst) {
  const auto port = kmod_port();
  for (const auto& answer : {port->load("../tls"), port->unload("tls.ko")}) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().fault, Fault::Invalid);
    EXPECT_THAT(answer.error().text, HasSubstr("is not a module name"));
  }
}

TEST(LoadError, EveryErrnoHasAHint) {
  const struct {
    int answer;
    Fault fault;
    const char* hint;
  } cases[] = {
      {ENOENT, Fault::NotFound, "module package"},
      {EKEYREJECTED, Fault::Unsupported, "signed"},
      {ENOKEY, Fault::Unsupported, "signed"},
      {EPERM, Fault::NotPermitted, "CAP_SYS_MODULE"},
      {ENOEXEC, Fault::Unsupported, "another kernel"},
  };
  for (const auto& row : cases) {
    const Error error = load_error(row.answer, "tls");
    EXPECT_EQ(error.fault, row.fault) << row.answer;
    EXPECT_THAT(error.text, HasSubstr("load module tls: "));
    EXPECT_THAT(error.hint, HasSubstr(row.hint));
    EXPECT_EQ(error.errno_value, row.answer);
  }
}

TEST(UnloadError, InUseIsBusyWithAHint) {
  for (const int answer : {EAGAIN, EBUSY, EWOULDBLOCK}) {
    const Error error = unload_error(answer, "tls");
    EXPECT_EQ(error.fault, Fault::Busy);
    EXPECT_EQ(error.text, "unload module tls: it is in use");
    EXPECT_THAT(error.hint, HasSubstr("/sys/module/tls/refcnt"));
  }
  EXPECT_THAT(unload_error(EPERM, "tls").hint, HasSubstr("CAP_SYS_MODULE"));
}

}  // namespace
}  // namespace tuner
