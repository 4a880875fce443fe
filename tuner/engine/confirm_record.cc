#include "engine/confirm_record.h"

#include "engine/journal.h"
#include "engine/journal_json.h"
#include "engine/sealed_document.h"
#include "model/json_bytes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace tuner {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Stage = PendingConfirm::Stage;

constexpr std::array<std::string_view, 5> kStages{"starting", "applying", "waiting", "kept",
                                                  "undone"};

json process_json(const ProcessIdentity& process) {
  return {{"pid", process.pid}, {"start", process.start}};
}

ProcessIdentity process_from(const json& object) {
  return {.pid = number_at<int>(object, "pid"), .start = number_at<std::int64_t>(object, "start")};
}

// All keys but `persist` must be there. A record without its deadline or its stage is damaged;
// defaults would confirm or undo a run.
PendingConfirm record_from(const json& object) {
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

std::string text_of(const PendingConfirm& record) {
  return sealed({{"run", record.run},
                 {"boot_id", record.boot_id},
                 {"profile", bytes_to_json(record.profile)},
                 {"stage", kStages.at(static_cast<std::size_t>(record.stage))},
                 {"within_s", record.within.count()},
                 {"persist", record.persist},
                 {"deadline_ms", record.deadline.count()},
                 {"writer", process_json(record.writer)},
                 {"guard", process_json(record.guard)}});
}

Result<std::optional<PendingConfirm>> read_place(const StateStore& store, std::string_view path,
                                                 std::string_view boot_id) {
  const auto text = store.read(path);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return std::optional<PendingConfirm>();
    return fail(text.error());
  }
  const auto damaged = [&](std::string_view why) {
    return fail(
        Fault::Io,
        fmt::format("{}: damaged, so the run that waits to be confirmed is unknown: {}", path, why),
        "run ktls-tuner rollback: it undoes all runs and removes this file");
  };
  const auto document = unsealed(*text);
  if (!document) return damaged(document.error().text);
  try {
    auto record = record_from(*document);
    if (boot_id.empty()) return fail(boot_not_known(path));
    if (record.boot_id != boot_id) return std::optional<PendingConfirm>();
    return std::optional<PendingConfirm>(std::move(record));
  } catch (const json::exception&) {
    return damaged("it does not have this program's format");
  }
}

// `first` is written last, so of two pending records of one run it is the one written completely.
// A run's id begins with its time, so of two runs the larger id is the later one.
const PendingConfirm& stronger(const PendingConfirm& first, const PendingConfirm& second) {
  if (first.run == second.run) return is_decided(second) && !is_decided(first) ? second : first;
  if (is_decided(first) != is_decided(second)) return is_decided(first) ? second : first;
  return first.run < second.run ? second : first;
}

}  // namespace

bool is_decided(const PendingConfirm& record) {
  return record.stage == Stage::Kept || record.stage == Stage::Undone;
}

Result<std::optional<PendingConfirm>> load_record(const StateStore& store,
                                                  std::string_view boot_id) {
  // An unreadable place is an error only if the other has no record of this boot: /run may be lost
  // to another program's cleanup while /var/lib is whole, and the reverse on a full or read-only
  // disk.
  auto first = read_place(store, kConfirmPath, boot_id);
  auto second = read_place(store, kLastingConfirmPath, boot_id);
  if (first && *first && second && *second) return std::optional(stronger(**first, **second));
  if (first && *first) return first;
  if (second && *second) return second;
  return first ? second : first;
}

Result<std::optional<PendingConfirm>> load_pending(const StateStore& store,
                                                   std::string_view boot_id) {
  auto record = load_record(store, boot_id);
  if (record && *record && is_decided(**record)) return std::optional<PendingConfirm>();
  return record;
}

// A pending record must be in both places before the run goes on, and the volatile one is last:
// load_record() takes that order as proof of which of two records was written completely.
Outcome save_pending(StateStore& store, const PendingConfirm& pending) {
  const std::string text = text_of(pending);
  TRY(store.replace(kLastingConfirmPath, text));
  return store.replace(kConfirmPath, text);
}

// One place is enough here, unlike in save_pending(). A full disk must neither keep a person from
// confirming nor make the guard undo a confirmed run.
Outcome decide_pending(StateStore& store, PendingConfirm pending, Stage stage,
                       std::optional<Error>& lost) {
  pending.stage = stage;
  const std::string text = text_of(pending);
  const Outcome lasting = store.replace(kLastingConfirmPath, text);
  Outcome volatile_one = store.replace(kConfirmPath, text);
  if (!lasting && !volatile_one) return volatile_one;
  if (!lasting) lost = lasting.error();
  if (!volatile_one) lost = volatile_one.error();
  return {};
}

Outcome remove_record(StateStore& store) {
  const Outcome lasting = store.remove(kLastingConfirmPath);
  Outcome volatile_one = store.remove(kConfirmPath);
  return lasting ? volatile_one : lasting;
}

}  // namespace tuner
