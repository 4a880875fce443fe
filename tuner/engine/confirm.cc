#include "engine/confirm.h"

#include "base/duration.h"
#include "engine/journal.h"
#include "engine/journal_json.h"
#include "engine/sealed_document.h"
#include "model/json_bytes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Stage = PendingConfirm::Stage;

constexpr milliseconds kLookForGuard{20};
constexpr seconds kGuardLimit{20};  // an emulated CPU needs two, a loaded init system some more

constexpr std::array<std::string_view, 3> kStages{"starting", "applying", "waiting"};

json process_json(const ProcessIdentity& process) {
  return {{"pid", process.pid}, {"start", process.start}};
}

ProcessIdentity process_from(const json& object) {
  return {.pid = number_at<int>(object, "pid"), .start = number_at<std::int64_t>(object, "start")};
}

PendingConfirm pending_from(const json& object) {
  const auto stage = std::ranges::find(kStages, object.at("stage").get<std::string>());
  if (stage == kStages.end()) throw json::other_error::create(599, "no such stage", &object);
  return {.run = object.at("run"),
          .boot_id = object.at("boot_id"),
          .profile = bytes_from_json(object.at("profile")),
          .stage = static_cast<Stage>(stage - kStages.begin()),
          .within = seconds(number_at<std::int64_t>(object, "within_s")),
          .persist = object.value("persist", false),
          .deadline = milliseconds(number_at<std::int64_t>(object, "deadline_ms")),
          .writer = process_from(object.at("writer")),
          .guard = process_from(object.at("guard"))};
}

std::string run_name(const PendingConfirm& pending) {
  return fmt::format("run {} of profile {}", pending.run, pending.profile);
}

// Whether the guard that `arm` waits for has written its name.
bool is_announced(const StateStore& store, PendingConfirm& pending) {
  const auto now = load_pending(store, pending.boot_id);
  if (!now || !*now || (*now)->run != pending.run || (*now)->guard.pid == 0) return false;
  pending.guard = (*now)->guard;
  return true;
}

Outcome start_and_wait(const Host& host, StateStore& store, PendingConfirm& pending,
                       const std::function<Outcome(const std::string& run)>& start) {
  if (auto saved = save_pending(store, pending); !saved) return saved;
  if (auto started = start(pending.run); !started) return started;
  const milliseconds limit = host.clock().since_boot() + kGuardLimit;
  while (!is_announced(store, pending)) {
    if (host.clock().since_boot() >= limit) {
      return fail(Fault::TimedOut,
                  fmt::format("the guard of run {} did not start within {}; nothing was written",
                              pending.run, duration_text(kGuardLimit)),
                  "the system log may tell why; without --confirm-within no guard is needed");
    }
    host.clock().sleep(kLookForGuard);
  }
  pending.stage = Stage::Applying;
  pending.deadline = host.clock().since_boot() + pending.within;
  return save_pending(store, pending);
}

}  // namespace

Result<std::optional<PendingConfirm>> load_pending(const StateStore& store,
                                                   std::string_view boot_id) {
  const auto text = store.read(kConfirmPath);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return std::optional<PendingConfirm>();
    return fail(text.error());
  }
  const auto damaged = [](std::string_view why) {
    return fail(Fault::Io,
                fmt::format("{}: damaged, so which run waits to be confirmed is not known: {}",
                            kConfirmPath, why),
                "ktls-tuner rollback undoes what stands, and removes it");
  };
  const auto document = unsealed(*text);
  if (!document) return damaged(document.error().text);
  try {
    auto pending = pending_from(*document);
    if (boot_id.empty()) return fail(boot_not_known(kConfirmPath));
    if (pending.boot_id != boot_id) return std::optional<PendingConfirm>();
    return std::optional<PendingConfirm>(std::move(pending));
  } catch (const json::exception&) {
    return damaged("it is not what this program writes");
  }
}

Outcome save_pending(StateStore& store, const PendingConfirm& pending) {
  json object = {{"run", pending.run},
                 {"boot_id", pending.boot_id},
                 {"profile", bytes_to_json(pending.profile)},
                 {"stage", kStages.at(static_cast<std::size_t>(pending.stage))},
                 {"within_s", pending.within.count()},
                 {"persist", pending.persist},
                 {"deadline_ms", pending.deadline.count()},
                 {"writer", process_json(pending.writer)},
                 {"guard", process_json(pending.guard)}};
  return store.replace(kConfirmPath, sealed(std::move(object)));
}

Outcome forget_pending(StateStore& store) {
  return store.remove(kConfirmPath);
}

std::string_view pending_state_name(PendingState state) {
  switch (state) {
    case PendingState::Applying: return "applying";
    case PendingState::Waiting: return "waiting";
    case PendingState::Undoing: return "undoing";
    case PendingState::Unguarded: return "unguarded";
    case PendingState::Stale: return "stale";
  }
  return "stale";
}

PendingState state_of(const Host& host, const PendingConfirm& pending) {
  const bool writes = is_running(host.files(), pending.writer);
  if (pending.stage == Stage::Starting)
    return writes ? PendingState::Applying : PendingState::Stale;
  if (!is_running(host.files(), pending.guard)) return PendingState::Unguarded;
  if (host.clock().since_boot() >= pending.deadline) return PendingState::Undoing;
  if (pending.stage == Stage::Waiting) return PendingState::Waiting;
  return writes ? PendingState::Applying : PendingState::Undoing;
}

seconds time_left(const Host& host, const PendingConfirm& pending) {
  const auto left = std::chrono::ceil<seconds>(pending.deadline - host.clock().since_boot());
  return std::max(left, seconds(0));
}

std::string pending_text(const Host& host, const PendingConfirm& pending) {
  const std::string name = run_name(pending);
  switch (state_of(host, pending)) {
    case PendingState::Applying: return name + " is being written, and waits to be confirmed then";
    case PendingState::Waiting:
      return fmt::format("{} waits to be confirmed, {} left", name,
                         duration_text(time_left(host, pending)));
    case PendingState::Undoing:
      return fmt::format("{} was not confirmed within {}: its guard (pid {}) takes it back", name,
                         duration_text(pending.within), pending.guard.pid);
    case PendingState::Unguarded:
      return fmt::format(
          "{} was never confirmed, and its guard (pid {}) is gone: what it wrote "
          "stands, and nobody takes it back",
          name, pending.guard.pid);
    case PendingState::Stale: break;
  }
  return name + " ended before its guard was there: nothing was written";
}

std::string pending_hint(const Host& host, const PendingConfirm& pending) {
  switch (state_of(host, pending)) {
    case PendingState::Waiting:
      return fmt::format("ktls-tuner confirm keeps it, ktls-tuner rollback --run {} undoes it now",
                         pending.run);
    case PendingState::Unguarded:
      return fmt::format(
          "ktls-tuner rollback --run {} undoes it, ktls-tuner confirm --force keeps "
          "it",
          pending.run);
    case PendingState::Applying:
    case PendingState::Undoing: return "ktls-tuner status shows when it is done";
    case PendingState::Stale: break;
  }
  return {};
}

Outcome may_apply(const Host& host, const std::optional<PendingConfirm>& pending) {
  if (!pending) return {};
  const PendingState state = state_of(host, *pending);
  if (state == PendingState::Stale) return {};
  return fail(state == PendingState::Unguarded ? Fault::Refused : Fault::Busy,
              pending_text(host, *pending) + "; no other run begins before that is settled",
              pending_hint(host, *pending));
}

Outcome may_confirm(const Host& host, const std::optional<PendingConfirm>& pending, bool force) {
  const PendingState state = pending ? state_of(host, *pending) : PendingState::Stale;
  if (state == PendingState::Waiting) return {};
  if (state == PendingState::Stale) {
    return fail(Fault::Refused, "nothing waits to be confirmed",
                "ktls-tuner status --history shows how the last runs ended");
  }
  if (state == PendingState::Unguarded && force) return {};
  return fail(Fault::Refused, pending_text(host, *pending), pending_hint(host, *pending));
}

Outcome arm(const Host& host, StateStore& store, PendingConfirm& pending,
            const std::function<Outcome(const std::string& run)>& start) {
  auto armed = start_and_wait(host, store, pending, start);
  // A guard that comes too late finds nothing to announce itself to.
  if (!armed) static_cast<void>(forget_pending(store).has_value());
  return armed;
}

Result<PendingConfirm> announce_guard(StateStore& store, std::string_view boot_id,
                                      std::string_view run, const ProcessIdentity& guard) {
  auto pending = load_pending(store, boot_id);
  if (!pending) return fail(pending.error());
  if (!*pending || (*pending)->run != run || (*pending)->stage != Stage::Starting ||
      (*pending)->guard.pid != 0) {
    return fail(Fault::Refused, fmt::format("run {} does not wait for a guard", run),
                "apply --confirm-within starts the guard of its run itself");
  }
  (*pending)->guard = guard;
  if (auto saved = save_pending(store, **pending); !saved) return fail(saved.error());
  return **pending;
}

Outcome await_confirm(const Host& host, StateStore& store, PendingConfirm& pending) {
  pending.stage = Stage::Waiting;
  pending.deadline = host.clock().since_boot() + pending.within;
  return save_pending(store, pending);
}

}  // namespace tuner
