#include "model/programs/service_name.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(ServiceName, IsTheLastUnitOfTheControlGroup) {
  EXPECT_EQ(service_name("/system.slice/nginx.service"), "nginx.service");
  EXPECT_EQ(service_name("/system.slice/system-getty.slice/getty@tty1.service/x"),
            "getty@tty1.service");
  EXPECT_EQ(service_name("/user.slice/user-0.slice/user@0.service/app.slice/a.service"),
            "a.service");
  EXPECT_EQ(service_name("/system.slice/docker.service/docker-1f.scope"), "docker-1f.scope");
  EXPECT_EQ(service_name("/kubepods/besteffort/pod1/1f"), "");
  EXPECT_EQ(service_name("/"), "");
  EXPECT_EQ(service_name(""), "");
}

TEST(ServiceName, ReadsTheControlGroupOfVersionTwoFirst) {
  EXPECT_EQ(control_group("0::/system.slice/a.service\n"), "/system.slice/a.service");
  EXPECT_EQ(control_group("12:memory:/x\n1:name=systemd:/system.slice/b.service\n"),
            "/system.slice/b.service");
  EXPECT_EQ(control_group("1:name=systemd:/b\n0::/a\n"), "/a");
  EXPECT_EQ(control_group("12:memory:/x\n"), "");
  EXPECT_EQ(control_group(""), "");
}

TEST(ServiceSeries, HasNoNumberOfOneStart) {
  EXPECT_EQ(service_series("session-12.scope"), "session-*.scope");
  EXPECT_EQ(service_series("docker-1f2e.scope"), "docker-*.scope");
  EXPECT_EQ(service_series("run-u17.service"), "run-*.service");
  EXPECT_EQ(service_series("run-rc0ffee.scope"), "run-*.scope");
  EXPECT_EQ(service_series("init.scope"), "init.scope");
  EXPECT_EQ(service_series("nginx.service"), "nginx.service");
  EXPECT_EQ(service_series("postgresql@15-main.service"), "postgresql@15-main.service");
  EXPECT_EQ(service_series("my-app.service"), "my-app.service");
  EXPECT_EQ(service_series("python3"), "python3");
  EXPECT_EQ(service_series(""), "");
}

}  // namespace
}  // namespace tuner
