// The tool's own files, as a crash, a disk or another version may have left them.
//   j journal   p persisted   c confirm   h history   d drift
// Whatever is taken for true is written back to the same.
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
using testing::FakeStateStore;

constexpr std::string_view kBoot = "b";

RunInfo next_run() {
  return {
      .id = "99999999T999999-1", .boot_id = std::string(kBoot), .profile = "p", .path = "p.yaml"};
}

void same_entries(const Journal& one, const Journal& other) {
  demand(one.entries().size() == other.entries().size(), "no entry is lost or made up");
  for (const Journal::Entry& entry : one.entries()) {
    const Journal::Entry* there = other.entry(entry.subject.key);
    demand(there != nullptr, "every entry is found by its key");
    if (there == nullptr) return;
    demand(there->original() == entry.original(), "the original stays");
    demand(there->last_written() == entry.last_written(), "what was written stays");
    demand(there->dangling() == entry.dangling(), "what was only intended stays so");
  }
}

// Other bytes in the file are other bytes after a write; those that were read as entries stay.
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
         "the run that began is the last, and has not ended");
  const auto again = Journal::load(store, kBoot);
  demand(again.has_value(), "what a run wrote is read back");
  if (!again) return;
  same_entries(*loaded, *again);
  const RunInfo* before = loaded->active();
  const RunInfo* now = again->active();
  demand((before == nullptr) == (now == nullptr) && (now == nullptr || now->id == before->id),
         "a run that has not ended is not the active one");
}

void persisted(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kPersistedPath)] = text;
  const auto loaded = load_persisted(store);
  fuzz::demand_reason(loaded);
  if (!loaded) return;
  demand(save_persisted(store, *loaded).has_value(), "it is saved");
  const auto again = load_persisted(store);
  demand(again.has_value(), "what was saved is read back");
  if (!again) return;
  demand(again->runs.size() == loaded->runs.size(), "no run is lost");
  demand(again->originals.size() == loaded->originals.size(), "no original is lost");
  for (std::size_t at = 0; at < loaded->originals.size(); ++at) {
    demand(again->originals[at].subject.key == loaded->originals[at].subject.key, "same subject");
    demand(again->originals[at].before == loaded->originals[at].before, "same original");
    demand(again->originals[at].written == loaded->originals[at].written, "same value");
  }
}

void confirm(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kConfirmPath)] = text;
  const auto loaded = load_pending(store, kBoot);
  fuzz::demand_reason(loaded);
  if (!loaded || !*loaded) return;
  demand((*loaded)->boot_id == kBoot, "only this boot's");
  demand(save_pending(store, **loaded).has_value(), "it is saved");
  const auto again = load_pending(store, kBoot);
  demand(again && *again, "what was saved is read back");
  if (!again || !*again) return;
  demand((*again)->run == (*loaded)->run && (*again)->stage == (*loaded)->stage &&
             (*again)->within == (*loaded)->within && (*again)->deadline == (*loaded)->deadline &&
             (*again)->persist == (*loaded)->persist,
         "the same is pending");
}

void history(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kHistoryPath)] = text;
  const auto loaded = recall(store);
  fuzz::demand_reason(loaded);
  if (!loaded) return;
  FakeStateStore other;
  for (const HistoryEntry& entry : loaded->entries)
    demand(remember(other, entry).has_value(), "it is written");
  const auto again = recall(other);
  demand(again && again->unreadable == 0, "what was written is read back");
  if (!again || again->entries.empty()) return;
  const HistoryEntry& last = loaded->entries.back();
  const HistoryEntry& told = again->entries.back();
  demand(told.run.id == last.run.id && told.end == last.end &&
             told.changes.size() == last.changes.size(),
         "the newest entry is the same");
}

void drift(std::string_view text) {
  FakeStateStore store;
  store.files[std::string(kDriftPath)] = text;
  const auto loaded = load_drift(store);
  fuzz::demand_reason(loaded);
  if (!loaded) return;
  demand(save_drift(store, *loaded).has_value(), "it is saved");
  const auto again = load_drift(store);
  demand(again && again->last_success == loaded->last_success &&
             again->repaired == loaded->repaired && again->drifted.size() == loaded->drifted.size(),
         "the same drift is recorded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
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
