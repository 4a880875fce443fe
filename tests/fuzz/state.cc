// The tool's own files, damaged by a crash, a disk or another version.
//   j journal   p persisted   c confirm   h history   d drift
// A file that is accepted must be unchanged after it is written and read again.
#include "engine/confirm.h"
#include "engine/drift_record.h"
#include "engine/history.h"
#include "engine/journal.h"
#include "engine/persisted.h"
#include "fuzz/fuzz.h"
#include "support/fake_state_store.h"

namespace {

using namespace tuner;
using fuzz::demand;
using tuner::testing::FakeStateStore;

constexpr std::string_view kBoot = "b";

RunInfo next_run() {
  return {
      .id = "99999999T999999-1", .boot_id = std::string(kBoot), .profile = "p", .path = "p.yaml"};
}

void same_entries(const Journal& one, const Journal& other) {
  demand(one.entries().size() == other.entries().size(), "the number of entries is unchanged");
  for (const Journal::Entry& entry : one.entries()) {
    const Journal::Entry* there = other.entry(entry.subject.key);
    demand(there != nullptr, "every entry can be found by its key");
    if (there == nullptr) return;
    demand(there->original() == entry.original(), "the original is unchanged");
    demand(there->last_written() == entry.last_written(), "the written value is unchanged");
    demand(there->dangling() == entry.dangling(), "an intended write stays intended");
  }
}

// Entries that were read must survive a write; other bytes may change.
void journal(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kJournalPath)] = text;
  const auto loaded = Journal::load(store, kBoot);
  fuzz::demand_reason(loaded);
  if (!loaded) return;
  for (const Journal::Entry& entry : loaded->entries())
    demand(!entry.records.empty(), "an entry has a record");
  Journal going_on = *loaded;
  if (!going_on.begin(store, next_run())) return;
  demand(!going_on.runs().empty() && going_on.runs().back().info.id == next_run().id &&
             going_on.runs().back().ended.empty(),
         "the new run is the last and has not ended");
  const auto again = Journal::load(store, kBoot);
  demand(again.has_value(), "a journal that a run wrote can be read");
  if (!again) return;
  same_entries(*loaded, *again);
  const RunInfo* before = loaded->active();
  const RunInfo* now = again->active();
  demand((before == nullptr) == (now == nullptr) && (now == nullptr || now->id == before->id),
         "an unfinished run does not become the active one");
}

void persisted(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kPersistedPath)] = text;
  const auto loaded = load_persisted(store);
  fuzz::demand_reason(loaded);
  if (!loaded) return;
  demand(save_persisted(store, *loaded).has_value(), "it can be saved");
  const auto again = load_persisted(store);
  demand(again.has_value(), "a saved file can be read");
  if (!again) return;
  demand(again->runs.size() == loaded->runs.size(), "no run is lost");
  demand(again->originals.size() == loaded->originals.size(), "no original is lost");
  for (std::size_t at = 0; at < loaded->originals.size(); ++at) {
    demand(again->originals[at].subject.key == loaded->originals[at].subject.key,
           "the subject is unchanged");
    demand(again->originals[at].before == loaded->originals[at].before,
           "the original is unchanged");
    demand(again->originals[at].written == loaded->originals[at].written, "the value is unchanged");
  }
}

void confirm(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kConfirmPath)] = text;
  const auto loaded = load_pending(store, kBoot);
  fuzz::demand_reason(loaded);
  if (!loaded || !*loaded) return;
  demand((*loaded)->boot_id == kBoot, "it is of this boot");
  demand(save_pending(store, **loaded).has_value(), "it can be saved");
  const auto again = load_pending(store, kBoot);
  demand(again && *again, "a saved file can be read");
  if (!again || !*again) return;
  demand((*again)->run == (*loaded)->run && (*again)->stage == (*loaded)->stage &&
             (*again)->within == (*loaded)->within && (*again)->deadline == (*loaded)->deadline &&
             (*again)->persist == (*loaded)->persist,
         "the pending run is unchanged");
}

void history(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kHistoryPath)] = text;
  const auto loaded = read_history(store);
  fuzz::demand_reason(loaded);
  if (!loaded) return;
  FakeStateStore other;
  for (const HistoryEntry& entry : loaded->entries)
    demand(append_history(other, entry).has_value(), "an entry can be written");
  const auto again = read_history(other);
  demand(again && again->unreadable == 0, "a written history can be read");
  if (!again || again->entries.empty()) return;
  const HistoryEntry& last = loaded->entries.back();
  const HistoryEntry& told = again->entries.back();
  demand(told.run.id == last.run.id && told.end == last.end &&
             told.changes.size() == last.changes.size(),
         "the newest entry is unchanged");
}

void drift(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kDriftPath)] = text;
  const auto loaded = load_drift(store);
  fuzz::demand_reason(loaded);
  if (!loaded) return;
  demand(save_drift(store, *loaded).has_value(), "it can be saved");
  const auto again = load_drift(store);
  demand(again && again->last_success == loaded->last_success &&
             again->repaired == loaded->repaired && again->metrics == loaded->metrics &&
             again->drifted.size() == loaded->drifted.size(),
         "the recorded drift is unchanged");
}

FUZZ_TARGET(state) {
  tuner::fuzz::Input input(data, size);
  switch (input.kind()) {
    case 'j': journal(input.rest()); break;
    case 'p': persisted(input.rest()); break;
    case 'c': confirm(input.rest()); break;
    case 'h': history(input.rest()); break;
    case 'd': drift(input.rest()); break;
    default: break;
  }
  return 0;
}

}  // namespace
