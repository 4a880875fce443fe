#include "engine/journal.h"

#include "base/text.h"
#include "engine/value_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuner {
namespace {

using nlohmann::json;

constexpr std::string_view kDamagedHint =
    "move /run/ktls-tuner/journal aside to go on without its originals; nothing was changed";

json subject_to_json(const Subject& subject) {
  return {{"knob", subject.knob},   {"key", subject.key},     {"name", subject.name},
          {"place", subject.place}, {"group", subject.group}, {"device", subject.device}};
}

Subject subject_from_json(const json& object) {
  return {.knob = object.at("knob"),
          .key = object.at("key"),
          .name = object.at("name"),
          .place = object.at("place"),
          .group = object.at("group"),
          .device = object.value("device", std::string{})};  // an older release did not write it
}

RunInfo run_from_json(const json& object) {
  return {.id = object.at("run"),
          .boot_id = object.at("boot_id"),
          .profile = object.at("profile"),
          .path = object.at("path"),
          .digest = object.at("digest"),
          .at = object.at("at"),
          .by = object.at("by"),
          .max_disruption = disruption_from(object.value("max_disruption", std::string{}))};
}

json witness_to_json(const NicWitness& nic) {
  return {{"device", nic.device},
          {"ifindex", nic.ifindex},
          {"rx_queues", nic.rx_queues},
          {"tx_queues", nic.tx_queues},
          {"carrier_changes", nic.carrier_changes}};
}

NicWitness witness_from_json(const json& object) {
  return {.device = object.at("device"),
          .ifindex = object.at("ifindex"),
          .rx_queues = object.at("rx_queues"),
          .tx_queues = object.at("tx_queues"),
          .carrier_changes = object.at("carrier_changes")};
}

Outcome damaged() {
  return fail(Fault::Invalid, "damaged journal line");
}

Value value_at(const json& object, const char* name) {
  auto value = value_from_json(object.at(name));
  if (!value) throw json::other_error::create(599, value.error().text, &object);
  return *value;
}

}  // namespace

Result<Journal> Journal::load(const StateStore& store, std::string_view boot_id) {
  Journal journal;
  const auto text = store.read(kJournalPath);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return journal;
    return fail(text.error());
  }
  journal.text_ = text->substr(0, text->rfind('\n') + 1);  // npos + 1 is 0: not one whole line
  journal.rewrite_ = journal.text_.size() != text->size();
  const auto all = lines(journal.text_);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (auto taken = journal.take(all[i]); !taken) {
      return fail(Fault::Io, fmt::format("{}:{}: {}", kJournalPath, i + 1, taken.error().text),
                  std::string(kDamagedHint));
    }
  }
  if (!journal.runs_.empty() && journal.runs_.front().info.boot_id != boot_id) {
    journal = Journal{};
    journal.rewrite_ = true;
  }
  return journal;
}

Outcome Journal::take(std::string_view line) {
  try {
    const json record = json::parse(line);
    // What this file undoes hangs on every line of it, so a line without its predecessor, or one
    // that nobody here writes, is not passed over.
    if (runs_.empty() && !record.contains("run")) return damaged();
    if (record.contains("run")) {
      runs_.push_back({.info = run_from_json(record), .ended = {}});
    } else if (record.contains("intended")) {
      const json& intended = record["intended"];
      Subject subject = subject_from_json(intended.at("subject"));
      Entry* entry = find(subject.key);
      if (entry == nullptr)
        entry = &entries_.emplace_back(Entry{.subject = subject, .records = {}});
      entry->subject = subject;
      entry->records.push_back({.run = runs_.back().info.id,
                                .before = value_at(intended, "before"),
                                .after = value_at(intended, "after"),
                                .intended = value_at(intended, "after")});
    } else if (record.contains("done")) {
      Entry* entry = find(record["done"].at("key").get<std::string>());
      if (entry == nullptr) return damaged();
      entry->records.back().after = value_at(record["done"], "after");
      entry->records.back().dangling = false;
      entry->disturbed = false;
    } else if (record.contains("preserved")) {
      const json& preserved = record["preserved"];
      const Value value = value_at(preserved, "value");
      entries_.push_back({.subject = subject_from_json(preserved.at("subject")),
                          .records = {{.run = runs_.back().info.id,
                                       .before = value,
                                       .after = value,
                                       .dangling = false,
                                       .intended = value,
                                       .preserved = true}}});
    } else if (record.contains("disturbed")) {
      mark_disturbed(record["disturbed"].at("device").get<std::string>(),
                     record["disturbed"].at("knobs").get<std::vector<std::string>>());
    } else if (record.contains("seen")) {
      for (const json& nic : record["seen"]) note(witness_from_json(nic));
    } else if (record.contains("restored")) {
      const json& restored = record["restored"];
      drop_records(restored.at("key").get<std::string>(), restored.value("run", std::string{}));
    } else if (record.contains("ended")) {
      mark_ended(record["ended"].get<std::string>());
    } else if (record.contains("rolled_back")) {
      mark_rolled_back(record["rolled_back"].get<std::string>());
    } else {
      return damaged();
    }
    return {};
  } catch (const json::exception&) {
    return damaged();
  }
}

Journal::Entry* Journal::find(std::string_view key) {
  const auto found = std::ranges::find(entries_, key, [](const Entry& e) { return e.subject.key; });
  return found == entries_.end() ? nullptr : &*found;
}

bool Journal::Entry::written() const {
  return !std::ranges::all_of(records, &Record::preserved);
}

const Journal::Entry* Journal::entry(std::string_view key) const {
  return const_cast<Journal*>(this)->find(key);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

const NicWitness* Journal::witness(std::string_view device) const {
  const auto found = std::ranges::find(witnesses_, device, &NicWitness::device);
  return found == witnesses_.end() ? nullptr : &*found;
}

void Journal::note(NicWitness nic) {
  std::erase_if(witnesses_, [&](const NicWitness& one) { return one.device == nic.device; });
  witnesses_.push_back(std::move(nic));
}

void Journal::drop_records(std::string_view key, std::string_view run) {
  Entry* entry = find(key);
  if (entry == nullptr) return;
  std::erase_if(entry->records, [&](const Record& r) { return run.empty() || r.run == run; });
  if (!entry->records.empty()) return;
  std::erase_if(entries_, [&](const Entry& e) { return e.subject.key == key; });
}

const RunInfo* Journal::active() const {
  const auto applied =
      std::find_if(runs_.rbegin(), runs_.rend(), [](const Run& r) { return r.ended == "applied"; });
  return applied == runs_.rend() ? nullptr : &applied->info;
}

Outcome Journal::write(StateStore& store, std::string_view line) {
  if (rewrite_) {
    if (auto replaced = store.replace(kJournalPath, text_); !replaced) return replaced;
    rewrite_ = false;
  }
  if (auto appended = store.append(kJournalPath, line); !appended) {
    rewrite_ = true;  // half a line may be there
    return appended;
  }
  text_ += std::string(line) + "\n";
  return {};
}

Outcome Journal::begin(StateStore& store, const RunInfo& run) {
  const json record = {
      {"run", run.id},          {"boot_id", run.boot_id},
      {"profile", run.profile}, {"path", run.path},
      {"digest", run.digest},   {"at", run.at},
      {"by", run.by},           {"max_disruption", disruption_name(run.max_disruption)}};
  if (auto written = write(store, record.dump()); !written) return written;
  runs_.push_back({.info = run, .ended = {}});
  return {};
}

Outcome Journal::intend(StateStore& store, const Subject& subject, const Value& before,
                        const Value& after) {
  const json record = {{"intended",
                        {{"subject", subject_to_json(subject)},
                         {"before", value_to_json(before)},
                         {"after", value_to_json(after)}}}};
  if (auto written = write(store, record.dump()); !written) return written;
  return take(record.dump());
}

Outcome Journal::done(StateStore& store, std::string_view key, const Value& after) {
  const json record = {{"done", {{"key", key}, {"after", value_to_json(after)}}}};
  if (auto written = write(store, record.dump()); !written) return written;
  return take(record.dump());
}

Outcome Journal::preserve(StateStore& store, const Subject& subject, const Value& value) {
  if (find(subject.key) != nullptr) return {};
  const json record = {
      {"preserved", {{"subject", subject_to_json(subject)}, {"value", value_to_json(value)}}}};
  if (auto written = write(store, record.dump()); !written) return written;
  return take(record.dump());
}

Outcome Journal::disturb(StateStore& store, std::string_view device,
                         std::span<const std::string_view> knobs) {
  const json record = {
      {"disturbed",
       {{"device", device}, {"knobs", std::vector<std::string>(knobs.begin(), knobs.end())}}}};
  if (auto written = write(store, record.dump()); !written) return written;
  return take(record.dump());
}

Outcome Journal::seen(StateStore& store, std::span<const NicWitness> nics) {
  json all = json::array();
  for (const NicWitness& nic : nics) all.push_back(witness_to_json(nic));
  const json record = {{"seen", std::move(all)}};
  if (auto written = write(store, record.dump()); !written) return written;
  return take(record.dump());
}

Outcome Journal::restored(StateStore& store, std::string_view key, std::string_view run) {
  json record = {{"restored", {{"key", key}}}};
  if (!run.empty()) record["restored"]["run"] = run;
  if (auto written = write(store, record.dump()); !written) return written;
  drop_records(key, run);
  return {};
}

Outcome Journal::end(StateStore& store, std::string_view how) {
  const json record = {{"ended", how}};
  if (auto written = write(store, record.dump()); !written) return written;
  mark_ended(how);
  return {};
}

void Journal::mark_disturbed(std::string_view device, const std::vector<std::string>& knobs) {
  for (Entry& entry : entries_) {
    if (entry.subject.device == device && std::ranges::count(knobs, entry.subject.knob) > 0)
      entry.disturbed = true;
  }
}

void Journal::mark_ended(std::string_view how) {
  runs_.back().ended = how;
  if (how != "applied") return;
  for (Entry& entry : entries_) entry.disturbed = false;
}

void Journal::mark_rolled_back(std::string_view run) {
  for (Run& each : runs_) {
    if (run.empty() || each.info.id == run) each.ended = "rolled-back";
  }
  for (Entry& entry : entries_) entry.disturbed = false;
}

Outcome Journal::rolled_back(StateStore& store, std::string_view run) {
  const json record = {{"rolled_back", run}};
  if (auto written = write(store, record.dump()); !written) return written;
  mark_rolled_back(run);
  return {};
}

Outcome Journal::clear(StateStore& store) {
  if (auto removed = store.remove(kJournalPath); !removed) return removed;
  *this = Journal{};
  return {};
}

}  // namespace tuner
