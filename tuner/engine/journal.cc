#include "engine/journal.h"

#include "base/text.h"
#include "engine/journal_json.h"
#include "engine/value_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuner {
namespace {

using nlohmann::json;

constexpr std::string_view kDamagedHint =
    "move /run/ktls-tuner/journal aside to go on without its originals; nothing was changed";

json witness_to_json(const NicWitness& nic) {
  return {{"device", nic.device},       {"name", nic.name},
          {"ifindex", nic.ifindex},     {"rx_queues", nic.rx_queues},
          {"tx_queues", nic.tx_queues}, {"carrier_changes", nic.carrier_changes}};
}

NicWitness witness_from_json(const json& object) {
  return {.device = object.at("device"),
          .name = object.value("name", std::string()),
          .ifindex = object.at("ifindex"),
          .rx_queues = object.at("rx_queues"),
          .tx_queues = object.at("tx_queues"),
          .carrier_changes = object.at("carrier_changes")};
}

Outcome damaged() {
  return fail(Fault::Invalid, "damaged journal line");
}

}  // namespace

Error boot_not_known(std::string_view path) {
  return {
      .fault = Fault::Io,
      .text = fmt::format("{} belongs to one boot, and which boot this is could not be read", path),
      .hint = "make /proc/sys/kernel/random/boot_id readable; nothing was changed"};
}

Result<Journal> Journal::load(const StateStore& store, std::string_view boot_id) {
  auto persisted = load_persisted(store);
  if (!persisted) return fail(persisted.error());
  auto journal = load_this_boot(store, boot_id);
  if (!journal) return journal;
  journal->boot_id_ = boot_id;
  journal->carry(std::move(*persisted));
  return journal;
}

Result<Journal> Journal::load_this_boot(const StateStore& store, std::string_view boot_id) {
  Journal journal;
  const auto text = store.read(kJournalPath);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return journal;
    return fail(text.error());
  }
  if (boot_id.empty()) return fail(boot_not_known(kJournalPath));
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

// Under another kernel, what this boot found where it had to write is that kernel's own original.
void Journal::carry(Persisted persisted) {
  const std::string kernel = runs_.empty() ? std::string() : runs_.back().info.kernel;
  for (const Persisted::Original& original : persisted.originals) {
    if (original.boot_id == boot_id_) continue;
    const Record record{.run = {},
                        .before = original.before,
                        .after = original.written,
                        .dangling = false,
                        .intended = original.written,
                        .carried = true};
    Entry* entry = find(original.subject.key);
    if (entry == nullptr) {
      entries_.push_back({.subject = original.subject, .records = {record}});
    } else if (kernel.empty() || original.kernel == kernel) {
      entry->records.insert(entry->records.begin(), record);
    }
  }
  const RunInfo* active = persisted.active();
  if (active != nullptr && active->boot_id != boot_id_)
    runs_.insert(runs_.begin(), Run{.info = *active, .ended = "applied", .carried = true});
  persisted_ = std::move(persisted);
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

// A rollback of what an earlier boot left has no run of this boot to write into yet.
Outcome Journal::write_to_a_run(StateStore& store, std::string_view line) {
  if (text_.empty()) {
    RunInfo earlier = runs_.empty() ? RunInfo{} : runs_.front().info;
    earlier.boot_id = boot_id_;
    if (auto begun = begin(store, earlier); !begun) return begun;
  }
  return write(store, line);
}

Outcome Journal::begin(StateStore& store, const RunInfo& run) {
  // It would be of another boot for every later run, and its originals with it.
  if (run.boot_id.empty()) {
    return fail(Fault::Io,
                "the id of this boot is not readable (/proc/sys/kernel/random/boot_id), and a "
                "rollback would not find what is written now",
                "try again; nothing was changed");
  }
  if (auto written = write(store, run_to_json(run).dump()); !written) return written;
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
  if (auto written = write_to_a_run(store, record.dump()); !written) return written;
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
  if (auto written = write_to_a_run(store, record.dump()); !written) return written;
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
  if (auto written = write_to_a_run(store, record.dump()); !written) return written;
  mark_rolled_back(run);
  return {};
}

Outcome Journal::persist(StateStore& store, const RunInfo& run, std::span<const Step> to_come) {
  Persisted next;
  const RunInfo* active = persisted_.active();
  // What an undo of a run of this boot can return to, and the one before them.
  for (const RunInfo& earlier : persisted_.runs) {
    if (earlier.boot_id == boot_id_ || &earlier == active) next.runs.push_back(earlier);
  }
  if (active == nullptr || active->path != run.path || active->digest != run.digest)
    next.runs.push_back(run);
  next.originals = originals(run.kernel);
  for (const Step& step : to_come) {
    if (step.status != Status::Change || find(step.wish.subject.key) != nullptr) continue;
    next.originals.push_back({.subject = step.wish.subject,
                              .before = step.observed.value,
                              .written = step.target,
                              .boot_id = boot_id_,
                              .kernel = run.kernel});
  }
  if (auto saved = save_persisted(store, next); !saved) return saved;
  persisted_ = std::move(next);
  return {};
}

std::vector<Persisted::Original> Journal::originals(const std::string& kernel) const {
  std::vector<Persisted::Original> all;
  for (const Entry& entry : entries_) {
    const Record& first = entry.records.front();
    const auto known = std::ranges::find(persisted_.originals, entry.subject.key,
                                         [](const auto& each) { return each.subject.key; });
    const bool carried = first.carried && known != persisted_.originals.end();
    all.push_back({.subject = entry.subject,
                   .before = first.before,
                   .written = entry.last_written(),
                   .boot_id = carried ? known->boot_id : boot_id_,
                   .kernel = carried ? known->kernel : kernel});
  }
  return all;
}

Outcome Journal::withdraw(StateStore& store, std::string_view run) {
  Persisted next = persisted_;
  const auto undone = [&](const RunInfo& each) { return run.empty() || each.id == run; };
  if (std::erase_if(next.runs, undone) == 0) return {};
  // This boot's originals are in its journal.
  if (next.runs.empty() && !run.empty())
    std::erase_if(next.originals, [&](const auto& each) { return each.boot_id == boot_id_; });
  if (auto saved = save_persisted(store, next); !saved) return saved;
  persisted_ = std::move(next);
  return {};
}

Outcome Journal::clear(StateStore& store) {
  if (auto removed = store.remove(kPersistedPath); !removed) return removed;
  if (auto removed = store.remove(kJournalPath); !removed) return removed;
  *this = Journal{};
  return {};
}

}  // namespace tuner
