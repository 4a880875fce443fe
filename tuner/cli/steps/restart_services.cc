#include "cli/steps/restart_services.h"

#include "base/text.h"
#include "cli/steps/sync.h"
#include "engine/rollback.h"
#include "host/facts/collect.h"
#include "host/files/small_files.h"
#include "host/net/socket_address.h"
#include "host/process/process.h"
#include "host/sockets/collect.h"
#include "knobs/catalog.h"
#include "knobs/service_files.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>

namespace tuner {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{100};
constexpr milliseconds kSettled{1000};  // a program that refuses its configuration ends at once
constexpr milliseconds kLimit{15'000};

std::string unit_of(const Subject& subject) {
  return subject.name.substr(0, subject.name.find('/'));
}

std::vector<std::string> sorted(const std::set<std::string>& units) {
  return {units.begin(), units.end()};
}

// When the last of this program's drop-ins for the unit was written in this boot; nullopt: none
// was.
std::optional<std::int64_t> last_written(const FileTree& files, const std::string& unit) {
  const std::string boot_id = read_word(files, "/proc/sys/kernel/random/boot_id");
  std::optional<std::int64_t> last;
  for (const ServicePlace place : {ServicePlace::Run, ServicePlace::Etc}) {
    for (const std::string_view name : {kKtlsDropIn, kNearDropIn}) {
      const auto text = files.read(drop_in_path(place, unit, name));
      const auto written = text ? written_at(*text) : std::nullopt;
      if (written && written->boot_id == boot_id)
        last = std::max(last.value_or(0), written->ms_since_boot);
    }
  }
  return last;
}

bool is_up(const Host& host, const std::string& unit) {
  const auto state = host.services().state(unit);
  return state && state->active == "active";
}

// Empty: the unit is back. Otherwise why not.
std::string why_not_back(Host& host, const std::string& unit, const Listeners& before,
                         const RestartHooks& hooks) {
  const milliseconds end = host.clock().since_boot() + kLimit;
  std::string why;
  do {
    // systemd may call a service active before it listens.
    host.clock().sleep(kPause);
    if (!is_up(host, unit)) {
      why = "it is not active";
      continue;
    }
    const auto now = hooks.listeners(unit);
    if (!now) return fmt::format("where it listens cannot be told: {}", now.error().text);
    std::vector<std::string> missing;
    // More listening sockets than before are no fault.
    std::ranges::set_difference(before, *now, std::back_inserter(missing));
    why = missing.empty() ? "" : fmt::format("it does not listen on {}", join(missing, ", "));
  } while (!why.empty() && host.clock().since_boot() < end);
  if (!why.empty()) return why;
  host.clock().sleep(kSettled);
  return is_up(host, unit) ? "" : "it did not stay active";
}

std::string what_was_reverted(Host& host, const std::string& unit, const RestartHooks& hooks) {
  if (const auto taken = hooks.revert(unit); !taken)
    return fmt::format("its drop-ins could not be reverted: {}", taken.error().text);
  if (const auto started = host.services().restart(unit); !started)
    return fmt::format("its drop-ins were reverted, and it does not start without them either: {}",
                       started.error().text);
  return "its drop-ins were reverted and it was started without them";
}

Outcome restart_one(Host& host, const std::string& unit, const RestartHooks& hooks) {
  if (!is_up(host, unit)) {
    hooks.say(fmt::format("{} does not run; its next start has the drop-ins", unit));
    return {};
  }
  const auto before = TRY(hooks.listeners(unit));
  const auto restarted = host.services().restart(unit);
  const std::string why =
      restarted ? why_not_back(host, unit, before, hooks) : restarted.error().text;
  if (why.empty()) {
    hooks.say(fmt::format("restarted {}: active, with {} listening sockets as before", unit,
                          before.size()));
    return {};
  }
  return fail(Fault::Io,
              fmt::format("{} did not come back after its restart ({}); {}", unit, why,
                          what_was_reverted(host, unit, hooks)),
              fmt::format("journalctl -u {} has its words; the profile still has it, so the next "
                          "apply sets it again",
                          unit));
}

Result<Listeners> listeners_of(const Host& host, const std::string& unit) {
  const auto found = TRY(collect_tls_sockets(
      host.files(), {.listeners = true, .until = std::chrono::steady_clock::now() + kLimit}));
  Listeners all;
  for (const TlsSocket& socket : found.listeners) {
    if (socket.service == unit) all.insert(local_text(socket.socket.ends));
  }
  return all;
}

Outcome revert(Context& context, const std::string& unit) {
  const auto lock = TRY(take_lock(context, context.options.timeout));
  const HostIdentity identity = collect_identity(context.host);
  Journal journal = TRY(Journal::load(context.store, identity.boot_id, identity.net_namespace));
  RollbackOptions options;
  for (const Journal::Entry& entry : journal.entries()) {
    if (entry.subject.knob == "services" && unit_of(entry.subject) == unit)
      options.keys.insert(entry.subject.key);
  }
  const RollbackReport report =
      TRY(rollback(context.host, context.store, journal, catalog(), options));
  if (report.journal_error) return fail(*report.journal_error);
  for (const Step& step : report.steps) {
    if (step.status != Status::Done && step.status != Status::InSync)
      return fail(Fault::Io, fmt::format("{}: {}", step.desired.subject.name, step.because));
  }
  return {};
}

}  // namespace

std::vector<std::string> service_units(const std::vector<Step>& steps) {
  std::set<std::string> units;
  for (const Step& step : steps) {
    const bool set = step.status == Status::Done || step.status == Status::InSync;
    if (step.desired.subject.knob == "services" && set) units.insert(unit_of(step.desired.subject));
  }
  return sorted(units);
}

std::vector<std::string> service_units(const Journal& journal) {
  std::set<std::string> units;
  for (const Journal::Entry& entry : journal.entries()) {
    if (entry.subject.knob == "services" && entry.written()) units.insert(unit_of(entry.subject));
  }
  return sorted(units);
}

Result<bool> runs_without_drop_in(const Host& host, const std::string& unit) {
  const auto written = last_written(host.files(), unit);
  if (!written) return false;
  const UnitState state = TRY(host.services().state(unit));
  if (state.active != "active" || state.main_pid == 0) return false;
  const auto stat = read_process_stat(host.files(), state.main_pid);
  if (!stat)
    return fail(Fault::Io,
                fmt::format("the main process {} of {} cannot be looked at", state.main_pid, unit));
  // starttime counts clock ticks since boot (proc_pid_stat(5)).
  const std::int64_t started = stat->identity.start * 1000 / ::sysconf(_SC_CLK_TCK);
  return started < *written;
}

Outcome restart_services(Host& host, const std::vector<std::string>& units,
                         const RestartHooks& hooks) {
  for (auto unit = units.begin(); unit != units.end(); ++unit) {
    auto done = restart_one(host, *unit, hooks);
    if (done) continue;
    Error error = done.error();
    const std::vector<std::string> left(unit + 1, units.end());
    if (!left.empty()) error.text += fmt::format("; not restarted: {}", join(left, ", "));
    return fail(std::move(error));
  }
  return {};
}

RestartHooks restart_hooks(Context& context) {
  return {.listeners = [&](const std::string& unit) { return listeners_of(context.host, unit); },
          .revert = [&](const std::string& unit) { return revert(context, unit); },
          .say = [&](std::string_view line) { context.terminal.talk(line); }};
}

}  // namespace tuner
