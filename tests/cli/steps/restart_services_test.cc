#include "cli/steps/restart_services.h"

#include "knobs/service_files.h"
#include "support/fake_host.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using testing::FakeState;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Services a, b and c that run and listen.
class RestartServices : public ::testing::Test {
 protected:
  RestartServices() {
    for (const char* unit : {"a.service", "b.service", "c.service"}) {
      machine_->unit_states[unit] = {.active = "active", .result = "success"};
      machine_->units[unit] = [this, unit](FakeState&) {
        restarted_.emplace_back(unit);
        return Outcome{};
      };
      listeners_[unit] = {"0.0.0.0:443"};
    }
  }

  Outcome restart() {
    Host host = machine_.host();
    return restart_services(
        host, {"a.service", "b.service", "c.service"},
        {.listeners =
             [this](const std::string& unit) { return Result<Listeners>(listeners_[unit]); },
         .revert =
             [this](const std::string& unit) {
               reverted_.push_back(unit);
               return revert_result_;
             },
         .say = [this](std::string_view line) { said_.emplace_back(line); }});
  }

  testing::FakeMachine machine_ = testing::two_node_machine();
  std::map<std::string, Listeners> listeners_;
  std::vector<std::string> restarted_, reverted_, said_;
  Outcome revert_result_;
};

TEST_F(RestartServices, IsOneAfterTheOther) {
  ASSERT_TRUE(restart());
  EXPECT_THAT(restarted_, ElementsAre("a.service", "b.service", "c.service"));
  EXPECT_THAT(reverted_, IsEmpty());
  EXPECT_THAT(said_, ElementsAre(HasSubstr("restarted a.service"), HasSubstr("b.service"),
                                 HasSubstr("c.service")));
}

TEST_F(RestartServices, LeavesAServiceThatDoesNotRunAlone) {
  machine_->unit_states["b.service"].active = "inactive";
  ASSERT_TRUE(restart());
  EXPECT_THAT(restarted_, ElementsAre("a.service", "c.service"));
  EXPECT_THAT(said_[1], HasSubstr("b.service does not run"));
}

TEST_F(RestartServices, RevertsTheFirstThatFailsAndStops) {
  machine_->units["b.service"] = [&](FakeState& state) {
    restarted_.emplace_back("b.service");
    const bool fails = reverted_.empty();
    state.unit_states["b.service"].active = fails ? "failed" : "active";
    return Outcome{};
  };
  const auto done = restart();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text,
              HasSubstr("b.service did not come back after its restart (it is not active); its "
                        "drop-ins were reverted and it was started without them; not restarted: "
                        "c.service"));
  EXPECT_THAT(restarted_, ElementsAre("a.service", "b.service", "b.service"));
  EXPECT_THAT(reverted_, ElementsAre("b.service"));
}

TEST_F(RestartServices, RevertsOneThatListensNoMore) {
  listeners_["a.service"] = {"0.0.0.0:443", "0.0.0.0:80"};
  machine_->units["a.service"] = [&](FakeState&) {
    listeners_["a.service"] = {"0.0.0.0:80", "0.0.0.0:8080"};
    return Outcome{};
  };
  const auto done = restart();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text, HasSubstr("it does not listen on 0.0.0.0:443"));
  EXPECT_THAT(reverted_, ElementsAre("a.service"));
}

TEST_F(RestartServices, WaitsForOneThatIsSlow) {
  machine_->units["a.service"] = [&](FakeState& state) {
    state.unit_states["a.service"].active = "activating";
    return Outcome{};
  };
  int sleeps = 0;
  machine_->on_sleep = [&] {
    if (++sleeps == 40) machine_->unit_states["a.service"].active = "active";
  };
  EXPECT_TRUE(restart());
}

TEST_F(RestartServices, RevertsOneThatEndsASecondLater) {
  machine_->units["a.service"] = [&](FakeState&) {
    machine_->on_sleep = [&, n = 0]() mutable {
      if (++n == 2) machine_->unit_states["a.service"].active = "failed";
    };
    return Outcome{};
  };
  const auto done = restart();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text, HasSubstr("it did not stay active"));
}

TEST_F(RestartServices, SaysWhatCouldNotBeReverted) {
  machine_->units["a.service"] = [](FakeState&) {
    return Outcome(fail(Fault::Io, "systemctl restart ended with 1"));
  };
  revert_result_ = fail(Fault::Io, "the disk is full");
  const auto done = restart();
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text,
              HasSubstr("(systemctl restart ended with 1); its drop-ins could not be reverted: "
                        "the disk is full"));
  revert_result_ = {};
  EXPECT_THAT(restart().error().text, HasSubstr("it does not start without them either"));
}

// The process began 4,000 s after boot.
TEST(ServiceAge, IsComparedWithTheDropInOfThisBoot) {
  testing::FakeMachine machine = testing::two_node_machine();
  machine.set("/proc/77/stat", "77 (nginx) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 400000 0 0");
  machine->unit_states["nginx.service"] = {.active = "active", .result = "success", .main_pid = 77};
  const std::string path = drop_in_path(ServicePlace::Etc, "nginx.service", kKtlsDropIn);
  const auto behind = [&](const std::string& boot, std::int64_t ms) {
    machine.set(path, ktls_drop_in(ServicePlace::Etc, "nginx.service",
                                   {.boot_id = boot, .ms_since_boot = ms}));
    return runs_without_drop_in(machine.host(), "nginx.service").value();
  };
  const std::string boot(testing::kFakeBootId);
  EXPECT_FALSE(runs_without_drop_in(machine.host(), "nginx.service").value()) << "there is none";
  EXPECT_TRUE(behind(boot, 4'000'001));
  EXPECT_FALSE(behind(boot, 3'999'999));
  EXPECT_FALSE(behind("another", 4'000'001)) << "this boot began with it";
  behind(boot, 4'000'001);
  machine->unit_states["nginx.service"].active = "inactive";
  EXPECT_FALSE(runs_without_drop_in(machine.host(), "nginx.service").value());
  machine->unit_states["nginx.service"].active = "active";
  machine.remove("/proc/77/stat");
  EXPECT_FALSE(runs_without_drop_in(machine.host(), "nginx.service")) << "that is not known";
  machine->unit_states.clear();
  EXPECT_FALSE(runs_without_drop_in(machine.host(), "nginx.service")) << "without systemd, too";
}

}  // namespace
}  // namespace tuner
