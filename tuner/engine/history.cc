#include "engine/history.h"

#include "base/text.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

json change_json(const HistoryChange& change) {
  return {
      {"knob", change.knob}, {"subject", change.name}, {"from", change.from}, {"to", change.to}};
}

HistoryEntry entry_from(const json& line) {
  HistoryEntry entry{.run = {.id = line.at("run"),
                             .boot_id = line.at("boot_id"),
                             .profile = line.at("profile"),
                             .path = line.at("path"),
                             .digest = line.at("digest"),
                             .at = line.at("at"),
                             .by = line.at("by")},
                     .verb = line.at("verb"),
                     .end = line.at("end"),
                     .because = line.value("because", std::string()),
                     .changes = {}};
  for (const json& change : line.at("changes")) {
    entry.changes.push_back(
        {change.at("knob"), change.at("subject"), change.at("from"), change.at("to")});
  }
  return entry;
}

}  // namespace

std::vector<HistoryChange> changes_of(const std::vector<Step>& steps) {
  std::vector<HistoryChange> changes;
  for (const Step& step : steps) {
    if (step.status != Status::Done) continue;
    changes.push_back({step.wish.subject.knob, step.wish.subject.name, to_text(step.observed.value),
                       to_text(step.target)});
  }
  return changes;
}

Outcome remember(StateStore& store, const HistoryEntry& entry) {
  json changes = json::array();
  for (const HistoryChange& change : entry.changes) changes.push_back(change_json(change));
  const json line = {
      {"run", entry.run.id},      {"verb", entry.verb},           {"profile", entry.run.profile},
      {"path", entry.run.path},   {"digest", entry.run.digest},   {"at", entry.run.at},
      {"by", entry.run.by},       {"boot_id", entry.run.boot_id}, {"end", entry.end},
      {"because", entry.because}, {"changes", std::move(changes)}};
  return store.append(kHistoryPath, line.dump());
}

Result<std::vector<HistoryEntry>> recall(const StateStore& store) {
  const auto text = store.read(kHistoryPath);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return std::vector<HistoryEntry>{};
    return fail(text.error());
  }
  std::vector<HistoryEntry> entries;
  for (const std::string_view line : lines(*text)) {
    try {
      entries.push_back(entry_from(json::parse(line)));
    } catch (const json::exception&) {
      continue;  // a crash tore it; the next append began a new line
    }
  }
  return entries;
}

}  // namespace tuner
