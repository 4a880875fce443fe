// A machine with an apply --confirm-within 5s, and its guard as a separate process.
#pragma once

#include "engine/guard.h"
#include "engine/history.h"
#include "engine/rig.h"

#include <fmt/format.h>

namespace tuner::testing {

using namespace std::chrono_literals;

inline constexpr ProcessIdentity kWriter{.pid = 700, .start = 7000};
inline constexpr ProcessIdentity kGuard{.pid = 800, .start = 8000};
inline constexpr const char* kWmem = "/proc/sys/net/core/wmem_max";

inline PendingConfirm pending_in(PendingConfirm::Stage stage) {
  return {.run = "run-1",
          .boot_id = std::string(kFakeBootId),
          .profile = "whole",
          .stage = stage,
          .within = 5s,
          .deadline = 1000s,
          .writer = kWriter,
          .guard = kGuard};
}

struct GuardRig : Rig {
  std::map<std::string, std::string> start;
  std::vector<std::string> log;
  std::vector<ProcessIdentity> killed;
  PendingConfirm pending = pending_in(PendingConfirm::Stage::Starting);
  int looks_for_a_second = 0;

  GuardRig() {
    add_process({.pid = 1, .start = 1});
    start = machine.snapshot();
    add_process(kWriter);
    add_process(kGuard);
    before_first_write = [this] {
      pending.run = fmt::format("run-{}", runs);
      pending.guard = {};
      return start_guard(machine.host(), store, pending, [this](const std::string& run) {
        EXPECT_TRUE(register_guard(store, kFakeBootId, run, kGuard));
        return Outcome{};
      });
    };
    begun = [this] { return begin_applying(machine.host(), store, pending); };
  }

  void add_process(const ProcessIdentity& process, char state = 'S',
                   std::string_view name = "ktls-tuner") {
    machine.set(fmt::format("/proc/{}/stat", process.pid),
                fmt::format("{} ({}) {} 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {} 0", process.pid,
                            name, state, process.start));
  }
  // /proc shows the holder; the store only reports that the lock is held.
  void hold_lock(const ProcessIdentity& holder) {
    store.locked_by_other = true;
    machine->identities[std::string(kLockPath)] = "26:5407";
    machine.set("/proc/locks", fmt::format("1: POSIX  ADVISORY  WRITE 9 00:1a:5407 0 EOF\n"
                                           "2: FLOCK  ADVISORY  WRITE {} 00:1a:5407 0 EOF\n",
                                           holder.pid));
  }
  void end_process(const ProcessIdentity& process) {
    machine.remove(fmt::format("/proc/{}", process.pid));
  }
  // The whole verb: apply finishes and its process ends.
  void apply_and_wait(const Profile& profile = whole_profile()) {
    ASSERT_EQ(apply(profile).end, ApplyReport::End::Applied);
    ASSERT_TRUE(await_confirm(machine.host(), store, pending));
    end_process(kWriter);
  }
  GuardEnd guard(const ProcessIdentity& me = kGuard) {
    const GuardHooks hooks{.kill =
                               [this](const ProcessIdentity& process) {
                                 killed.push_back(process);
                                 end_process(process);
                                 store.locked_by_other = false;
                               },
                           .log = [this](std::string_view line) { log.emplace_back(line); },
                           .keep_second = [this] { ++looks_for_a_second; }};
    PendingConfirm announced = pending;
    announced.guard = kGuard;
    Host host = machine.host();
    return run_guard(host, store, catalog(), announced, me, hooks);
  }
  std::map<std::string, std::string> now() {
    machine.remove("/proc/locks");
    end_process(kWriter);
    end_process(kGuard);
    return machine.snapshot();
  }
  Outcome settle(PendingConfirm::Stage stage) {
    std::optional<Error> lost;
    return decide_pending(store, pending, stage, lost);
  }
  bool is_pending() const { return load_pending(store, kFakeBootId).value().has_value(); }
  HistoryEntry last() const { return read_history(store).value().entries.back(); }
};

}  // namespace tuner::testing
