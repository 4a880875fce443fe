// Whether irqbalance may run beside us. Nothing is written: stopping a daemon is the
// administrator's decision, because other devices lose their balancing with it.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/knob.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kOff = "off";

bool requires_off(const Profile& profile) {
  if (!profile.irqbalance) return false;
  const auto* word = std::get_if<std::string>(&profile.irqbalance->goal.value);
  return word != nullptr && *word == "require-off";
}

// `place` is the pid, empty when it does not run: facts are as old as this plan.
Subject subject_for(const Facts& facts) {
  const Neighbour* running = facts.neighbour("irqbalance");
  return {.knob = "irqbalance",
          .key = "irqbalance",
          .name = "irqbalance",
          .place = running == nullptr ? "" : fmt::format("{}", running->pid)};
}

std::vector<Wish> expand(const Profile& profile, const Facts& facts,
                         std::vector<std::string>& /*notes*/) {
  if (!requires_off(profile)) return {};
  Wish wish{.subject = subject_for(facts), .setting = *profile.irqbalance};
  wish.setting.goal = {.op = Goal::Op::Exactly, .value = std::string(kOff)};
  return {wish};
}

Observation observe(const Host& /*host*/, const Subject& subject) {
  if (subject.place.empty()) return {.value = std::string(kOff), .reason = "not running"};
  const std::string running = fmt::format("running (pid {})", subject.place);
  Observation seen = blocked(
      fmt::format("irqbalance is {}: it will move the interrupts that are placed here within "
                  "10 s",
                  running),
      "systemctl disable --now irqbalance, or irqbalance: leave in the profile");
  seen.value = running;
  return seen;
}

std::vector<Outcome> write(Host& /*host*/, std::span<const Change> changes) {
  return std::vector<Outcome>(
      changes.size(),
      fail(Fault::Refused, "irqbalance is neither started nor stopped by this program",
           "systemctl disable --now irqbalance"));
}

std::optional<Subject> locate(const Subject& /*recorded*/, const Facts& facts) {
  return subject_for(facts);
}

}  // namespace

Knob irqbalance_knob() {
  return {.info = {.name = "irqbalance",
                   .phase = Phase::Irqbalance,
                   .doc = "Whether irqbalance, which moves interrupts by itself, may run.",
                   .in_profile = "irqbalance",
                   .reads = "the running processes",
                   .writes = "nothing",
                   .capability = "",
                   .needs = FactNeed::Neighbours},
          .wanted = requires_off,
          .expand = expand,
          .observe = observe,
          .write = write,
          .locate = locate};
}

}  // namespace tuner
