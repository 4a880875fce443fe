#include "host/facts/module_state.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;

constexpr const char* kRelease = "6.1.0-32-amd64";

// A machine with tls installed as a module and not loaded.
FakeMachine stock() {
  FakeMachine machine;
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp", "espintcp mptcp");
  machine.set("/proc/sys/kernel/modules_disabled", "0");
  machine.set("/boot/config-6.1.0-32-amd64", "CONFIG_TLS=m");
  machine.set("/lib/modules/6.1.0-32-amd64/modules.builtin", "kernel/net/ipv4/tcp_cubic.ko");
  machine.set("/lib/modules/6.1.0-32-amd64/modules.dep",
              "kernel/net/x.ko: kernel/y.ko\nkernel/net/tls/tls.ko.xz:");
  return machine;
}

ModuleFacts state_of(const FakeMachine& machine, std::string_view module = "tls") {
  return module_state(machine.host().files(), module, kRelease);
}

TEST(ModuleState, AnInstalledModuleIsLoadable) {
  const ModuleFacts facts = state_of(stock());
  EXPECT_EQ(facts.state, ModuleState::Loadable);
  EXPECT_EQ(facts.because, "/lib/modules/6.1.0-32-amd64/kernel/net/tls/tls.ko.xz");
}

TEST(ModuleState, ALoadedModuleIsLive) {
  FakeMachine machine = stock();
  machine.set("/sys/module/tls/initstate", "live");
  EXPECT_EQ(state_of(machine).state, ModuleState::Live);
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp", "espintcp mptcp tls");
  EXPECT_EQ(state_of(machine).state, ModuleState::Live);
  EXPECT_EQ(state_of(machine).because, "listed in /proc/sys/net/ipv4/tcp_available_ulp");
}

TEST(ModuleState, AnUlpWithoutALoadedModuleIsBuiltIn) {
  FakeMachine machine = stock();
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp", "mptcp tls");
  EXPECT_EQ(state_of(machine).state, ModuleState::BuiltIn);
}

TEST(ModuleState, OnlyTlsIsLookedUpInTheUlpList) {
  FakeMachine machine = stock();
  EXPECT_EQ(state_of(machine, "mptcp").state, ModuleState::Missing);
}

TEST(ModuleState, AModuleThatIsComingOrGoingIsNotLive) {
  FakeMachine machine = stock();
  machine.set("/sys/module/tls/initstate", "going");
  EXPECT_EQ(state_of(machine).state, ModuleState::Unknown);
  EXPECT_EQ(state_of(machine).because, "/sys/module/tls/initstate is 'going'");
}

TEST(ModuleState, AModuleInModulesBuiltinIsBuiltIn) {
  EXPECT_EQ(state_of(stock(), "tcp_cubic").state, ModuleState::BuiltIn);
}

TEST(ModuleState, ADeniedModuleHasTheLineThatDeniesIt) {
  FakeMachine machine = stock();
  machine.set("/etc/modprobe.d/cis.conf", "install tls /bin/false");
  EXPECT_EQ(state_of(machine).state, ModuleState::DenyListed);
  EXPECT_EQ(state_of(machine).because, "/etc/modprobe.d/cis.conf:1: install tls /bin/false");
}

TEST(ModuleState, DisabledModuleLoadingIsLocked) {
  FakeMachine machine = stock();
  machine.set("/proc/sys/kernel/modules_disabled", "1");
  EXPECT_EQ(state_of(machine).state, ModuleState::Locked);
}

TEST(ModuleState, ConfiguredButNotInstalledIsMissing) {
  FakeMachine machine = stock();
  machine.set("/lib/modules/6.1.0-32-amd64/modules.dep", "kernel/net/x.ko:");
  EXPECT_EQ(state_of(machine).state, ModuleState::Missing);
  EXPECT_NE(state_of(machine).because.find("CONFIG_TLS=m"), std::string::npos);
  EXPECT_NE(state_of(machine).because.find("no tls.ko in /lib/modules/6.1.0-32-amd64/modules.dep"),
            std::string::npos);
}

TEST(ModuleState, NotBuiltIsReadFromTheConfiguration) {
  FakeMachine machine = stock();
  machine.remove("/lib/modules");
  machine.set("/boot/config-6.1.0-32-amd64", "# CONFIG_TLS is not set");
  EXPECT_EQ(state_of(machine).state, ModuleState::NotBuilt);
  EXPECT_EQ(state_of(machine).because, "/boot/config-6.1.0-32-amd64: CONFIG_TLS is not set");
  machine.set("/boot/config-6.1.0-32-amd64", "CONFIG_TLS=y");
  EXPECT_EQ(state_of(machine).state, ModuleState::BuiltIn);
}

TEST(ModuleState, WithoutModulesAndConfigurationItIsMissing) {
  FakeMachine machine;
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp", "mptcp");
  EXPECT_EQ(state_of(machine).state, ModuleState::Missing);
  EXPECT_TRUE(state_of(machine).because.starts_with("no module directory /lib/modules/6.1"));
  machine.set("/proc/config.gz", "compressed");
  EXPECT_NE(state_of(machine).because.find("zgrep CONFIG_TLS /proc/config.gz"), std::string::npos);
}

TEST(ModuleState, AnUnreadableFileMeansUnknown) {
  FakeMachine machine = stock();
  machine->unreadable.insert("/lib/modules/6.1.0-32-amd64/modules.dep");
  EXPECT_EQ(state_of(machine).state, ModuleState::Unknown);
  EXPECT_NE(state_of(machine).because.find("Permission denied"), std::string::npos);
}

TEST(ModuleState, InvalidNamesFindNothing) {
  for (const char* name : {"", "..", "a/b", "tls.ko"})
    EXPECT_NE(state_of(stock(), name).state, ModuleState::Live) << name;
}

TEST(ModuleState, ALiveModuleNeedsTwoReads) {
  FakeMachine machine = stock();
  machine.set("/sys/module/tls/initstate", "live");
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp", "tls");
  machine.forget();
  state_of(machine);
  EXPECT_EQ(machine->reads.size(), 2U);
}

ModuleFacts installed(const FakeMachine& machine, std::string_view module = "tls") {
  return installed_module(machine.host().files(), module, kRelease);
}

TEST(InstalledModule, IsReadFromTheModuleLists) {
  FakeMachine machine = stock();
  machine.set("/sys/module/none_such/initstate", "live");
  EXPECT_EQ(installed(machine).state, ModuleState::Loadable);
  EXPECT_EQ(installed(machine, "tcp-cubic").state, ModuleState::BuiltIn);
  EXPECT_EQ(installed(machine, "none_such").state, ModuleState::Missing);
  EXPECT_EQ(installed(machine, "none_such").because,
            "no none_such.ko in /lib/modules/6.1.0-32-amd64/modules.dep");
  machine.set("/etc/modprobe.d/x.conf", "blacklist tls");
  EXPECT_EQ(installed(machine).state, ModuleState::DenyListed);
}

TEST(InstalledModule, IsUnknownIfAListIsIncomplete) {
  const std::string folder = "/lib/modules/6.1.0-32-amd64";
  for (const char* list : {"/modules.dep", "/modules.builtin"}) {
    FakeMachine cut = stock();
    cut->files[folder + list] = "kernel/net/ip";
    EXPECT_EQ(installed(cut, "none_such").state, ModuleState::Unknown) << list;
    EXPECT_NE(installed(cut, "none_such").because.find(list), std::string::npos);
    FakeMachine empty = stock();
    empty->files[folder + list] = "";
    EXPECT_EQ(installed(empty, "none_such").state == ModuleState::Unknown,
              std::string_view(list) == "/modules.dep");
    FakeMachine machine = stock();
    machine.remove(folder + list);
    EXPECT_EQ(installed(machine, "none_such").state, ModuleState::Unknown) << list;
  }
  FakeMachine machine = stock();
  machine->files[folder + "/modules.builtin"] = "kernel/net/ip";
  EXPECT_EQ(installed(machine).state, ModuleState::Loadable) << "it is in modules.dep";
  machine.remove("/lib/modules");
  EXPECT_EQ(installed(machine).state, ModuleState::Unknown);
  EXPECT_EQ(installed(machine).because, "/lib/modules/6.1.0-32-amd64 does not exist");
}

}  // namespace
}  // namespace tuner
