// What irqbalance may do to the interrupts that this program places: move them (leave), nothing
// (ban: only the placed NICs are excluded, all other interrupts stay balanced), or not run at all
// (require-off). This program never stops irqbalance: other devices would lose their balancing, so
// that is the administrator's decision.
#include "base/text.h"
#include "host/facts/neighbours.h"
#include "host/facts/pci_address.h"
#include "host/files/own_programs.h"
#include "knobs/answers.h"
#include "knobs/irqbalance_unit.h"
#include "knobs/knob.h"
#include "knobs/select_nics.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace tuner {
namespace {

constexpr std::string_view kOff = "off";
constexpr std::string_view kBanned = "banned";
constexpr std::string_view kBalanced = "balanced";
constexpr std::string_view kHalfway = "banned at its next start";
constexpr std::string_view kKey = "irqbalance";
constexpr std::string_view kIrqbalanceRight = "root";

bool is_wanted(const Profile& profile, std::string_view wanted) {
  if (!profile.irqbalance) return false;
  const auto* word = std::get_if<std::string>(&profile.irqbalance->goal.value);
  return word != nullptr && *word == wanted;
}

bool irqbalance_wanted(const Profile& profile) {
  return is_wanted(profile, "require-off") || is_wanted(profile, "ban");
}

// --- require-off: `place` is the PID from the facts that the plan was made from; empty if
// irqbalance does not run.

Subject process_subject(const Facts& facts) {
  const Neighbour* running = facts.neighbour("irqbalance");
  return {.knob = std::string(kKey),
          .key = std::string(kKey),
          .name = std::string(kKey),
          .place = running == nullptr ? "" : fmt::format("{}", running->pid)};
}

// irqbalance scans every 10 s by default (its --interval).
Observation observe_process(const Subject& subject) {
  if (subject.place.empty()) return {.value = std::string(kOff), .reason = "not running"};
  const std::string running = fmt::format("running (pid {})", subject.place);
  Observation seen = blocked(
      fmt::format("irqbalance is {}: within 10 s it will move the interrupts that this profile "
                  "places",
                  running),
      "run systemctl disable --now irqbalance, or set irqbalance: ban in the profile");
  seen.value = running;
  return seen;
}

// --- ban: one subject per placed NIC; `place` is the PCI address, by which the policy script
// identifies the device.

bool is_ban(const Subject& subject) {
  return subject.key != kKey;
}

Subject ban_subject(const Nic& nic) {
  return {.knob = std::string(kKey),
          .key = fmt::format("{}:{}", kKey, nic.bus_address),
          .name = nic.name,
          .place = nic.bus_address,
          .group = std::string(kKey),
          .device = nic.key()};
}

// The NICs whose interrupts this profile places, one per PCI function (a function may have two
// ports).
std::vector<const Nic*> placed_nics(const Profile& profile, const Facts& facts) {
  std::unordered_set<const Nic*> selected;
  for (const NicEntry& entry : profile.nics) {
    if (!entry.irq_placement) continue;
    for (const SelectedNic& one : select_nics(entry.select, facts)) selected.insert(one.nic);
  }
  std::vector<const Nic*> placed;
  std::unordered_set<std::string_view> functions;
  for (const Nic& nic : facts.nics) {
    if (!nic.bus_address.empty() && selected.contains(&nic) &&
        functions.insert(nic.bus_address).second)
      placed.push_back(&nic);
  }
  return placed;
}

std::vector<DesiredSetting> expand_ban(const Profile& profile, const Facts& facts,
                                       std::vector<std::string>& notes) {
  std::vector<DesiredSetting> desired_settings;
  for (const Nic* nic : placed_nics(profile, facts)) {
    DesiredSetting desired{.subject = ban_subject(*nic), .setting = *profile.irqbalance};
    desired.setting.goal = {.op = Goal::Op::Exactly, .value = std::string(kBanned)};
    // While irqbalance does not run, nothing moves interrupts, so a missing ban is no failure.
    if (facts.neighbour("irqbalance") == nullptr) desired.setting.need = Need::Preferred;
    desired_settings.push_back(std::move(desired));
  }
  if (desired_settings.empty())
    notes.emplace_back("irqbalance: this profile places no interrupts here, so there is no ban");
  return desired_settings;
}

std::string by_hand(const Subject& subject) {
  return fmt::format(
      "start it with --policyscript={} and {} in the environment variable {}, or set irqbalance: "
      "leave",
      find_own_program(kBanScript, kKey).value_or(std::string(kBanScript)), subject.place,
      kBanVariable);
}

Observation balanced(Observation seen) {
  seen.value = std::string(kBalanced);
  return seen;
}

Observation observe_stopped(const BanState& state, const Subject& subject) {
  const bool banned = state.in_drop_in.contains(subject.place);
  if (!state.unit && !banned)
    return unsupported("irqbalance does not run, and systemd has no unit for it");
  if (!banned && !state.refused.empty()) return balanced(blocked(state.refused, by_hand(subject)));
  return {.value = std::string(banned ? kBanned : kBalanced),
          .reason = banned ? "irqbalance does not run; the ban applies when it is started"
                           : "irqbalance does not run; when started, it will balance this NIC"};
}

Observation observe_ban(const FileTree& files, const Subject& subject) {
  const BanState state = read_ban_state(files);
  if (state.pid == 0) return observe_stopped(state, subject);
  // The drop-in is no substitute: it tells what the next start would ban.
  if (state.unread) return unreadable(*state.unread, kIrqbalanceRight);
  if (state.asks_us && state.in_process.contains(subject.place))
    return {.value = std::string(kBanned)};
  const std::string running = fmt::format("irqbalance (pid {})", state.pid);
  if (!state.of_unit)
    return balanced(
        blocked(fmt::format("{} was not started by {}, so this program does not restart it",
                            running, kBanUnit),
                by_hand(subject)));
  if (!state.refused.empty()) return balanced(blocked(state.refused, by_hand(subject)));
  // A run that was killed between drop-in and restart leaves a state that is neither banned nor the
  // original.
  const bool halfway = state.in_drop_in.contains(subject.place);
  return {.value = std::string(halfway ? kHalfway : kBalanced),
          .reason = fmt::format("{} moves its interrupts", running)};
}

// Whether the restarted process is still there after 100 ms: an irqbalance that does not know
// --policyscript exits at once. Waits at most 5 s for a PID that stays the same.
bool came_up(const Host& host) {
  constexpr std::chrono::milliseconds kPause{100};
  constexpr int kTries = 50;
  int seen = 0;
  for (int i = 0; i < kTries; ++i) {
    const int pid = tuning_program_pid(host.files(), kKey);
    if (pid > 0 && pid == seen) return true;
    seen = pid;
    host.clock().sleep(kPause);
  }
  return false;
}

Outcome put_drop_in(Host& host, const std::string& text) {
  return text.empty() ? host.files().remove(kBanDropIn) : host.files().create(kBanDropIn, text);
}

// Restarts irqbalance if it runs; otherwise only reloads the units.
Outcome take_effect(Host& host, const BanState& state) {
  if (state.pid == 0) return state.unit ? host.services().reload() : Outcome{};
  TRY(host.services().restart(kBanUnit));
  if (came_up(host)) return {};
  return fail(Fault::Refused, fmt::format("{} did not stay up", kBanUnit),
              fmt::format("journalctl -u {}", kBanUnit));
}

Outcome set_bans(Host& host, const PciAddresses& devices) {
  const BanState state = read_ban_state(host.files());
  const std::string before = host.files().read(kBanDropIn).value_or("");
  std::string text;
  if (!devices.empty()) {
    const auto script = TRY(find_own_program(kBanScript, kKey));
    text = ban_drop_in(state.command, script, devices);
  }
  TRY(put_drop_in(host, text));
  auto done = take_effect(host, state);
  if (done) return {};
  // Undo: if irqbalance does not start with our option, it must not stay down.
  if (put_drop_in(host, before) && state.pid > 0)
    (void)host.services().restart(kBanUnit).has_value();
  return done;
}

std::vector<Outcome> write(Host& host, std::span<const Change> changes) {
  if (!changes.empty() && !is_ban(changes.front().subject)) {
    return std::vector<Outcome>(
        changes.size(), fail(Fault::Refused, "this program neither starts nor stops irqbalance",
                             "run systemctl disable --now irqbalance"));
  }
  PciAddresses devices = read_ban_state(host.files()).in_drop_in;
  for (const Change& change : changes) {
    if (change.value == Value(std::string(kBanned)))
      devices.insert(change.subject.place);
    else
      devices.erase(change.subject.place);
  }
  // The drop-in has the devices of all NICs, so one file and one restart serve all changes.
  auto done = set_bans(host, devices);
  std::vector<Outcome> outcomes;
  for (const Change& change : changes) {
    outcomes.push_back(
        done ? Outcome{}
             : fail(write_error(change.subject, change.value, done.error(), kIrqbalanceRight)));
  }
  return outcomes;
}

// --- both

std::vector<DesiredSetting> expand_irqbalance(const Profile& profile, const Facts& facts,
                                              std::vector<std::string>& notes) {
  if (is_wanted(profile, "ban")) return expand_ban(profile, facts, notes);
  if (!is_wanted(profile, "require-off")) return {};
  DesiredSetting desired{.subject = process_subject(facts), .setting = *profile.irqbalance};
  desired.setting.goal = {.op = Goal::Op::Exactly, .value = std::string(kOff)};
  return {desired};
}

Observation observe_irqbalance(const Host& host, const Subject& subject) {
  return is_ban(subject) ? observe_ban(host.files(), subject) : observe_process(subject);
}

// A ban is an entry in a file, so it can be restored even if its NIC is gone.
std::optional<Subject> locate_irqbalance(const Subject& recorded, const Facts& facts) {
  if (!is_ban(recorded)) return process_subject(facts);
  const std::string prefix = fmt::format("{}:", kKey);
  if (!recorded.key.starts_with(prefix)) return std::nullopt;
  const std::string address = recorded.key.substr(prefix.size());
  if (!is_pci_address(address)) return std::nullopt;
  const auto nics = facts.nics.at_address(address);
  if (!nics.empty()) return ban_subject(*nics.front());
  return Subject{.knob = std::string(kKey),
                 .key = recorded.key,
                 .name = address,
                 .place = address,
                 .group = std::string(kKey),
                 .device = recorded.device};
}

}  // namespace

Knob irqbalance_knob() {
  return {.info = {.name = "irqbalance",
                   .phase = Phase::Irqbalance,
                   .doc = "Whether irqbalance, the daemon that distributes interrupts, may move "
                          "those of the placed NICs, or run at all.",
                   .in_profile = "irqbalance",
                   .reads = "its command line and environment, its unit files",
                   .writes = "a drop-in for irqbalance.service in /run; restarts only this unit",
                   .capability = kIrqbalanceRight,
                   .needs = FactNeed::Nics | FactNeed::Neighbours},
          .wanted = irqbalance_wanted,
          .expand = expand_irqbalance,
          .observe = observe_irqbalance,
          .write = write,
          .locate = locate_irqbalance};
}

}  // namespace tuner
