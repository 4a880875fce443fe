#include "engine/gate.h"

#include "engine/rig.h"
#include "host/programs/collect.h"
#include "knobs/catalog.h"
#include "support/elf_file.h"
#include "support/fake_host.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeMachine;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Rig;
using testing::two_node_machine;

// A machine on which lighttpd starts at boot, with TLS and OpenSSL 3.0.
FakeMachine machine_with_lighttpd() {
  FakeMachine machine = two_node_machine();
  machine.set("/proc/1/maps", "");
  machine.set("/etc/systemd/system/multi-user.target.wants/lighttpd.service", "");
  machine.set("/usr/lib/systemd/system/lighttpd.service",
              "[Service]\nExecStart=/usr/sbin/lighttpd -D -f /etc/lighttpd/lighttpd.conf\n");
  machine.set("/usr/sbin/lighttpd", testing::elf_file("libc.so.6", {}));
  machine.set("/usr/lib/lighttpd/mod_openssl.so", testing::elf_file("libssl.so.3", {"SSL_set_fd"}));
  machine.set("/usr/lib/x86_64-linux-gnu/libssl.so.3", "");
  machine.set("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "OpenSSL 3.0.19 27 Jan 2026");
  machine.set("/etc/lighttpd/lighttpd.conf", "ssl.engine = \"enable\"");
  return machine;
}

struct Judged {
  Step step;
  std::vector<std::string> notes;
};

// The step that loads a module, judged.
Judged judged(const FakeMachine& machine, std::optional<SafetyRule> rule,
              std::vector<AcceptedRisk> accepted = {}, const std::string& module = "tls",
              Status status = Status::Change) {
  Profile profile;
  profile.key_update = rule;
  const PlanOptions options{.accepted_risks = std::move(accepted)};
  const Host host = machine.host();
  Judged it;
  it.step.desired.subject = {.knob = "module", .key = "module:" + module, .place = module};
  it.step.status = status;
  it.step.target = true;
  Gate(host, profile, options).judge(*knob_named(catalog(), "module"), it.step, it.notes);
  return it;
}

TEST(Gate, BlocksTheModuleWhileAProgramWouldSuffer) {
  const Judged it = judged(machine_with_lighttpd(), SafetyRule::Require);
  EXPECT_EQ(it.step.status, Status::Blocked);
  EXPECT_THAT(it.step.because, AllOf(HasSubstr("lighttpd"), HasSubstr("KeyUpdate")));
  EXPECT_THAT(it.step.observed.hint,
              AllOf(HasSubstr("-KTLS"), HasSubstr("--accept-risk key-update")));
}

// A recording of the machine has no files of programs, but what a look at them gave.
TEST(Gate, AsksForTheProgramsWhereItIsGivenThem) {
  const PlanOptions options{
      .programs = [] { return collect_programs(machine_with_lighttpd().host().files()); }};
  Profile profile;
  profile.key_update = SafetyRule::Require;
  const FakeMachine machine = two_node_machine();
  const Host host = machine.host();
  Judged it = judged(machine, SafetyRule::Require);
  EXPECT_EQ(it.step.status, Status::Change) << "of its own it has no program";
  Gate(host, profile, options).judge(*knob_named(catalog(), "module"), it.step, it.notes);
  EXPECT_EQ(it.step.status, Status::Blocked);
  EXPECT_THAT(it.step.because, HasSubstr("lighttpd"));
}

TEST(Gate, WarnsUnlessTheProfileRequiresSafety) {
  for (const auto rule : {std::optional(SafetyRule::Warn), std::optional<SafetyRule>()}) {
    const Judged it = judged(machine_with_lighttpd(), rule);
    EXPECT_EQ(it.step.status, Status::Change);
    EXPECT_THAT(it.notes, ElementsAre(AllOf(HasSubstr("warning: lighttpd"), HasSubstr("-KTLS"))));
  }
}

TEST(Gate, LooksAtNoProgramIfTheProfileIgnoresIt) {
  const FakeMachine machine = machine_with_lighttpd();
  machine->reads.clear();
  const Judged it = judged(machine, SafetyRule::Ignore);
  EXPECT_EQ(it.step.status, Status::Change);
  EXPECT_THAT(it.notes, IsEmpty());
  EXPECT_THAT(machine->reads, IsEmpty());
}

TEST(Gate, LetsAnAcceptedRiskThroughAndStillNamesIt) {
  const Judged it = judged(machine_with_lighttpd(), SafetyRule::Require, {AcceptedRisk::KeyUpdate});
  EXPECT_EQ(it.step.status, Status::Change);
  EXPECT_THAT(it.notes, ElementsAre(HasSubstr("accepted: lighttpd")));
  // Another risk is not this one.
  EXPECT_EQ(
      judged(machine_with_lighttpd(), SafetyRule::Require, {AcceptedRisk::Breaks}).step.status,
      Status::Blocked);
}

TEST(Gate, ConcernsOnlyAWriteThatBringsKernelTls) {
  const FakeMachine machine = machine_with_lighttpd();
  machine->reads.clear();
  EXPECT_EQ(judged(machine, SafetyRule::Require, {}, "tcp_bbr").step.status, Status::Change);
  EXPECT_EQ(judged(machine, SafetyRule::Require, {}, "tls", Status::InSync).step.status,
            Status::InSync);
  EXPECT_THAT(machine->reads, IsEmpty());  // a check of a host in sync does not pay
}

TEST(Gate, BlocksTheFileThatLoadsItAtBoot) {
  const Knob& persist = *knob_named(catalog(), "persist");
  const Subject file{.knob = "persist", .place = "/etc/modules-load.d/ktls-tuner.conf"};
  ASSERT_NE(persist.brings_ktls, nullptr);
  EXPECT_TRUE(persist.brings_ktls({file, std::string("# x\ntls\n")}));
  EXPECT_FALSE(persist.brings_ktls({file, std::string("# tls\ntcp_bbr\n")}));
  EXPECT_FALSE(persist.brings_ktls({file, Absent()}));
  const Subject other{.knob = "persist", .place = "/etc/sysctl.d/90-ktls-tuner.conf"};
  EXPECT_FALSE(persist.brings_ktls({other, std::string("tls")}));
}

TEST(Gate, AnApplyAndItsPlanLookAtProgramsOnce) {
  Rig rig;
  rig.machine.set("/proc/1/maps", "");
  rig.machine.forget();
  Profile profile;
  profile.name = "one";
  profile.modules = {{"tls", {.goal = {.op = Goal::Op::Exactly, .value = true}, .origin = {}}}};
  EXPECT_EQ(rig.apply(profile).end, ApplyReport::End::Applied);
  EXPECT_EQ(rig.machine.reads_below("/proc/1/maps"), 1);
}

// The option in its configuration is what the program suffers by, whatever the kernel has.
TEST(Gate, BlocksTheOptionOfAServiceThatAPeerCouldBreak) {
  Rig rig;
  rig.machine.set("/etc/nginx/nginx.conf",
                  "http { server { listen 443 ssl; ssl_protocols TLSv1.3; } }");
  Profile profile;
  profile.name = "one";
  profile.services = {{"nginx.service/ktls", testing::exactly(std::string("on"))}};
  const auto plan_with = [&](SafetyRule rule, std::vector<AcceptedRisk> accepted = {}) {
    profile.key_update = rule;
    return rig.plan(profile, {.accepted_risks = std::move(accepted)});
  };
  const Plan blocked = plan_with(SafetyRule::Require);
  EXPECT_EQ(blocked.steps[0].status, Status::Blocked);
  EXPECT_THAT(blocked.steps[0].because, HasSubstr("nginx (nginx.service"));
  EXPECT_THAT(blocked.steps[0].observed.hint,
              AllOf(HasSubstr("ssl_protocols TLSv1.2;"), HasSubstr("--accept-risk key-update")));
  const Plan accepted = plan_with(SafetyRule::Require, {AcceptedRisk::KeyUpdate});
  EXPECT_EQ(accepted.steps[0].status, Status::Change);
  EXPECT_THAT(accepted.notes, Contains(HasSubstr("accepted: nginx")));
  const Plan warned = plan_with(SafetyRule::Warn);
  EXPECT_EQ(warned.steps[0].status, Status::Change);
  EXPECT_THAT(warned.notes, Contains(HasSubstr("ways out: only TLS 1.2")));
  EXPECT_THAT(plan_with(SafetyRule::Ignore).notes, IsEmpty());
}

TEST(Gate, SaysWhatItCouldNotLookAt) {
  FakeMachine machine = two_node_machine();
  machine.set("/proc/77/maps", "");
  machine->unreadable.insert("/proc/77/maps");
  const Judged it = judged(machine, SafetyRule::Require);
  EXPECT_EQ(it.step.status, Status::Change);
  EXPECT_THAT(it.notes,
              Contains(AllOf(HasSubstr("1 process was not looked at"), HasSubstr("is not known"))));
}

}  // namespace
}  // namespace tuner
