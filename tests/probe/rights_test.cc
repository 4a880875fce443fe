#include "probe/handshake/rights.h"

#include "base/text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

namespace tuner {
namespace {

using ::testing::HasSubstr;

// Runs `act` in a child process, because privileges cannot be regained, and returns its text.
std::string in_child(const std::function<std::string()>& act) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = act();
    ::_exit(::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0
                                                                                            : 1);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 8192> buffer;
  for (ssize_t size; (size = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
    said.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  return said;
}

std::string status_of_self() {
  std::ifstream file("/proc/self/status");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void take_out_of_bounds(unsigned long capability) {
  ::prctl(PR_CAPBSET_DROP, capability);
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  ::syscall(SYS_capget, &header, sets.data());
  auto& set = sets[CAP_TO_INDEX(capability)];
  set.effective &= ~CAP_TO_MASK(capability);
  set.permitted &= ~CAP_TO_MASK(capability);
  set.inheritable &= ~CAP_TO_MASK(capability);
  ::syscall(SYS_capset, &header, sets.data());
}

std::string give_up_without(unsigned long capability) {
  return in_child([&] {
    take_out_of_bounds(capability);
    const auto done = give_up_rights();
    return done ? std::string("gave up") : done.error().text + "\n" + done.error().hint;
  });
}

TEST(Rights, RootBecomesNobodyWithoutCapabilities) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const std::string status = in_child([] {
    const auto done = give_up_rights();
    return done ? status_of_self() : done.error().text;
  });
  for (const char* line :
       {"Uid:\t65534\t65534\t65534\t65534\n", "Gid:\t65534\t65534\t65534\t65534\n", "Groups:\t \n",
        "CapInh:\t0000000000000000\n", "CapPrm:\t0000000000000000\n", "CapEff:\t0000000000000000\n",
        "CapBnd:\t0000000000000000\n", "CapAmb:\t0000000000000000\n", "NoNewPrivs:\t1\n"}) {
    EXPECT_THAT(status, HasSubstr(line));
  }
}

TEST(Rights, AnotherUserKeepsItsIdWithoutCapabilities) {
  const std::string status = in_child([] {
    if (::geteuid() == 0 && ::setresuid(12345, 12345, 12345) != 0) return std::string("no user");
    const auto done = give_up_rights();
    return done ? status_of_self() : done.error().text;
  });
  EXPECT_THAT(status, HasSubstr("CapEff:\t0000000000000000\n"));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1\n"));
  EXPECT_THAT(status, HasSubstr(fmt::format("Uid:\t{}\t", ::geteuid() == 0 ? 12345 : ::geteuid())));
}

TEST(Rights, TheProcessIsUndumpable) {
  EXPECT_EQ(in_child([] {
              const auto done = give_up_rights();
              return std::string(done && ::prctl(PR_GET_DUMPABLE) == 0 ? "closed" : "open");
            }),
            "closed");
}

// A unit or container may withhold a capability from root: the step that fails is named.
TEST(Rights, AStepThatFailsIsNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_THAT(
      give_up_without(CAP_SETUID),
      HasSubstr("give up root: change the user to nobody (65534): Operation not permitted"));
  EXPECT_THAT(give_up_without(CAP_SETGID),
              HasSubstr("give up root: drop the supplementary groups: Operation not permitted"));
  EXPECT_THAT(give_up_without(CAP_SETPCAP), HasSubstr("from the bounding set"));
  EXPECT_THAT(give_up_without(CAP_SETPCAP), HasSubstr("CAP_SETPCAP here"));
}

std::string limits(const HelperNeeds& needs) {
  return in_child([&] {
    const auto done = limit_resources(needs);
    if (!done) return done.error().text;
    std::ostringstream said;
    for (const auto resource : {RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_NPROC}) {
      rlimit now{};
      ::getrlimit(resource, &now);
      if (now.rlim_max == RLIM_INFINITY)
        said << "any ";
      else
        said << now.rlim_max << (now.rlim_cur <= now.rlim_max ? " " : "! ");
    }
    return said.str();
  });
}

TEST(Rights, LimitsDependOnTheNeeds) {
  EXPECT_THAT(limits({.bytes_each_way = 64U << 20U}), ::testing::Eq("0 512 67108864 0 "));
  EXPECT_THAT(limits({.bytes_each_way = 1, .threads = true}),
              ::testing::StartsWith("0 512 8388608 "));
  EXPECT_THAT(limits({.bytes_each_way = 1, .threads = true, .connections = 1000}),
              ::testing::StartsWith("0 2064 8388608 "));
}

// Login shells have a low soft limit. The hard one is never exceeded.
TEST(Rights, TheSoftLimitOfOpenFilesIsRaisedToWhatIsNeeded) {
  const auto files = [](rlim_t soft, rlim_t hard) {
    return in_child([&] {
      const rlimit before{.rlim_cur = soft, .rlim_max = hard};
      if (::setrlimit(RLIMIT_NOFILE, &before) != 0) return std::string("not lowered");
      if (const auto done = limit_resources({.threads = true, .connections = 1000}); !done)
        return done.error().text;
      rlimit now{};
      ::getrlimit(RLIMIT_NOFILE, &now);
      return fmt::format("{} {}", now.rlim_cur, now.rlim_max);
    });
  };
  EXPECT_EQ(files(100, 4000), "2064 2064");
  EXPECT_EQ(files(100, 1500), "1500 1500");
}

TEST(Rights, WithoutThreadsNoProcessCanBeStarted) {
  if (::geteuid() != 0) GTEST_SKIP() << "the limit counts the processes of this user";
  EXPECT_EQ(in_child([] {
              if (!give_up_rights() || !limit_resources({})) return std::string("not limited");
              const pid_t other = ::fork();
              if (other == 0) ::_exit(0);
              return std::string(other < 0 ? "none" : "another");
            }),
            "none");
}

}  // namespace
}  // namespace tuner
