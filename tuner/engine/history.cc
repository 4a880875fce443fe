#include "engine/history.h"

#include "base/json_text.h"
#include "base/text.h"
#include "engine/journal_json.h"
#include "model/json_bytes.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

json change_json(const HistoryChange& change) {
  return {{"knob", change.knob},
          {"subject", bytes_to_json(change.name)},
          {"from", bytes_to_json(change.from)},
          {"to", bytes_to_json(change.to)}};
}

HistoryEntry entry_from(const json& line) {
  HistoryEntry entry{
      .run = {.id = line.at("run"),
              .boot_id = line.at("boot_id"),
              .profile = bytes_from_json(line.at("profile")),
              .path = bytes_from_json(line.at("path")),
              .digest = line.at("digest"),
              .at = line.at("at"),
              .by = bytes_from_json(line.at("by")),
              .accepted_risks = accepted_risks_from(line)},
      .verb = line.at("verb"),
      .end = line.at("end"),
      .because = line.contains("because") ? bytes_from_json(line["because"]) : std::string(),
      .changes = {}};
  for (const json& change : line.at("changes")) {
    entry.changes.push_back({change.at("knob"), bytes_from_json(change.at("subject")),
                             bytes_from_json(change.at("from")), bytes_from_json(change.at("to"))});
  }
  return entry;
}

// A torn or damaged line is counted and passed over. The history is a record for people, and
// nothing is restored from it, so one lost line must not hide the others.
void take_lines(std::string_view text, History& history) {
  for (const std::string_view line : lines(text)) {
    try {
      history.entries.push_back(entry_from(parse_json(line)));
    } catch (const json::exception&) {
      ++history.unreadable;
    }
  }
}

constexpr std::size_t kFirstRead = 64UL * 1024;  // bytes

}  // namespace

std::vector<HistoryChange> changes_of(const std::vector<Step>& steps) {
  std::vector<HistoryChange> changes;
  for (const Step& step : steps) {
    if (step.status != Status::Done) continue;
    changes.push_back({step.desired.subject.knob, step.desired.subject.name,
                       to_text(step.observed.value), to_text(step.target)});
  }
  return changes;
}

// One line, with the keys in the writer's order:
//   {"at":"2026-11-03T10:00:00Z","because":"","boot_id":"…","by":"root","changes":[{"from":"128",
//   "knob":"sysctl","subject":"net.core.somaxconn","to":"4096"}],"digest":"…","end":"applied",…}
// At most two files of this limit: a host that repairs itself at every check must not fill
// /var/lib.
Outcome append_history(StateStore& store, const HistoryEntry& entry) {
  json changes = json::array();
  for (const HistoryChange& change : entry.changes) changes.push_back(change_json(change));
  const json line = {{"run", entry.run.id},
                     {"verb", entry.verb},
                     {"profile", bytes_to_json(entry.run.profile)},
                     {"path", bytes_to_json(entry.run.path)},
                     {"digest", entry.run.digest},
                     {"at", entry.run.at},
                     {"by", bytes_to_json(entry.run.by)},
                     {"accepted_risks", accepted_risks_to_json(entry.run.accepted_risks)},
                     {"boot_id", entry.run.boot_id},
                     {"end", entry.end},
                     {"because", bytes_to_json(entry.because)},
                     {"changes", std::move(changes)}};
  const auto size = TRY(store.size(kHistoryPath));
  if (size > kHistoryLimit) {
    TRY(store.move(kHistoryPath, kOlderHistoryPath));
  }
  return store.append(kHistoryPath, json_text(line));
}

Result<History> read_history(const StateStore& store) {
  History history;
  for (const std::string_view path : {kOlderHistoryPath, kHistoryPath}) {
    const auto text = store.read(path);
    if (text) take_lines(*text, history);
    if (!text && text.error().fault != Fault::NotFound) return fail(text.error());
  }
  return history;
}

Result<History> read_last_entry(const StateStore& store) {
  for (const std::string_view path : {kHistoryPath, kOlderHistoryPath}) {
    const auto size = TRY(store.size(path));
    if (size == 0) continue;
    // Read more only if the last line is longer than the part that was read.
    for (std::size_t bytes = kFirstRead;; bytes *= 8) {
      const auto text = TRY(store.read_end(path, bytes));
      // read_end() gives complete lines only, so a line longer than the part gives none.
      if (text.empty() && bytes < size) continue;
      History history;
      take_lines(text, history);
      if (history.entries.empty() && bytes < size) continue;
      if (history.entries.size() > 1)
        history.entries.erase(history.entries.begin(), history.entries.end() - 1);
      return history;
    }
  }
  return History{};
}

}  // namespace tuner
