#include "report/fleet.h"

#include "base/rfc3339.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace tuner {
namespace {

constexpr std::chrono::hours kClockMayBeAhead(1);

bool is_good(Status status) {
  return status == Status::InSync || status == Status::Done;
}

// The subject with the highest weight represents its setting.
int weight(const SavedStep& step) {
  const bool required = step.need == Need::Required;
  switch (step.status) {
    case Status::Failed: return 9;
    case Status::Unreadable: return 8;
    case Status::Unsupported:
    case Status::NoSubject: return required ? 7 : 3;
    case Status::Blocked: return required ? 6 : 2;
    case Status::Change: return 5;
    case Status::Deferred: return 4;
    case Status::InSync:
    case Status::Done: return 0;
  }
  return 0;
}

// "rx-0", "rx-1" are one setting of a fleet: hosts have different numbers of queues.
std::string without_number(std::string_view name) {
  const auto last = name.find_last_not_of("0123456789");
  if (last == std::string_view::npos || last + 1 == name.size()) return std::string(name);
  return std::string(name.substr(0, last + 1)) + "*";
}

void keep_better(std::string& best, const std::string& path) {
  if (best.empty() || path_rank(path) < path_rank(best)) best = path;
}

void add_probe(FleetHost& host, const SavedProbe& probe) {
  host.paths.clear();
  host.path_because.clear();
  host.probe_verdict = probe.verdict;
  const auto& updates = probe.key_updates;
  if (updates && updates->expected_safe && updates->verdict != "safe")
    host.path_because.push_back(
        fmt::format("key update: {}: {}", updates->verdict, updates->because));
  for (const SavedCell& cell : probe.cells) {
    const auto same = [&](const FleetPath& path) { return path.version == cell.version; };
    auto path = std::ranges::find_if(host.paths, same);
    if (path == host.paths.end()) path = host.paths.insert(path, {cell.version, {}, {}});
    keep_better(path->tx, cell.tx);
    keep_better(path->rx, cell.rx);
    if (cell.because.empty()) continue;
    if (std::ranges::count(host.path_because, cell.because) == 0)
      host.path_because.push_back(cell.because);
  }
  std::ranges::sort(host.paths, {}, &FleetPath::version);
}

void add_facts(FleetHost& host, SavedFacts facts) {
  host.tls_state = std::move(facts.tls_state);
  host.tls_because = std::move(facts.tls_because);
  std::erase_if(facts.nics, [](const SavedNic& nic) { return nic.kind != "physical"; });
  host.nics = std::move(facts.nics);
}

// A rollback is left out: its steps are originals and not goals.
bool has_settings(const SavedDocument& document) {
  return document.kind != "probe" && document.kind != "facts" && document.kind != "bench" &&
         document.kind != "rollback";
}

}  // namespace

std::string fleet_setting(std::string_view knob, std::string_view subject) {
  if (subject.starts_with('/')) return std::string(subject);
  if (const auto slash = subject.rfind('/'); slash != std::string_view::npos)
    return without_number(subject.substr(slash + 1));
  return knob.starts_with("cpu_") ? without_number(subject) : std::string(subject);
}

// Settings, probe and facts of one host are each taken from their own newest document, because
// checks are saved more often than probes.
bool FleetBuilder::supersedes(Entry& entry, const std::string& sort,
                              const SavedDocument& document) {
  Newest& newest = entry.newest[sort];
  const bool newer = newest.file.empty() || newest.at < document.started_at;
  // A part of a document supersedes nothing: "any" only selects the kernel of the newest document.
  const bool is_part = sort == "any" || sort == "programs" || sort == "sessions";
  if (!newest.file.empty() && !is_part) {
    fleet_.superseded.push_back({newer ? newest.file : document.file,
                                 fmt::format("{} of {} at {}; {} is newer", sort, document.hostname,
                                             rfc3339(newer ? newest.at : document.started_at),
                                             newer ? document.file : newest.file)});
  }
  if (newer) newest = {document.file, document.started_at};
  return newer;
}

// A name is stored once and cells hold its number: a thousand hosts have the same few hundred
// settings.
std::uint32_t FleetBuilder::number_of(const SavedStep& step) {
  const auto next = static_cast<std::uint32_t>(fleet_.settings.size());
  std::string name = fleet_setting(step.knob, step.subject);
  const auto [found, is_new] = numbers_.try_emplace({step.knob, name}, next);
  if (is_new) fleet_.settings.push_back({.knob = step.knob, .name = std::move(name)});
  return found->second;
}

// Of a step in sync only the number of its setting is kept: a thousand hosts need little memory.
void FleetBuilder::add_fleet_settings(FleetHost& host, const SavedPlan& plan) {
  host.profile = plan.profile;
  host.digest = plan.digest;
  std::map<std::uint32_t, FleetCell> cells;
  for (const SavedStep& step : plan.steps) {
    const std::uint32_t number = number_of(step);
    host.settings.push_back(number);
    if (is_good(step.status)) {
      ++host.in_sync;
      continue;
    }
    FleetCell& cell = cells[number];
    if (cell.count == 0 || weight(step) > weight(cell.worst)) cell.worst = step;
    cell.setting = number;
    ++cell.count;
    cell.trouble = cell.trouble || is_problem(step.status, step.need);
  }
  std::ranges::sort(host.settings);
  host.settings.erase(std::unique(host.settings.begin(), host.settings.end()), host.settings.end());
  host.settings.shrink_to_fit();
  host.cells.reserve(cells.size());
  for (auto& [number, cell] : cells) host.cells.push_back(std::move(cell));
}

// A check that knows of no look replaces an older one that does: the kernel has no TLS any more, or
// the host was booted. Sessions are in the checks of the drift job alone.
void FleetBuilder::add_scan(Entry& entry, SavedDocument& document) {
  if (document.kind != "check" || !document.plan) return;
  if (supersedes(entry, "programs", document)) entry.host.programs = document.programs;
  if (document.sessions && supersedes(entry, "sessions", document))
    entry.host.sessions = std::move(document.sessions);
}

void FleetBuilder::add(SavedDocument document) {
  Entry& entry = entries_[document.hostname];
  FleetHost& host = entry.host;
  host.hostname = document.hostname;
  if (supersedes(entry, "any", document)) host.kernel = document.kernel;
  if (has_settings(document))
    std::ranges::move(samples_of(document), std::back_inserter(host.samples));
  if (has_settings(document) && supersedes(entry, "settings", document)) {
    host.state = state_words(document);
    // state_words() says "done" for a successful tune or apply.
    if (document.kind == "tune" && document.exit_code == 0) host.state = "in sync";
    if (document.kind == "apply" && document.exit_code == 0) host.state = "in sync";
    host.settings_kind = document.kind;
    host.settings_file = document.file;
    host.settings_at = document.started_at;
    host.in_sync = 0;
    host.cells.clear();
    host.settings.clear();
    host.errors = document.errors;
    if (document.plan) add_fleet_settings(host, *document.plan);
  }
  add_scan(entry, document);
  if (document.probe && supersedes(entry, "probe", document)) {
    host.library = document.probe->library;
    add_probe(host, *document.probe);
  }
  if (document.facts && supersedes(entry, "facts", document)) {
    if (host.library.empty()) host.library = document.facts->library;
    add_facts(host, std::move(*document.facts));
  }
}

void FleetBuilder::add_unusable(std::string file, std::string reason) {
  fleet_.unusable.push_back({std::move(file), std::move(reason)});
}

// A document from the future is stale too: with a wrong clock it would be the newest for ever.
Fleet FleetBuilder::finish(UtcTime now, std::chrono::seconds max_age) {
  fleet_.made_at = now;
  fleet_.max_age = max_age;
  for (auto& [name, entry] : entries_) {
    FleetHost& host = entry.host;
    const bool ahead = host.settings_at > now + kClockMayBeAhead;
    host.stale = !host.state.empty() && (ahead || host.settings_at < now - max_age);
    if (host.stale) {
      fleet_.stale.push_back(
          {host.settings_file, fmt::format("{} of {} at {}: {}", host.settings_kind, host.hostname,
                                           rfc3339(host.settings_at),
                                           ahead ? "in the future: a clock is wrong" : "too old")});
    }
    for (const FleetCell& cell : host.cells) {
      FleetSetting& setting = fleet_.settings[cell.setting];
      if (cell.trouble) ++setting.out;
      const Status status = cell.worst.status;
      if (is_unavailable(status)) ++setting.cannot;
    }
    fleet_.hosts.push_back(std::move(host));
  }
  entries_.clear();
  return std::move(fleet_);
}

}  // namespace tuner
