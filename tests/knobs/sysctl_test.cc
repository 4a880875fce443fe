#include "knobs/knob_test.h"

#include <fmt/format.h>

#include <cerrno>
#include <functional>
#include <span>

namespace tuner::testing {
namespace {

Subject subject(std::string_view name, const Facts& facts = {}) {
  Profile profile;
  profile.sysctl = {{std::string(name), exactly(std::int64_t{1})}};
  return expand("sysctl", profile, facts).desired_settings.at(0).subject;
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

TEST(Sysctl, SettingsKeepTheProfilesOrderAndGoals) {
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

TEST(Sysctl, AFailedReadNeverBecomesAValue) {
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
       Availability::Unsupported, "only in the initial network namespace", "outside the container"},
      {"from a module", "net.netfilter.nf_conntrack_max", [](FakeMachine&) {},
       Availability::Unsupported,
       "has no sysctl net.netfilter.nf_conntrack_max, which belongs to module nf_conntrack",
       "modprobe nf_conntrack"},
      {"in older kernels only", "kernel.sched_min_granularity_ns", [](FakeMachine&) {},
       Availability::Unsupported,
       "has no sysctl kernel.sched_min_granularity_ns, which exists in Linux up to 5.12", ""},
      {"in other kernels only, near another name", "net.ipv4.tcp_tx_skb_cache", [](FakeMachine&) {},
       Availability::Unsupported, "which exists in Linux 5.3 to 5.15", ""},
      {"unknown", "net.ipv4.no_such_thing_at_all", [](FakeMachine&) {}, Availability::Unsupported,
       "has no sysctl net.ipv4.no_such_thing_at_all", "a module that is not loaded"},
      {"of an interface that does not exist", "net.ipv4.conf.eth7.rp_filter",
       [](FakeMachine& m) { m.set("/proc/sys/net/ipv4/conf/default/rp_filter", "0"); },
       Availability::Unsupported, "there is no interface eth7 here", ""},
      {"of an interface that exists", "net.ipv4.conf.eth0.rp_filter",
       [](FakeMachine& m) {
         m.set("/proc/sys/net/ipv4/conf/default/rp_filter", "0");
         m.set("/proc/sys/net/ipv4/conf/eth0/forwarding", "0");
       },
       Availability::Unsupported, "has no sysctl net.ipv4.conf.eth0.rp_filter, which exists", ""},
      {"of an interface, without any interface folders", "net.ipv6.conf.eth0.accept_ra",
       [](FakeMachine&) {}, Availability::Unsupported,
       "has no sysctl net.ipv6.conf.eth0.accept_ra, which exists", ""},
      {"a folder", "net.core", [](FakeMachine&) {}, Availability::Unsupported, "is a group", ""},
      {"beyond 64 bits", "kernel.shmmax",
       [](FakeMachine& m) { m.set("/proc/sys/kernel/shmmax", "18446744073692774399"); },
       Availability::Unsupported, "18446744073692774399", ""},
      {"text where a number belongs", "net.core.rmem_max",
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

TEST(Sysctl, TheNearestNameIsNeverAHarmfulSysctl) {
  FakeMachine machine = two_node_machine();
  machine.set("/proc/sys/net/ipv4/tcp_mem", "1 2 3");
  machine.set("/proc/sys/net/ipv4/tcp_sack", "1");
  for (const char* name : {"net.ipv4.tcp_mem2", "net.ipv4.tcp_sac"}) {
    const Observation seen = observe(subject(name), machine.host());
    EXPECT_EQ(seen.reason, fmt::format("this kernel has no sysctl {}", name));
  }
}

TEST(Sysctl, TheRoundedValueIsTheGoal) {
  Profile profile;
  profile.sysctl = {{"net.core.rps_sock_flow_entries", exactly(std::int64_t{32769})},
                    {"net/core/somaxconn", exactly(std::int64_t{4097})}};
  const auto desired_settings = expand("sysctl", profile, {}).desired_settings;
  EXPECT_EQ(desired_settings[0].setting.goal.value, (Value{std::int64_t{65536}}));
  EXPECT_EQ(desired_settings[0].because, "the kernel rounds 32769 to a power of two");
  EXPECT_EQ(desired_settings[1].setting.goal.value, (Value{std::int64_t{4097}}));
  EXPECT_EQ(desired_settings[1].because, "");
}

const std::string kModules = "/lib/modules/" + std::string(kFakeKernel);
const std::string kChoices = "/proc/sys/net/ipv4/tcp_available_congestion_control";

struct Asked {
  const char* what;
  const char* name;
  Value value;
  std::function<void(FakeMachine&)> before;
  Availability availability;
  const char* reason;
};

void expect_observations(std::span<const Asked> cases) {
  for (const Asked& one : cases) {
    FakeMachine machine = two_node_machine();
    one.before(machine);
    const Observation seen = takes(subject(one.name), one.value, machine.host());
    EXPECT_EQ(seen.availability, one.availability) << one.what << ": " << seen.reason;
    EXPECT_TRUE(contains(seen.reason, one.reason)) << one.what << ": " << seen.reason;
    EXPECT_EQ(seen.reason.empty(), std::string_view(one.reason).empty()) << one.what;
    EXPECT_TRUE(machine->writes.empty());
  }
}

TEST(Sysctl, ACongestionControlIsCheckedBeforeTheWrite) {
  constexpr const char* kName = "net.ipv4.tcp_congestion_control";
  const auto with_bbr = [](FakeMachine& m) {
    m.set(kModules + "/modules.dep", "kernel/net/ipv4/tcp_bbr.ko.xz:");
  };
  const Asked cases[] = {
      {"offered", kName, word("reno"), [](FakeMachine&) {}, Availability::Available, ""},
      {"a module", kName, word("bbr"), with_bbr, Availability::Available,
       "the kernel loads module tcp_bbr on the write"},
      {"built in, by the list", kName, word("bbr"),
       [](FakeMachine& m) { m.set(kModules + "/modules.builtin", "kernel/net/ipv4/tcp_bbr.ko"); },
       Availability::Available, "the kernel loads module tcp_bbr on the write"},
      {"nowhere", kName, word("no_such_cc"), [](FakeMachine&) {}, Availability::Unsupported,
       "tcp_available_congestion_control has reno cubic and no module tcp_no_such_cc"},
      {"part of a name", kName, word("bb"), with_bbr, Availability::Unsupported,
       "and no module tcp_bb"},
      {"a module of another kind", kName, word("diag"),
       [](FakeMachine& m) { m.set(kModules + "/modules.dep", "kernel/net/ipv4/tcp_diag.ko:"); },
       Availability::Unsupported, "and no module tcp_diag"},
      {"deny-listed", kName, word("bbr"),
       [&](FakeMachine& m) {
         with_bbr(m);
         m.set("/etc/modprobe.d/no.conf", "blacklist tcp_bbr");
       },
       Availability::Blocked, "tcp_bbr is deny-listed: /etc/modprobe.d/no.conf:1"},
      {"modules are locked", kName, word("bbr"),
       [&](FakeMachine& m) {
         with_bbr(m);
         m.set("/proc/sys/kernel/modules_disabled", "1");
       },
       Availability::Blocked, "kernel.modules_disabled"},
      {"no list of modules", kName, word("bbr"), [](FakeMachine& m) { m.remove(kModules); },
       Availability::Unreadable,
       "has reno cubic; cannot determine whether module tcp_bbr exists: /lib/modules/"},
      {"a truncated list of modules", kName, word("bbr"),
       [](FakeMachine& m) { m->files[kModules + "/modules.dep"] = "kernel/net/ip"; },
       Availability::Unreadable, "modules.dep is truncated"},
      {"an empty list of modules", kName, word("bbr"),
       [](FakeMachine& m) { m->files[kModules + "/modules.dep"] = ""; }, Availability::Unreadable,
       "modules.dep is empty"},
      {"an unreadable list of modules", kName, word("bbr"),
       [](FakeMachine& m) { m->read_errors[kModules + "/modules.dep"] = EIO; },
       Availability::Unreadable, "modules.dep"},
      {"the list of built-in modules cannot be read", kName, word("bbr"),
       [](FakeMachine& m) { m->read_errors[kModules + "/modules.builtin"] = EIO; },
       Availability::Unreadable, "modules.builtin"},
      {"no list of built-in modules", kName, word("bbr"),
       [](FakeMachine& m) { m.remove(kModules + "/modules.builtin"); }, Availability::Unreadable,
       "modules.builtin"},
      {"the kernel release cannot be read", kName, word("bbr"),
       [](FakeMachine& m) { m.remove("/proc/sys/kernel/osrelease"); }, Availability::Unreadable,
       "osrelease"},
      {"choices that cannot be read", kName, word("reno"),
       [](FakeMachine& m) { m->read_errors[kChoices] = EIO; }, Availability::Unreadable, "Input"},
      {"no list of choices", kName, word("reno"), [](FakeMachine& m) { m.remove(kChoices); },
       Availability::Unreadable, kChoices.c_str()},
      {"empty choices", kName, word("reno"), [](FakeMachine& m) { m->files[kChoices] = ""; },
       Availability::Unreadable, "tcp_available_congestion_control is empty"},
      {"truncated choices", kName, word("reno"),
       [](FakeMachine& m) { m->files[kChoices] = "reno cub"; }, Availability::Unreadable,
       "tcp_available_congestion_control is truncated"},
  };
  expect_observations(cases);
}

TEST(Sysctl, AQueueingDisciplineIsCheckedBeforeTheWrite) {
  constexpr const char* kName = "net.core.default_qdisc";
  const auto modules = [](std::string_view file) {
    return [file](FakeMachine& m) { m.set(kModules + "/modules.dep", file); };
  };
  const Asked cases[] = {
      {"built into the kernel", kName, word("pfifo_fast"), [](FakeMachine&) {},
       Availability::Available, ""},
      {"the last of these", kName, word("blackhole"), [](FakeMachine&) {}, Availability::Available,
       ""},
      {"a module", kName, word("fq"), modules("kernel/net/sched/sch_fq.ko:"),
       Availability::Available, "the kernel loads module sch_fq on the write"},
      {"built in", kName, word("fq_codel"),
       [](FakeMachine& m) {
         m.set(kModules + "/modules.builtin", "kernel/net/sched/sch_fq_codel.ko");
       },
       Availability::Available, ""},
      {"loaded by hand", kName, word("mine"),
       [](FakeMachine& m) { m.set("/sys/module/sch_mine/initstate", "live"); },
       Availability::Available, ""},
      {"in a module of another name", kName, word("cake_mq"),
       modules("kernel/net/sched/sch_cake.ko:"), Availability::Available, "loads module sch_cake"},
      {"a part of another module", kName, word("mqprio_lib"),
       [](FakeMachine& m) {
         m.set(kModules + "/modules.dep", "kernel/net/sched/sch_mqprio_lib.ko:");
         m.set("/sys/module/sch_mqprio_lib/initstate", "live");
       },
       Availability::Unsupported, "no module sch_mqprio_lib"},
      {"nowhere", kName, word("no_such"), [](FakeMachine&) {}, Availability::Unsupported,
       "the kernel itself has pfifo_fast mq noqueue pfifo bfifo pfifo_head_drop blackhole and no "
       "module sch_no_such"},
      {"no list of modules", kName, word("fq"), [](FakeMachine& m) { m.remove(kModules); },
       Availability::Unreadable, "cannot determine whether module sch_fq exists"},
      {"the kernel's own, without that list", kName, word("mq"),
       [](FakeMachine& m) { m.remove(kModules); }, Availability::Available, ""},
      {"another word", "kernel.hostname", word("no_such"), [](FakeMachine&) {},
       Availability::Available, ""},
  };
  expect_observations(cases);
}

TEST(Sysctl, CountsAndPortsAreCheckedBeforeTheWrite) {
  constexpr const char* kRange = "net.ipv4.ip_local_port_range";
  const auto ports = [](std::string_view first) {
    return [first](FakeMachine& m) {
      m.set("/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999");
      if (!first.empty()) m.set("/proc/sys/net/ipv4/ip_unprivileged_port_start", first);
    };
  };
  const Asked cases[] = {
      {"one for three", "net.ipv4.tcp_wmem", std::int64_t{4096}, [](FakeMachine&) {},
       Availability::Unsupported, "net.ipv4.tcp_wmem has 3 number(s), and the profile gives 1"},
      {"three for one", "net.core.wmem_max", Integers{1, 2, 3}, [](FakeMachine&) {},
       Availability::Unsupported, "has 1 number(s), and the profile gives 3"},
      {"three for three", "net.ipv4.tcp_wmem", Integers{4096, 8192, 16384}, [](FakeMachine&) {},
       Availability::Available, ""},
      {"one for text", "net.ipv4.ip_local_reserved_ports", std::int64_t{8080},
       [](FakeMachine& m) { m.set("/proc/sys/net/ipv4/ip_local_reserved_ports", ""); },
       Availability::Available, ""},
      {"one for words", "kernel.some_text", std::int64_t{1},
       [](FakeMachine& m) { m.set("/proc/sys/kernel/some_text", "a 1 2"); },
       Availability::Available, ""},
      {"a negative one", "kernel.some_number", std::int64_t{1},
       [](FakeMachine& m) { m.set("/proc/sys/kernel/some_number", "-1 -2"); },
       Availability::Unsupported, "has 2 number(s)"},
      {"one that cannot be read", "net.core.wmem_max", std::int64_t{1},
       [](FakeMachine& m) { m->unreadable.insert("/proc/sys/net/core/wmem_max"); },
       Availability::Unreadable, "Permission denied"},
      {"one port", kRange, std::int64_t{32768}, ports("1024"), Availability::Unsupported,
       "has 2 number(s), and the profile gives 1"},
      {"three ports", kRange, Integers{32768, 40000, 60999}, ports("1024"),
       Availability::Unsupported, "has 2 number(s), and the profile gives 3"},
      {"privileged ports", kRange, Integers{80, 443}, ports("1024"), Availability::Unsupported,
       "no port below ip_unprivileged_port_start (1024)"},
      {"the last of them", kRange, Integers{1023, 60999}, ports("1024"), Availability::Unsupported,
       "1024"},
      {"the first free one", kRange, Integers{1024, 60999}, ports("1024"), Availability::Available,
       ""},
      {"none are privileged", kRange, Integers{80, 443}, ports("0"), Availability::Available, ""},
      {"before Linux 4.11", kRange, Integers{80, 443}, ports(""), Availability::Available, ""},
      {"not a number", kRange, Integers{80, 443}, ports("many"), Availability::Unreadable,
       "'many'"},
      {"not readable", kRange, Integers{80, 443},
       [&](FakeMachine& m) {
         ports("1024")(m);
         m->read_errors["/proc/sys/net/ipv4/ip_unprivileged_port_start"] = EIO;
       },
       Availability::Unreadable, "Input"},
  };
  expect_observations(cases);
}

TEST(Sysctl, ATripleIsOneWriteAndReadsBackEqual) {
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

TEST(Sysctl, AFailedWriteHasTheKernelsErrorAndAHint) {
  const struct {
    const char* name;
    Value value;
    int answer;  // 0: the fake's own answer
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
