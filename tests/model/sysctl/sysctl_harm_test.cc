#include "model/sysctl/sysctl_harm.h"

#include "model/sysctl/known_sysctls.h"
#include "model/sysctl/sysctl_catalog.h"
#include "model/sysctl/sysctl_name.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

using Class = SysctlHarm::Class;

std::string one_of(std::string_view pattern) {
  std::string name(pattern);
  if (const auto star = name.find('*'); star != std::string::npos) name.replace(star, 1, "eth0");
  return name;
}

// The bad values of the rows that apply to the goal, "low..high ", with '!' if the row stops the
// network.
std::string harm(std::string_view name, const Goal& goal) {
  std::string text;
  for (const SysctlHarm* row : harms_of(name, goal))
    text += fmt::format("{}{}..{} ", row->harm == SysctlHarm::Class::StopsNetwork ? "!" : "",
                        row->low == SysctlHarm::kLowest ? "" : fmt::format("{}", row->low),
                        row->high == SysctlHarm::kHighest ? "" : fmt::format("{}", row->high));
  return text;
}

Goal exactly(Value value) {
  return {.op = Goal::Op::Exactly, .value = std::move(value)};
}
Goal number(std::int64_t value) {
  return exactly(value);
}
Goal at_least(Value value) {
  return {.op = Goal::Op::AtLeast, .value = std::move(value)};
}
Goal at_most(Value value) {
  return {.op = Goal::Op::AtMost, .value = std::move(value)};
}

TEST(SysctlHarms, HaveKnownNamesReasonsAdviceAndSources) {
  for (const SysctlHarm& row : sysctl_harms()) {
    const std::string name = one_of(row.name);
    EXPECT_EQ(canonical_sysctl_name(name).value_or(""), name);
    // Security rows also cover sysctls that only some kernels or distributions have.
    const bool known = find_sysctl(name) != nullptr || known_sysctl(name).has_value();
    EXPECT_TRUE(known || row.harm >= Class::Loosens) << row.name;
    EXPECT_FALSE(row.why.empty()) << row.name;
    EXPECT_FALSE(row.instead.empty()) << row.name;
    EXPECT_FALSE(row.source.empty()) << row.name;
    EXPECT_LE(row.low, row.high) << row.name;
  }
}

TEST(SysctlHarms, HaveValuesInTheSysctlsRange) {
  for (const SysctlHarm& row : sysctl_harms()) {
    const SysctlRow* const known = find_sysctl(row.name);
    if (known == nullptr) continue;
    if (row.word.empty() && row.of != SysctlHarm::Of::Span) {
      EXPECT_LE(row.low, known->max) << row.name;
      EXPECT_GE(row.high, known->min) << row.name;
    }
    EXPECT_EQ(!row.word.empty(), known->type == SysctlRow::Type::Word) << row.name;
    EXPECT_NE(row.harm, Class::Refused) << row.name << " must not be in the catalogue";
    const bool one_of_many = row.of != SysctlHarm::Of::Each;
    EXPECT_TRUE(!one_of_many || known->type == SysctlRow::Type::Numbers) << row.name;
  }
}

TEST(SysctlHarms, EndAtTheLastBadValue) {
  const struct {
    const char* name;
    std::int64_t bad;
    std::int64_t good;
  } cases[] = {
      {"net.core.busy_poll", 1001, 1000},
      {"net.core.busy_read", 2000000, 50},
      {"net.core.netdev_budget", 31, 32},
      {"net.core.netdev_budget_usecs", 199, 200},
      {"net.core.netdev_max_backlog", 99, 100},
      {"net.core.optmem_max", 4095, 4096},
      {"net.core.rmem_max", 1 << 30, (1 << 30) - 1},
      {"net.core.somaxconn", 127, 128},
      {"net.core.wmem_max", 1 << 30, (1 << 30) - 1},
      {"net.ipv4.ip_default_ttl", 4, 5},
      {"net.ipv4.tcp_abort_on_overflow", 1, 0},
      {"net.ipv4.tcp_fin_timeout", 4, 5},
      {"net.ipv4.tcp_keepalive_intvl", 4, 5},
      {"net.ipv4.tcp_keepalive_probes", 1, 2},
      {"net.ipv4.tcp_keepalive_time", 59, 60},
      {"net.ipv4.tcp_max_orphans", 1023, 1024},
      {"net.ipv4.tcp_max_syn_backlog", 127, 128},
      {"net.ipv4.tcp_max_tw_buckets", 4095, 4096},
      {"net.ipv4.tcp_moderate_rcvbuf", 0, 1},
      {"net.ipv4.tcp_notsent_lowat", 0, 1},
      {"net.ipv4.tcp_retries2", 2, 3},
      {"net.ipv4.tcp_sack", 0, 1},
      {"net.ipv4.tcp_synack_retries", 0, 1},
      {"net.ipv4.tcp_syncookies", 0, 1},
      {"net.ipv4.tcp_timestamps", 0, 1},
      {"net.ipv4.tcp_window_scaling", 0, 1},
      {"net.ipv6.conf.all.disable_ipv6", 1, 0},
      {"net.ipv6.conf.eth0/100.disable_ipv6", 1, 0},
  };
  for (const auto& one : cases) {
    EXPECT_NE(harm(one.name, number(one.bad)), "") << one.name;
    EXPECT_EQ(harm(one.name, number(one.good)), "") << one.name;
  }
}

TEST(SysctlHarms, OfAListApplyByPosition) {
  const struct {
    const char* name;
    Integers value;
    const char* harms;
  } cases[] = {
      {"net.ipv4.tcp_wmem", {1, 1, 1}, "..4095 ..65535 "},
      {"net.ipv4.tcp_wmem", {4096, 4095, 4194304}, "..4095 "},
      {"net.ipv4.tcp_wmem", {1, 4096, 65536}, ""},
      {"net.ipv4.tcp_wmem", {4096, 16384, 1 << 30}, "1073741824.. "},
      {"net.ipv4.tcp_rmem", {4096, 16383, 65535}, "..16383 ..65535 "},
      {"net.ipv4.tcp_rmem", {4096, 87380, 1073741824}, "1073741824.. "},
      {"net.ipv4.tcp_rmem", {4096, 131072, 67108864}, ""},
      {"net.ipv4.ip_local_port_range", {80, 443}, "..1023 ..998 "},
      {"net.ipv4.ip_local_port_range", {1023, 65535}, "..1023 "},
      {"net.ipv4.ip_local_port_range", {1024, 65535}, ""},
      {"net.ipv4.ip_local_port_range", {50000, 50998}, "..998 "},
      {"net.ipv4.ip_local_port_range", {50000, 50999}, ""},
      {"net.ipv4.tcp_mem", {1, 2, 3}, ".. "},
      {"net.ipv4.udp_mem", {1, 2, 3}, ".. "},
  };
  for (const auto& one : cases)
    EXPECT_EQ(harm(one.name, exactly(one.value)), one.harms) << one.name << to_text(one.value);
  EXPECT_EQ(harm("net.ipv4.tcp_wmem", exactly(Integers{1})), "") << "no second and third number";
}

TEST(SysctlHarms, OfABoundApplyOnlyIfNoGoodValueMeetsIt) {
  const std::int64_t one = 1;
  const std::int64_t many = std::int64_t{1} << 30U;
  EXPECT_EQ(harm("net.core.somaxconn", at_least(one)), "") << "a larger current value stays";
  EXPECT_EQ(harm("net.core.somaxconn", at_most(one)), "..127 ");
  EXPECT_EQ(harm("net.core.somaxconn", at_most(std::int64_t{128})), "");
  EXPECT_EQ(harm("net.core.rmem_max", at_least(many)), "1073741824.. ");
  EXPECT_EQ(harm("net.core.rmem_max", at_most(many)), "");
  EXPECT_EQ(harm("net.core.busy_poll", at_least(std::int64_t{1001})), "1001.. ");
  EXPECT_EQ(harm("net.core.busy_poll", at_least(std::int64_t{1000})), "");
  EXPECT_EQ(harm("net.ipv4.tcp_abort_on_overflow", at_least(one)), "1..1 ");
  EXPECT_EQ(harm("net.ipv4.tcp_abort_on_overflow", at_most(one)), "");
  EXPECT_EQ(harm("net.ipv4.tcp_sack", at_most(std::int64_t{0})), "0..0 ");
  EXPECT_EQ(harm("net.ipv4.tcp_sack", at_least(std::int64_t{0})), "");
  EXPECT_EQ(harm("net.ipv4.tcp_mem", at_least(Integers{1, 2, 3})), ".. ");
  EXPECT_EQ(harm("net.ipv4.ip_local_port_range", at_least(Integers{50000, 50001})), "");
  EXPECT_EQ(harm("net.ipv6.conf.all.disable_ipv6", at_most(one)), "") << "0 meets the goal too";
}

TEST(SysctlHarms, ExactlyThreeStopTheNetwork) {
  std::string names;
  for (const SysctlHarm& row : sysctl_harms()) {
    if (row.harm == SysctlHarm::Class::StopsNetwork) names += fmt::format("{} ", row.name);
  }
  EXPECT_EQ(names, "net.core.default_qdisc net.ipv4.ip_default_ttl net.ipv4.tcp_notsent_lowat ");
  EXPECT_EQ(harm("net.ipv4.tcp_notsent_lowat", number(0)), "!0..0 ");
  EXPECT_EQ(harm("net.core.default_qdisc", exactly(std::string("blackhole"))), "!.. ");
  EXPECT_EQ(harm("net.core.default_qdisc", exactly(std::string("fq"))), "");
  EXPECT_EQ(harm("net.core.default_qdisc", number(3)), "");
}

// The worst class of the rows that apply to a goal.
Class worst(std::string_view name, const Goal& goal) {
  Class found = Class::Harmful;
  for (const SysctlHarm* row : harms_of(name, goal)) found = std::max(found, row->harm);
  return found;
}

bool is_refused(std::string_view name, const Goal& goal) {
  return worst(name, goal) == Class::Refused;
}
bool loosens(std::string_view name, const Goal& goal) {
  return worst(name, goal) == Class::Loosens;
}

TEST(SysctlDoors, ProgramsAndCodeAreRefusedWithAnyValue) {
  for (const char* name :
       {"fs.binfmt_misc.register", "fs.binfmt_misc.status", "fs.binfmt_misc.qemu-arm",
        "kernel.core_pattern", "kernel.firmware_config.force_sysfs_fallback", "kernel.hotplug",
        "kernel.modprobe", "kernel.modules_disabled", "kernel.poweroff_cmd", "kernel.reboot-cmd",
        "kernel.usermodehelper.bset", "kernel.usermodehelper.inheritable"}) {
    EXPECT_TRUE(is_refused(name, exactly(std::string("|/some/program")))) << name;
    EXPECT_TRUE(is_refused(name, exactly(std::string("core")))) << name;
    EXPECT_TRUE(is_refused(name, number(0))) << name;
    EXPECT_TRUE(is_refused(name, exactly(Integers{0, 0}))) << name;
    EXPECT_TRUE(is_refused(name, at_least(std::int64_t{0}))) << name;
    EXPECT_TRUE(is_refused(name, at_most(std::int64_t{1}))) << name;
    EXPECT_TRUE(is_never_suggested(name)) << name;
    EXPECT_FALSE(is_listed(name)) << name;
  }
  for (const char* name : {"kernel.core_uses_pid", "fs.binfmt_misc", "kernel.usermodehelper",
                           "kernel.usermodehelper.a.b", "net.kernel.core_pattern"})
    EXPECT_FALSE(is_refused(name, number(1))) << name;
}

TEST(SysctlDoors, ProtectionsAreRefusedUpToTheLastOpenValue) {
  const struct {
    const char* name;
    std::int64_t open;
    std::int64_t safe;
  } cases[] = {
      {"dev.tty.ldisc_autoload", 1, 0},
      {"dev.tty.legacy_tiocsti", 1, 0},
      {"fs.protected_fifos", 0, 1},
      {"fs.protected_hardlinks", 0, 1},
      {"fs.protected_regular", 0, 1},
      {"fs.protected_symlinks", 0, 1},
      {"fs.suid_dumpable", 1, 2},
      {"fs.suid_dumpable", 1, 0},
      {"fs.verity.require_signatures", 0, 1},
      {"kernel.apparmor_restrict_unprivileged_io_uring", 0, 1},
      {"kernel.apparmor_restrict_unprivileged_unconfined", 0, 1},
      {"kernel.apparmor_restrict_unprivileged_userns", 0, 1},
      {"kernel.core_pipe_limit", 0, 1},
      {"kernel.dmesg_restrict", 0, 1},
      {"kernel.io_uring_disabled", 0, 1},
      {"kernel.kexec_load_disabled", 0, 1},
      {"kernel.kexec_load_limit_panic", -1, 0},
      {"kernel.kexec_load_limit_reboot", -1, 0},
      {"kernel.kptr_restrict", 0, 1},
      {"kernel.kptr_restrict", -1, 2},
      {"kernel.loadpin.enabled", 0, 1},
      {"kernel.loadpin.enforce", 0, 1},
      {"kernel.perf_event_paranoid", 1, 2},
      {"kernel.perf_event_paranoid", -1, 4},
      {"kernel.randomize_va_space", 1, 2},
      {"kernel.sysrq", 1, 0},
      {"kernel.sysrq", 438, 0},
      {"kernel.unprivileged_bpf_disabled", 0, 1},
      {"kernel.unprivileged_userns_apparmor_policy", 0, 1},
      {"kernel.unprivileged_userns_clone", 1, 0},
      {"kernel.yama.ptrace_scope", 0, 1},
      {"net.core.bpf_jit_enable", 2, 1},
      {"net.core.bpf_jit_harden", 0, 1},
      {"net.core.bpf_jit_kallsyms", 1, 0},
      {"user.max_user_namespaces", 1, 0},
      {"vm.legacy_va_layout", 1, 0},
      {"vm.memfd_noexec", 0, 1},
      {"vm.mmap_min_addr", 32767, 32768},
      {"vm.unprivileged_userfaultfd", 1, 0},
  };
  std::set<std::string_view> tried;
  for (const auto& one : cases) {
    tried.insert(one.name);
    EXPECT_TRUE(loosens(one.name, number(one.open))) << one.name;
    EXPECT_FALSE(loosens(one.name, number(one.safe))) << one.name << " = " << one.safe;
    EXPECT_TRUE(is_listed(one.name)) << one.name << " can be made stricter without allow_unlisted";
  }
  for (const SysctlHarm& row : sysctl_harms())
    EXPECT_TRUE(row.harm != Class::Loosens || tried.contains(row.name)) << row.name;
}

// The kernel parses "0x0", "00", "0 x" and a list as 0: it stops at the first character that is not
// part of a number.
TEST(SysctlDoors, ProtectionsAcceptOnlyASingleNumber) {
  for (const char* text : {"0x0", "00", "0 x", "2", "", "|/some/program"})
    EXPECT_TRUE(loosens("kernel.kptr_restrict", exactly(std::string(text)))) << text;
  EXPECT_TRUE(loosens("kernel.kptr_restrict", exactly(Integers{2, 0})));
  EXPECT_TRUE(loosens("kernel.kptr_restrict", exactly(Integers{})));
  EXPECT_TRUE(loosens("kernel.kptr_restrict", exactly(true)));
  EXPECT_FALSE(loosens("kernel.kptr_restrict", exactly(Integers{2})));
  EXPECT_TRUE(loosens("kernel.kptr_restrict", exactly(Integers{0})));
}

TEST(SysctlDoors, ProtectionsMayOnlyBeBoundedTowardsTheSafeSide) {
  const std::int64_t zero = 0;
  const std::int64_t one = 1;
  EXPECT_FALSE(loosens("kernel.kptr_restrict", at_least(zero))) << "it never lowers";
  EXPECT_FALSE(loosens("kernel.kptr_restrict", at_least(one)));
  EXPECT_TRUE(loosens("kernel.kptr_restrict", at_most(zero)));
  EXPECT_FALSE(loosens("kernel.kptr_restrict", at_most(one)));
  EXPECT_TRUE(loosens("kernel.perf_event_paranoid", at_most(one)));
  EXPECT_TRUE(loosens("user.max_user_namespaces", at_least(one)));
  EXPECT_FALSE(loosens("user.max_user_namespaces", at_most(std::int64_t{15000})));
  EXPECT_TRUE(loosens("kernel.sysrq", at_most(std::int64_t{64}))) << "a mask has no order";
  EXPECT_TRUE(loosens("kernel.sysrq", at_least(std::int64_t{64})));
  EXPECT_TRUE(loosens("fs.suid_dumpable", at_most(one)));
  EXPECT_TRUE(loosens("fs.suid_dumpable", at_least(one)));
}

TEST(SysctlDoors, SettingsThatOnlyARebootUndoesCauseAWarning) {
  EXPECT_NE(harm("kernel.kexec_load_disabled", number(1)), "");
  EXPECT_NE(harm("kernel.kexec_load_limit_panic", number(0)), "");
  EXPECT_NE(harm("kernel.unprivileged_bpf_disabled", number(1)), "");
  EXPECT_EQ(harm("kernel.unprivileged_bpf_disabled", number(2)), "");
  EXPECT_NE(harm("kernel.yama.ptrace_scope", number(3)), "");
  EXPECT_EQ(harm("kernel.yama.ptrace_scope", number(2)), "");
}

TEST(SysctlDoors, OnlyNetVmTheCatalogueAndProtectionsAreListed) {
  for (const char* name : {"net.core.rmem_max", "net.no.such", "vm.swappiness", "fs.file-max",
                           "kernel.numa_balancing", "kernel.kptr_restrict"})
    EXPECT_TRUE(is_listed(name)) << name;
  for (const char* name : {"kernel.pid_max", "kernel.panic_on_oops", "kernel.hostname", "fs.file",
                           "abi.vsyscall32", "user.max_net_namespaces", "network.core.rmem_max",
                           "vmx.swappiness", "kernel.net.core", "sunrpc.tcp_slot_table_entries"})
    EXPECT_FALSE(is_listed(name)) << name;
}

TEST(SysctlHarms, AreNeverSuggested) {
  for (const char* name : {"net.ipv4.tcp_mem", "net.ipv4.udp_mem", "net.ipv4.tcp_tw_recycle",
                           "net.ipv4.tcp_sack", "net.ipv4.tcp_syncookies"})
    EXPECT_TRUE(is_never_suggested(name)) << name;
  for (const char* name : {"net.core.somaxconn", "net.ipv4.tcp_rmem", "net.ipv4.tcp_ecn",
                           "net.core.default_qdisc", "net.ipv4.no_such"})
    EXPECT_FALSE(is_never_suggested(name)) << name;
}

}  // namespace
}  // namespace tuner
