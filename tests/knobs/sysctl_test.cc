#include "knobs/knob_test.h"

#include <fmt/format.h>

#include <cerrno>

namespace tuner::testing {
namespace {

Subject subject(std::string_view name, const Facts& facts = {}) {
  Profile profile;
  profile.sysctl = {{std::string(name), exactly(std::int64_t{1})}};
  return expand("sysctl", profile, facts).wishes.at(0).subject;
}

TEST(Sysctl, SubjectsAreNamedByTheDottedNameInBothSpellings) {
  for (const char* name : {"net.core.rmem_max", "net/core/rmem_max"}) {
    const Subject one = subject(name);
    EXPECT_EQ(one.key, "sysctl:net.core.rmem_max");
    EXPECT_EQ(one.name, "net.core.rmem_max");
    EXPECT_EQ(one.place, "/proc/sys/net/core/rmem_max");
    EXPECT_EQ(one.group, "");
    EXPECT_EQ(find_knob("sysctl")->locate(one, {}), one);
  }
}

TEST(Sysctl, WishesKeepTheProfilesOrderAndGoals) {
  Profile profile;
  profile.sysctl = {{"net.ipv4.tcp_wmem", {.goal = {Goal::Op::AtLeast, Integers{1, 2, 3}}}},
                    {"net.core.somaxconn", exactly(Integers{4096})},
                    {"net.core.default_qdisc", exactly(word("fq"))}};
  EXPECT_EQ(
      expand("sysctl", profile, {}).text(),
      "net.ipv4.tcp_wmem = >= 1 2 3\nnet.core.somaxconn = 4096\nnet.core.default_qdisc = fq\n");
  EXPECT_TRUE(find_knob("sysctl")->wanted(profile));
  EXPECT_FALSE(find_knob("sysctl")->wanted({}));
}

TEST(Sysctl, ValuesAreTypedNotText) {
  const struct {
    const char* name;
    const char* file;
    Value value;
  } cases[] = {
      {"net.ipv4.tcp_wmem", "4096\t16384\t4194304\n", Integers{4096, 16384, 4194304}},
      {"net.ipv4.tcp_wmem", "4096 16384   4194304", Integers{4096, 16384, 4194304}},
      {"net.core.rmem_max", "212992\n", std::int64_t{212992}},
      {"net.ipv4.tcp_notsent_lowat", "4294967295\n", std::int64_t{4294967295}},
      {"net.ipv4.tcp_congestion_control", "cubic\n", word("cubic")},
      {"kernel.x_unknown", "-1\n", std::int64_t{-1}},
      {"kernel.x_unknown", "1\t2\n", Integers{1, 2}},
      {"kernel.x_unknown", "|/usr/share/apport %p 1\n", word("|/usr/share/apport %p 1")},
      {"kernel.x_unknown", "\n", word("")},
  };
  for (const auto& one : cases) {
    FakeMachine machine;
    const Subject where = subject(one.name);
    machine.set(where.place, one.file);
    const Observation seen = observe(where, machine.host());
    EXPECT_EQ(seen.availability, Availability::Available) << one.file;
    EXPECT_EQ(seen.value, one.value) << one.file << " became " << to_text(seen.value);
  }
}

struct Refusal {
  const char* what;
  const char* name;
  std::function<void(FakeMachine&)> before;
  Availability availability;
  const char* reason;
  const char* hint;
};

TEST(Sysctl, WhatCannotBeReadNeverBecomesAValue) {
  const Refusal cases[] = {
      {"no permission", "net.core.wmem_max",
       [](FakeMachine& m) { m->unreadable.insert("/proc/sys/net/core/wmem_max"); },
       Availability::Unreadable, "Permission denied", "needs root"},
      {"known, not in this kernel", "net.ipv4.tcp_rmem",
       [](FakeMachine& m) { m.remove("/proc/sys/net/ipv4/tcp_rmem"); }, Availability::Unsupported,
       "this kernel has no sysctl net.ipv4.tcp_rmem", ""},
      {"typing error", "net.core.rmem_mx", [](FakeMachine&) {}, Availability::Unsupported,
       "the nearest name is net.core.rmem_max", ""},
      {"another namespace", "net.core.rmem_max",
       [](FakeMachine& m) {
         m.remove("/proc/sys/net/core/rmem_max");
         m.remove("/proc/sys/net/core/dev_weight");
       },
       Availability::Unsupported, "in the initial network namespace only", "outside the container"},
      {"a module's", "net.netfilter.nf_conntrack_max", [](FakeMachine&) {},
       Availability::Unsupported, "has no sysctl net.netfilter.nf_conntrack_max", "module"},
      {"a folder", "net.core", [](FakeMachine&) {}, Availability::Unsupported, "is a group", ""},
      {"beyond 64 bits", "kernel.shmmax",
       [](FakeMachine& m) { m.set("/proc/sys/kernel/shmmax", "18446744073692774399"); },
       Availability::Unsupported, "18446744073692774399", ""},
      {"no number where one belongs", "net.core.rmem_max",
       [](FakeMachine& m) { m.set("/proc/sys/net/core/rmem_max", "many"); },
       Availability::Unreadable, "'many'", ""},
  };
  for (const Refusal& one : cases) {
    FakeMachine machine = two_node_machine();
    one.before(machine);
    const Observation seen = observe(subject(one.name), machine.host());
    EXPECT_EQ(seen.availability, one.availability) << one.what;
    EXPECT_TRUE(contains(seen.reason, one.reason)) << one.what << ": " << seen.reason;
    EXPECT_TRUE(contains(seen.hint, one.hint)) << one.what << ": " << seen.hint;
    EXPECT_EQ(seen.value, Value{Absent{}}) << one.what;
    EXPECT_TRUE(machine->writes.empty());
  }
}

TEST(Sysctl, ATripleIsOneWriteAndComesBackEqual) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const Subject wmem = subject("net.ipv4.tcp_wmem");
  const Value goal = Integers{4096, 16384, 16777216};
  ASSERT_TRUE(write(wmem, goal, host));
  EXPECT_EQ(machine->writes,
            (std::vector<std::string>{"/proc/sys/net/ipv4/tcp_wmem = 4096 16384 16777216"}));
  EXPECT_EQ(observe(wmem, host).value, goal);
}

TEST(Sysctl, AnotherCountOfNumbersIsNotWritten) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  for (const auto& [name, value] :
       {std::pair<const char*, Value>{"net.core.wmem_max", Integers{1, 2, 3}},
        std::pair<const char*, Value>{"net.ipv4.tcp_wmem", std::int64_t{4096}}}) {
    const auto written = write(subject(name), value, host);
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().fault, Fault::Invalid);
    EXPECT_TRUE(contains(written.error().text, "number(s)")) << written.error().text;
  }
  EXPECT_EQ(machine.fuse->count(), 0);
}

TEST(Sysctl, AFailedWriteSaysWhatTheKernelAnsweredAndWhatToDo) {
  const struct {
    const char* name;
    Value value;
    int answer;  // 0: the fake's own
    Fault fault;
    const char* text;
    const char* hint;
  } cases[] = {
      {"net.core.rmem_max", std::int64_t{1}, 0, Fault::Invalid,
       "net.core.rmem_max cannot be set to 1: write /proc/sys/net/core/rmem_max: Invalid argument",
       "range"},
      {"net.ipv4.tcp_congestion_control", word("bbr"), ENOENT, Fault::Unsupported, "bbr",
       "its module is not loaded"},
      {"net.core.wmem_max", std::int64_t{1}, EPERM, Fault::NotPermitted, "Operation not permitted",
       "needs root"},
      {"net.core.wmem_max", std::int64_t{1}, EROFS, Fault::NotPermitted, "Read-only file system",
       "read-only"},
  };
  for (const auto& one : cases) {
    const FakeMachine machine = two_node_machine();
    Host host = machine.host();
    const Subject where = subject(one.name);
    if (one.answer != 0)
      machine->rules[where.place] = [&](const std::string&,
                                        std::string_view) -> Result<std::string> {
        return fail(answer(one.answer, "write " + where.place));
      };
    const auto written = write(where, one.value, host);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().fault, one.fault) << written.error().text;
    EXPECT_TRUE(contains(written.error().text, one.text)) << written.error().text;
    EXPECT_TRUE(contains(written.error().hint, one.hint)) << written.error().hint;
  }
}

}  // namespace
}  // namespace tuner::testing
