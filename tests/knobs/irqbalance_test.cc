#include "host/facts/collect.h"
#include "host/files/own_programs.h"
#include "knobs/irqbalance_unit.h"
#include "knobs/knob_test.h"
#include "support/irqbalance_machine.h"

#include <algorithm>

namespace tuner::testing {
namespace {

Profile profile(std::string_view how) {
  Profile made;
  made.irqbalance = exactly(word(how));
  return made;
}

Facts facts(bool running) {
  Facts made;
  if (running) made.neighbours = {{.name = "irqbalance", .detail = "pid 412", .pid = 412}};
  return made;
}

TEST(Irqbalance, LeaveWantsNothing) {
  EXPECT_FALSE(find_knob("irqbalance")->wanted(profile("leave")));
  EXPECT_FALSE(find_knob("irqbalance")->wanted({}));
  EXPECT_TRUE(expand("irqbalance", profile("leave"), facts(true)).desired_settings.empty());
}

TEST(Irqbalance, RequireOffIsMetWhenItDoesNotRun) {
  const Expanded expanded = expand("irqbalance", profile("require-off"), facts(false));
  EXPECT_EQ(expanded.text(), "irqbalance = off\n");
  const Observation seen = observe(expanded.desired_settings[0].subject, FakeMachine().host());
  EXPECT_EQ(seen.availability, Availability::Available);
  EXPECT_TRUE(meets(seen.value, expanded.desired_settings[0].setting.goal));
}

TEST(Irqbalance, ARunningIrqbalanceBlocksAndIsNeverStopped) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const auto desired_settings =
      expand("irqbalance", profile("require-off"), facts(true)).desired_settings;
  const Observation seen = observe(desired_settings.at(0).subject, host);
  EXPECT_EQ(seen.availability, Availability::Blocked);
  EXPECT_EQ(seen.value, word("running (pid 412)"));
  EXPECT_TRUE(contains(seen.reason, "within 10 s")) << seen.reason;
  EXPECT_TRUE(contains(seen.hint, "systemctl disable --now irqbalance")) << seen.hint;
  EXPECT_EQ(write(desired_settings[0].subject, word("off"), host).error().fault, Fault::Refused);
  EXPECT_EQ(machine.fuse->count(), 0);
}

// --- ban

constexpr std::string_view kOwnCommand = "/usr/sbin/irqbalance --foreground";

Profile ban() {
  Profile made = profile("ban");
  made.nics.push_back(
      {.select = {.any_physical = true}, .irq_placement = exactly(word("numa-local-spread"))});
  return made;
}

// A machine that runs irqbalance, and the subjects of its two NICs.
struct Banning {
  explicit Banning(std::string_view arguments = "") { add_irqbalance(machine, arguments); }

  std::vector<Subject> subjects() const {
    const Host host = machine.host();
    std::vector<Subject> all;
    std::vector<std::string> notes;
    const Facts seen = collect_facts(host, find_knob("irqbalance")->info.needs);
    for (const DesiredSetting& desired : find_knob("irqbalance")->expand(ban(), seen, notes))
      all.push_back(desired.subject);
    return all;
  }

  Observation seen(std::size_t which) const {
    return observe(subjects().at(which), machine.host());
  }

  std::vector<Outcome> set(std::string_view how) {
    Host host = machine.host();
    std::vector<Change> changes;
    for (const Subject& subject : subjects()) changes.push_back({subject, word(how)});
    return find_knob("irqbalance")->write(host, changes);
  }

  FakeMachine machine = two_node_machine();
};

std::string script_option() {
  return "--policyscript=" + find_own_program(kBanScript, "a test").value_or("(none)");
}

TEST(IrqbalanceBan, OneSubjectPerPlacedNic) {
  const Facts two = two_node_facts();
  const Expanded all = expand("irqbalance", ban(), two);
  EXPECT_EQ(all.text(), "eth0 = banned\neth1 = banned\n");
  EXPECT_EQ(all.desired_settings[0].subject.key, "irqbalance:0000:81:00.0");
  EXPECT_EQ(all.desired_settings[0].subject.device, two.nic("eth0")->key());
  Profile one = ban();
  one.nics[0].select = {.names = {"eth1"}};
  EXPECT_EQ(expand("irqbalance", one, two).text(), "eth1 = banned\n");
}

TEST(IrqbalanceBan, WithoutAPlacementNoNicIsBanned) {
  const Expanded none = expand("irqbalance", profile("ban"), two_node_facts());
  EXPECT_TRUE(none.desired_settings.empty());
  EXPECT_EQ(none.notes.at(0),
            "irqbalance: this profile places no interrupts here, so there is no ban");
}

TEST(IrqbalanceBan, OneRestartForAllNicsAndTheAdministratorsArgumentsStay) {
  Banning ban("--powerthresh=4");
  EXPECT_EQ(ban.seen(0).value, word("balanced"));
  EXPECT_EQ(ban.seen(0).reason, "irqbalance (pid 412) moves its interrupts");
  for (const Outcome& outcome : ban.set("banned")) EXPECT_TRUE(outcome) << outcome.error().text;
  EXPECT_EQ(irqbalance_command(ban.machine),
            std::string(kOwnCommand) + " --powerthresh=4 " + script_option());
  EXPECT_EQ(ban.machine.text("/proc/412/environ"),
            std::string("PATH=/usr/bin\0KTLS_TUNER_BAN=0000:01:00.0 0000:81:00.0\0", 55));
  EXPECT_EQ(ban.seen(0).value, word("banned"));
  EXPECT_EQ(ban.seen(1).value, word("banned"));
  EXPECT_EQ(ban.machine->writes.size(), 2U);  // the drop-in, one restart
}

TEST(IrqbalanceBan, ARestoredBanStartsItAsBefore) {
  Banning ban("--powerthresh=4");
  const auto before = ban.machine.snapshot();
  ban.set("banned");
  for (const Outcome& outcome : ban.set("balanced")) EXPECT_TRUE(outcome) << outcome.error().text;
  EXPECT_EQ(irqbalance_command(ban.machine), std::string(kOwnCommand) + " --powerthresh=4");
  EXPECT_EQ(ban.machine.text(kBanDropIn), "(missing)");
  EXPECT_EQ(ban.seen(0).value, word("balanced"));
  EXPECT_EQ(ban.machine.snapshot(), before);
}

TEST(IrqbalanceBan, RestoringOneNicKeepsTheOtherBanned) {
  Banning ban;
  ban.set("banned");
  Host host = ban.machine.host();
  ASSERT_TRUE(write(ban.subjects().at(0), word("balanced"), host));
  EXPECT_EQ(ban.seen(0).value, word("balanced"));
  EXPECT_EQ(ban.seen(1).value, word("banned"));
}

TEST(IrqbalanceBan, TheProcessCountsNotTheFile) {
  Banning ban;
  // Killed between the drop-in and the restart.
  ban.machine.set(kBanDropIn, ban_drop_in(kOwnCommand, "/x/irqbalance-policy",
                                          {"0000:01:00.0", "0000:81:00.0"}));
  EXPECT_EQ(ban.seen(0).value, word("banned at its next start"));
  for (const Outcome& outcome : ban.set("banned")) EXPECT_TRUE(outcome) << outcome.error().text;
  EXPECT_EQ(ban.seen(0).value, word("banned"));
}

TEST(IrqbalanceBan, AnUnreadableEnvironmentIsNotReplacedByTheDropIn) {
  Banning ban;
  ban.set("banned");
  ban.machine->unreadable.insert("/proc/412/environ");
  EXPECT_EQ(ban.seen(0).availability, Availability::Unreadable);
}

TEST(IrqbalanceBan, AStoppedIrqbalanceIsBannedAtItsNextStart) {
  Banning ban;
  stop_irqbalance(ban.machine);
  EXPECT_EQ(ban.seen(0).value, word("balanced"));
  EXPECT_EQ(ban.seen(0).reason, "irqbalance does not run; when started, it will balance this NIC");
  for (const Outcome& outcome : ban.set("banned")) EXPECT_TRUE(outcome) << outcome.error().text;
  EXPECT_EQ(ban.seen(0).value, word("banned"));
  EXPECT_EQ(ban.seen(0).reason, "irqbalance does not run; the ban applies when it is started");
  EXPECT_EQ(ban.machine->writes.back(), "reload");
  EXPECT_EQ(irqbalance_command(ban.machine), "");
}

TEST(IrqbalanceBan, WithoutIrqbalanceABanIsUnsupportedAndPreferred) {
  const FakeMachine machine = two_node_machine();
  const auto desired_settings = expand("irqbalance", ban(), two_node_facts()).desired_settings;
  const Observation seen = observe(desired_settings.at(0).subject, machine.host());
  EXPECT_EQ(seen.availability, Availability::Unsupported);
  EXPECT_EQ(seen.reason, "irqbalance does not run, and systemd has no unit for it");
  EXPECT_EQ(desired_settings[0].setting.need, Need::Preferred);
}

TEST(IrqbalanceBan, AnIrqbalanceStartedByHandIsNotTouched) {
  Banning ban;
  ban.machine.set("/proc/412/cgroup", "0::/user.slice/session-1.scope");
  const Observation seen = ban.seen(0);
  EXPECT_EQ(seen.availability, Availability::Blocked);
  EXPECT_EQ(seen.reason,
            "irqbalance (pid 412) was not started by irqbalance.service, so this program "
            "does not restart it");
  EXPECT_EQ(seen.hint, "start it with " + script_option() +
                           " and 0000:81:00.0 in the environment variable KTLS_TUNER_BAN, or "
                           "set irqbalance: leave");
}

TEST(IrqbalanceBan, AnIrqbalanceStartedByHandWithOurOptionsIsInSync) {
  Banning ban;
  ban.machine.set("/proc/412/cgroup", "0::/user.slice/session-1.scope");
  ban.machine->files["/proc/412/cmdline"] =
      std::string("irqbalance\0-l\0/usr/libexec/ktls-tuner/irqbalance-policy\0", 56);
  ban.machine->files["/proc/412/environ"] = std::string("KTLS_TUNER_BAN=0000:81:00.0\0", 28);
  EXPECT_EQ(ban.seen(0).value, word("banned"));
  EXPECT_EQ(ban.seen(1).availability, Availability::Blocked);
}

TEST(IrqbalanceBan, AsTheFirstProcessOfAContainerItIsReadAsWell) {
  FakeMachine machine = two_node_machine();
  machine.set("/run/irqbalance.pid", "1");
  machine.set("/proc/1/comm", "irqbalance");
  machine->files["/proc/1/environ"] = std::string("KTLS_TUNER_BAN=0000:81:00.0\0", 28);
  const BanState state = read_ban_state(machine.host().files());
  EXPECT_EQ(state.pid, 1);
  EXPECT_EQ(state.in_process, PciAddresses{"0000:81:00.0"});
}

TEST(IrqbalanceBan, AUnitThatStartsItThroughAShellIsNotTouched) {
  Banning ban;
  ban.machine.set("/etc/systemd/system/irqbalance.service.d/own.conf",
                  "[Service]\nExecStart=\nExecStart=/bin/sh -c 'exec irqbalance'\n");
  EXPECT_EQ(ban.seen(0).availability, Availability::Blocked);
  EXPECT_EQ(ban.seen(0).reason,
            "irqbalance.service starts it with '/bin/sh -c 'exec irqbalance'', where no option "
            "can be added");
  stop_irqbalance(ban.machine);
  EXPECT_EQ(ban.seen(0).availability, Availability::Blocked);
}

TEST(IrqbalanceBan, AnIrqbalanceThatDoesNotStayUpIsStartedAsBefore) {
  Banning ban;
  const auto restart = ban.machine->units.at("irqbalance.service");
  ban.machine->units["irqbalance.service"] = [restart](FakeState& state) {
    auto done = restart(state);
    if (state.files.contains(kBanDropIn)) state.files.erase(std::string(kIrqbalanceGroup));
    return done;
  };
  const auto outcomes = ban.set("banned");
  ASSERT_FALSE(outcomes.at(0));
  EXPECT_EQ(outcomes[0].error().text,
            "eth0 cannot be set to banned: irqbalance.service did not stay up");
  EXPECT_EQ(outcomes[0].error().hint, "journalctl -u irqbalance.service");
  EXPECT_EQ(irqbalance_command(ban.machine), kOwnCommand);
  EXPECT_EQ(ban.machine.text(kBanDropIn), "(missing)");
}

TEST(IrqbalanceBan, AFailedRestartAndAReadOnlyFolderAreReported) {
  Banning ban;
  ban.machine->units["irqbalance.service"] = [](FakeState&) {
    return Outcome(fail(Fault::Io, "systemctl restart irqbalance.service ended with 1: no"));
  };
  EXPECT_EQ(ban.set("banned").at(1).error().text,
            "eth1 cannot be set to banned: systemctl restart irqbalance.service ended with 1: no");
  ban.machine->read_only.insert(std::string(kBanDropIn));
  EXPECT_TRUE(contains(ban.set("banned").at(0).error().text, "create /run/systemd"));
}

TEST(IrqbalanceBan, AMissingPolicyScriptIsNamed) {
  Banning ban;
  const OwnProgramsOverride nowhere("/nowhere");
  const auto outcomes = ban.set("banned");
  EXPECT_EQ(outcomes.at(0).error().text,
            "eth0 cannot be set to banned: irqbalance needs irqbalance-policy, which is not in "
            "/nowhere");
  EXPECT_TRUE(ban.machine->writes.empty());
}

TEST(IrqbalanceBan, ADropInWithoutTheVariableBansNothing) {
  EXPECT_TRUE(devices_of_drop_in("").empty());
  EXPECT_TRUE(devices_of_drop_in("[Service]\nNice=5 0000:81:00.0\n").empty());
  EXPECT_EQ(devices_of_drop_in("[Service]\nEnvironment=\"KTLS_TUNER_BAN=0000:81:00.0\"\n"),
            PciAddresses{"0000:81:00.0"});
}

TEST(IrqbalanceBan, AnEnvironmentWithoutTheVariableBansNothing) {
  Banning ban;
  ban.set("banned");
  ban.machine->files["/proc/412/environ"] = std::string("A=0123456789 0000:81:00.0\0", 26);
  EXPECT_NE(ban.seen(0).value, word("banned"));
}

TEST(IrqbalanceBan, TheLastPolicyScriptOfACommandLineCounts) {
  const auto script = [](std::string line) {
    std::ranges::replace(line, ' ', '\0');
    return policy_script_of(line);
  };
  EXPECT_EQ(script("irqbalance --foreground"), "");
  EXPECT_EQ(script("irqbalance --policyscript=/a"), "/a");
  EXPECT_EQ(script("irqbalance --policyscript /a"), "/a");
  EXPECT_EQ(script("irqbalance -l /a -l/b"), "/b");
  EXPECT_EQ(script("irqbalance --pol=/a --policyscript=/b -t 3"), "/b");
  EXPECT_EQ(script("irqbalance --powerthresh=3"), "");
}

}  // namespace
}  // namespace tuner::testing
