#include "engine/journal.h"

#include "base/text.h"
#include "engine/journal_json.h"
#include "host/net/network_namespace.h"
#include "model/json_bytes.h"
#include "model/value_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuner {
namespace {

using nlohmann::json;

json snapshot_to_json(const NicSnapshot& nic) {
  return {{"device", bytes_to_json(nic.device)},
          {"name", bytes_to_json(nic.name)},
          {"ifindex", nic.ifindex},
          {"rx_queues", nic.rx_queues},
          {"tx_queues", nic.tx_queues},
          {"carrier_changes", nic.carrier_changes}};
}

}  // namespace

Error boot_not_known(std::string_view path) {
  return {.fault = Fault::Io,
          .text = fmt::format("{} belongs to one boot, and the id of this boot could not be read",
                              path),
          .hint = "make /proc/sys/kernel/random/boot_id readable; nothing was changed"};
}

// Adds what earlier boots persisted. Under another kernel, an original that this boot recorded
// before it wrote is kept: it is that kernel's own default.
// The records of an earlier boot go in front of those of this boot, so Entry::original() is the
// value from before the first apply, and no other code knows about reboots.
void Journal::carry(Persisted persisted) {
  const std::string kernel = runs_.empty() ? std::string() : runs_.back().info.kernel;
  for (const Persisted::Original& original : persisted.originals) {
    // Originals of this boot are in its own journal, unless that is damaged.
    if (original.boot_id == boot_id_ && (!damage_ || find(original.subject.key) != nullptr))
      continue;
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

Journal::Entry* Journal::find(std::string_view key) {
  place_entries();
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : &entries_[found->second];
}

void Journal::place_anew() {
  std::erase_if(entries_, [](const Entry& entry) { return entry.records.empty(); });
  emptied_ = false;
  places_.clear();
  of_device_.clear();
  placed_ = 0;
}

const std::vector<Journal::Entry>& Journal::entries() const {
  if (emptied_)
    const_cast<Journal*>(this)->place_anew();  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  return entries_;
}

// Indexes the entries added since the last search. Entries are only added at the end; any other
// change clears the indexes (place_anew()).
void Journal::place_entries() {
  for (; placed_ < entries_.size(); ++placed_) {
    places_.emplace(entries_[placed_].subject.key, placed_);
    of_device_[entries_[placed_].subject.device].push_back(placed_);
  }
}

bool Journal::Entry::written() const {
  return !std::ranges::all_of(records, &Record::preserved);
}

const Journal::Entry* Journal::entry(std::string_view key) const {
  return const_cast<Journal*>(this)->find(key);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

const NicSnapshot* Journal::snapshot(std::string_view device) const {
  const auto found = snapshots_.find(std::string(device));
  return found == snapshots_.end() ? nullptr : &found->second;
}

void Journal::note(NicSnapshot nic) {
  snapshots_[nic.device] = std::move(nic);
}

void Journal::drop_records(std::string_view key, std::string_view run) {
  Entry* entry = find(key);
  if (entry == nullptr) return;
  std::erase_if(entry->records, [&](const Record& r) { return run.empty() || r.run == run; });
  if (!entry->records.empty()) return;
  // A rollback removes entry after entry: they leave entries_ together, when it is looked at.
  places_.erase(entry->subject.key);
  emptied_ = true;
}

// Searched from the end: a rollback of the last run makes the run before it active again.
const RunInfo* Journal::active() const {
  const auto applied =
      std::find_if(runs_.rbegin(), runs_.rend(), [](const Run& r) { return r.ended == "applied"; });
  return applied == runs_.rend() ? nullptr : &applied->info;
}

// A rollback of state from an earlier boot finds no run of this boot in the journal yet, so this
// begins one.
Outcome Journal::write_to_a_run(StateStore& store, json record) {
  if (text_.empty() && !damage_) {
    RunInfo earlier = runs_.empty() ? RunInfo{} : runs_.front().info;
    earlier.boot_id = boot_id_;
    TRY(begin(store, earlier));
  }
  return write(store, std::move(record));
}

Outcome Journal::begin(StateStore& store, const RunInfo& run) {
  // Without a boot id, every later run would take this journal for another boot's and ignore its
  // originals.
  if (run.boot_id.empty()) {
    return fail(Fault::Io,
                "the id of this boot is not readable (/proc/sys/kernel/random/boot_id), so a "
                "rollback would not find what is written now",
                "try again; nothing was changed");
  }
  if (boot_id_.empty()) boot_id_ = run.boot_id;
  return write(store, run_to_json(run));
}

Outcome Journal::intend(StateStore& store, const Subject& subject, const Value& before,
                        const Value& after) {
  return write(store, {{"intended",
                        {{"subject", subject_to_json(subject)},
                         {"before", value_to_json(before)},
                         {"after", value_to_json(after)}}}});
}

Outcome Journal::done(StateStore& store, std::string_view key, const Value& after,
                      std::string_view folder) {
  json done = {{"key", bytes_to_json(key)}, {"after", value_to_json(after)}};
  if (!folder.empty()) done["folder"] = bytes_to_json(folder);
  json record;
  record["done"] = std::move(done);
  return write(store, std::move(record));
}

Outcome Journal::preserve(StateStore& store, const Subject& subject, const Value& value) {
  if (find(subject.key) != nullptr) return {};
  return write(store, {{"preserved",
                        {{"subject", subject_to_json(subject)}, {"value", value_to_json(value)}}}});
}

Outcome Journal::disturb(StateStore& store, std::string_view device,
                         std::span<const std::string_view> knobs) {
  return write_to_a_run(store,
                        {{"disturbed",
                          {{"device", bytes_to_json(device)},
                           {"knobs", std::vector<std::string>(knobs.begin(), knobs.end())}}}});
}

Outcome Journal::seen(StateStore& store, std::span<const NicSnapshot> nics) {
  json all = json::array();
  for (const NicSnapshot& nic : nics) all.push_back(snapshot_to_json(nic));
  json record;
  record["seen"] = std::move(all);
  return write(store, std::move(record));
}

Outcome Journal::restored(StateStore& store, std::string_view key, std::string_view run) {
  json restored = {{"key", bytes_to_json(key)}};
  if (!run.empty()) restored["run"] = bytes_to_json(run);
  json record;
  record["restored"] = std::move(restored);
  return write_to_a_run(store, std::move(record));
}

Outcome Journal::end(StateStore& store, std::string_view how) {
  return write(store, {{"ended", how}});
}

void Journal::mark_disturbed(std::string_view device, const std::vector<std::string>& knobs) {
  place_entries();
  const auto found = of_device_.find(device);
  if (found == of_device_.end()) return;
  for (const std::size_t place : found->second) {
    Entry& entry = entries_[place];
    if (std::ranges::count(knobs, entry.subject.knob) > 0) entry.disturbed = true;
  }
}

// A run that ended "applied" has written or restored everything that it reset. After any other end
// the marks stay, and a rollback treats the values as this program's.
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
  return write_to_a_run(store, {{"rolled_back", bytes_to_json(run)}});
}

Outcome Journal::persist(StateStore& store, const RunInfo& run, std::span<const Step> to_come) {
  Persisted next;
  const RunInfo* active = persisted_.active();
  // Keep the runs that an undo of this boot's runs can return to: those of this boot and the one
  // before them.
  for (const RunInfo& earlier : persisted_.runs) {
    if (earlier.boot_id == boot_id_ || &earlier == active) next.runs.push_back(earlier);
  }
  if (active == nullptr || active->path != run.path || active->digest != run.digest)
    next.runs.push_back(run);
  if (!net_.empty()) next.in_initial_namespace = is_initial_namespace(net_);
  next.originals = originals(run.kernel);
  // The files for the next boot are not written yet, so the journal has no entry of them. Without
  // these, power that is lost right after would leave files that no rollback knows.
  for (const Step& step : to_come) {
    if (step.status != Status::Change || find(step.desired.subject.key) != nullptr) continue;
    next.originals.push_back({.subject = step.desired.subject,
                              .before = step.observed.value,
                              .written = step.target,
                              .boot_id = boot_id_,
                              .kernel = run.kernel});
  }
  TRY(save_persisted(store, next));
  persisted_ = std::move(next);
  return {};
}

std::vector<Persisted::Original> Journal::originals(const std::string& kernel) const {
  std::unordered_map<std::string_view, const Persisted::Original*> before;
  for (const Persisted::Original& each : persisted_.originals)
    before.emplace(each.subject.key, &each);
  std::vector<Persisted::Original> all;
  for (const Entry& entry : entries()) {
    const Record& first = entry.records.front();
    const auto known = before.find(entry.subject.key);
    const bool carried = first.carried && known != before.end();
    all.push_back({.subject = entry.subject,
                   .before = first.before,
                   .written = entry.last_written(),
                   .boot_id = carried ? known->second->boot_id : boot_id_,
                   .kernel = carried ? known->second->kernel : kernel});
  }
  return all;
}

Outcome Journal::withdraw(StateStore& store, std::string_view run) {
  Persisted next = persisted_;
  const auto undone = [&](const RunInfo& each) { return run.empty() || each.id == run; };
  if (std::erase_if(next.runs, undone) == 0) return {};
  // The originals of this boot are in its own journal.
  if (next.runs.empty() && !run.empty())
    std::erase_if(next.originals, [&](const auto& each) { return each.boot_id == boot_id_; });
  TRY(save_persisted(store, next));
  persisted_ = std::move(next);
  return {};
}

Outcome Journal::clear(StateStore& store) {
  // Before the journal: load() takes a persisted state of this boot without a journal for damage,
  // so a process that dies in between must not leave that pair.
  TRY(store.remove(kPersistedPath));
  TRY(store.remove(kApprovedPath));
  if (damage_) return {};
  // The head is removed before the journal: a journal without a head is whole only if its last line
  // is "closed".
  if (!text_.empty()) {
    TRY(write(store, {{"closed", true}}));
  }
  TRY(store.remove(kJournalHeadPath));
  TRY(store.remove(kJournalPath));
  Journal fresh;
  fresh.boot_id_ = boot_id_;
  fresh.net_ = net_;
  *this = std::move(fresh);
  return {};
}

}  // namespace tuner
