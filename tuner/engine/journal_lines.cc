// Reads the lines of the journal into memory.
#include "base/json_text.h"
#include "engine/journal.h"
#include "engine/journal_json.h"
#include "engine/setting_line.h"
#include "model/json_bytes.h"
#include "model/value_json.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace tuner {
namespace {

using nlohmann::json;

NicSnapshot snapshot_from_json(const json& object) {
  return {.device = bytes_at(object, "device"),
          .name = bytes_or_empty(object, "name"),
          .ifindex = number_at<int>(object, "ifindex"),
          .rx_queues = number_at<int>(object, "rx_queues"),
          .tx_queues = number_at<int>(object, "tx_queues"),
          .carrier_changes = number_at<std::int64_t>(object, "carrier_changes")};
}

// The same as read_setting_line(), from any JSON with these members.
SettingLine intended_from(const json& intended) {
  return {.what = SettingLine::What::Intended,
          .subject = subject_from_json(intended.at("subject")),
          .before = value_at(intended, "before"),
          .after = value_at(intended, "after")};
}

SettingLine done_from(const json& done) {
  SettingLine line{.what = SettingLine::What::Done,
                   .after = value_at(done, "after"),
                   .folder = bytes_or_empty(done, "folder")};
  line.subject.key = bytes_at(done, "key");
  return line;
}

SettingLine preserved_from(const json& preserved) {
  return {.what = SettingLine::What::Preserved,
          .subject = subject_from_json(preserved.at("subject")),
          .after = value_at(preserved, "value")};
}

Outcome damaged() {
  return fail(Fault::Invalid, "damaged journal line");
}

}  // namespace

Outcome Journal::take(std::string_view line) {
  if (auto setting = read_setting_line(line)) {
    if (!take_place(setting->boot, setting->net) || closed_ || runs_.empty()) return damaged();
    sealed_ = false;
    return take_setting(std::move(*setting));
  }
  try {
    const json record = parse_json(line);
    if (!record.is_object()) return damaged();
    if (record.contains("net") && !take_place(record.at("boot").get_ref<const std::string&>(),
                                              record.at("net").get_ref<const std::string&>()))
      return damaged();
    if (closed_) return damaged();
    sealed_ = record.contains("ended") || record.contains("rolled_back");
    // A rollback depends on every line, so a line without its predecessor, or one that this program
    // does not write, is damage and is not skipped.
    if (runs_.empty() && !record.contains("run")) return damaged();
    if (record.contains("run")) {
      runs_.push_back({.info = run_from_json(record), .ended = {}});
    } else if (record.contains("intended")) {
      return take_setting(intended_from(record["intended"]));
    } else if (record.contains("done")) {
      return take_setting(done_from(record["done"]));
    } else if (record.contains("preserved")) {
      return take_setting(preserved_from(record["preserved"]));
    } else if (record.contains("disturbed")) {
      mark_disturbed(bytes_at(record["disturbed"], "device"),
                     record["disturbed"].at("knobs").get<std::vector<std::string>>());
    } else if (record.contains("seen")) {
      for (const json& nic : record["seen"]) note(snapshot_from_json(nic));
    } else if (record.contains("restored")) {
      const json& restored = record["restored"];
      drop_records(bytes_at(restored, "key"), bytes_or_empty(restored, "run"));
    } else if (record.contains("ended")) {
      mark_ended(record["ended"].get<std::string>());
    } else if (record.contains("rolled_back")) {
      mark_rolled_back(bytes_at(record, "rolled_back"));
    } else if (record.contains("closed")) {
      closed_ = sealed_ = true;
    } else {
      return damaged();
    }
    return {};
  } catch (const json::exception&) {
    return damaged();
  }
}

Outcome Journal::take_setting(SettingLine line) {
  switch (line.what) {
    case SettingLine::What::Intended: take_intended(std::move(line)); return {};
    case SettingLine::What::Preserved: take_preserved(std::move(line)); return {};
    case SettingLine::What::Done: break;
  }
  if (!take_done(std::move(line))) return damaged();
  return {};
}

void Journal::take_intended(SettingLine line) {
  Entry* entry = find(line.subject.key);
  if (entry == nullptr)
    entry = &entries_.emplace_back(Entry{.subject = line.subject, .records = {}});
  const bool elsewhere = entry->subject.device != line.subject.device;
  entry->subject = std::move(line.subject);
  entry->records.push_back({.run = runs_.back().info.id,
                            .before = std::move(line.before),
                            .after = line.after,
                            .intended = std::move(line.after)});
  if (elsewhere) place_anew();
}

bool Journal::take_done(SettingLine line) {
  Entry* entry = find(line.subject.key);
  if (entry == nullptr) return false;
  entry->records.back().after = std::move(line.after);
  entry->records.back().dangling = false;
  entry->folder = std::move(line.folder);
  entry->disturbed = false;
  return true;
}

void Journal::take_preserved(SettingLine line) {
  if (find(line.subject.key) != nullptr) return;  // its first record is the original
  entries_.push_back({.subject = std::move(line.subject),
                      .records = {{.run = runs_.back().info.id,
                                   .before = line.after,
                                   .after = line.after,
                                   .dangling = false,
                                   .intended = line.after,
                                   .preserved = true}}});
}

// All lines of a journal belong to one boot and one network namespace.
bool Journal::take_place(std::string_view boot, std::string_view net) {
  if (boot != boot_id_) return false;
  if (net_known_ && net != written_in_) return false;
  written_in_ = net;
  net_known_ = true;
  return true;
}

}  // namespace tuner
