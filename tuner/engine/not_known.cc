#include "engine/not_known.h"

#include "engine/history.h"
#include "engine/plan.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

namespace tuner {
namespace {

using Name = std::pair<std::string, std::string>;  // family and setting

// The settings that this boot changed according to the history, each with its earliest value.
// try_emplace keeps the first value: the history is oldest first, and the first change of a setting
// has its original. These values are for a person's eyes; none is ever written.
Result<std::map<Name, std::string>> changes_in_history(const StateStore& store,
                                                       std::string_view boot_id) {
  const auto history = TRY(read_history(store));
  std::map<Name, std::string> first;
  for (const HistoryEntry& entry : history.entries) {
    if (entry.run.boot_id != boot_id) continue;
    for (const HistoryChange& change : entry.changes)
      first.try_emplace({change.knob, change.name}, change.from);
  }
  return first;
}

// Two sources name what the lost lines may have held: lines after the damage that still parse, and
// the history, a file of its own that the damage did not touch.
void add_damage(const StateStore& store, const Journal& journal,
                std::vector<std::string>& sentences) {
  sentences.push_back(
      fmt::format("{}; changes after the proven part are unknown", journal.damage()->text));
  const auto history = changes_in_history(store, journal.boot_id());
  if (!history)
    sentences.push_back(fmt::format("the history is unreadable too: {}", history.error().text));
  std::set<Name> doubtful(journal.doubtful().begin(), journal.doubtful().end());
  std::set<Name> proven;
  for (const Journal::Entry& entry : journal.entries())
    proven.emplace(entry.subject.knob, entry.subject.name);
  for (const auto& [name, before] : history.value_or(std::map<Name, std::string>{}))
    doubtful.insert(name);
  for (const Name& name : doubtful) {
    if (proven.contains(name)) continue;
    const bool in_history = history && history->contains(name);
    sentences.push_back(fmt::format(
        "{} {}: its original is not proven{}", name.first, name.second,
        in_history ? fmt::format("; the history says {}", history->at(name)) : std::string()));
  }
}

}  // namespace

// A family without facts locates a subject from its key alone. If it cannot, the key is not one of
// its own: an altered journal must not choose what is written.
bool has_place(const Knob& knob, const Subject& subject) {
  return knob.info.needs != FactNeed::None || knob.locate(subject, Facts{}).has_value();
}

std::vector<std::string> not_known(const StateStore& store, const Journal& journal,
                                   std::span<const Knob> knobs) {
  std::vector<std::string> sentences;
  if (journal.damage()) add_damage(store, journal, sentences);
  for (const Journal::Entry& entry : journal.entries()) {
    const Knob* knob = knob_named(knobs, entry.subject.knob);
    if (knob != nullptr && (!entry.subject.device.empty() || has_place(*knob, entry.subject)))
      continue;
    sentences.push_back(
        fmt::format("{} {} ({}): this program has no such setting, so it is not restored",
                    entry.subject.knob, entry.subject.name, entry.subject.key));
  }
  return sentences;
}

}  // namespace tuner
