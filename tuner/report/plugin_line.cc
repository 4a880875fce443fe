#include "base/rfc3339.h"
#include "base/text.h"
#include "model/text_sinks.h"
#include "report/reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using State = PluginLine::State;

constexpr std::chrono::hours kClockMayBeAhead(1);
constexpr std::size_t kNamed = 3;  // settings named in the line

constexpr std::array kWorstFirst = {State::Critical, State::Warning, State::Unknown, State::Ok};

std::string_view state_name(State state) {
  switch (state) {
    case State::Ok: return "OK";
    case State::Warning: return "WARNING";
    case State::Critical: return "CRITICAL";
    case State::Unknown: return "UNKNOWN";
  }
  return "UNKNOWN";
}

// Warning outweighs Unknown: one unreadable file of many must not hide a drift.
State worse(State a, State b) {
  return *std::ranges::find_if(kWorstFirst, [&](State state) { return state == a || state == b; });
}

// Drift (2) and a host that cannot meet the profile (4) are warnings: the host works as it did
// before. A failure (1) and a path not taken (3) are critical. Other codes mean that nothing was
// checked, so the state is unknown.
State state_of(int exit_code) {
  switch (exit_code) {
    case 0: return State::Ok;
    case 2:
    case 4: return State::Warning;
    case 1:
    case 3: return State::Critical;
    default: return State::Unknown;
  }
}

struct Part {
  State state = State::Ok;
  std::string words;
};

// Some monitoring systems cut the line, so few names and a number have to do.
std::string named_steps(const SavedPlan& plan) {
  std::string names;
  std::size_t count = 0;
  for (const SavedStep& step : plan.steps) {
    if (!is_problem(step.status, step.need) || step.status == Status::Done ||
        step.status == Status::Deferred)
      continue;
    if (++count <= kNamed) names += (names.empty() ? "" : ", ") + step.subject;
  }
  if (count > kNamed) names += fmt::format(" and {} more", count - kNamed);
  return names.empty() ? "" : fmt::format(" ({})", names);
}

// A program that a peer can break is a warning, also on a host whose settings are right.
void add_programs(const SavedDocument& document, Part& part) {
  std::vector<std::string> services = services_that_need_action(document);
  if (services.empty()) return;
  const std::size_t more = services.size() > kNamed ? services.size() - kNamed : 0;
  services.resize(services.size() - more);
  part.state = worse(part.state, State::Warning);
  part.words += fmt::format(", at risk by kernel TLS: {}{}", join(services, ", "),
                            more > 0 ? fmt::format(" and {} more", more) : "");
}

// A document that is too old proves nothing, whatever it says: the timer that wrote it may be dead.
Part part_of(const SavedDocument& document, const Saved& saved) {
  Part part{.state = state_of(document.exit_code)};
  part.words = fmt::format("{} {}: {}", document.hostname, document.kind, state_words(document));
  if (document.plan) part.words += named_steps(*document.plan);
  if (!document.plan && !document.probe && !document.errors.empty())
    part.words += fmt::format(" ({})", document.errors.front().message);
  add_programs(document, part);
  if (document.started_at > saved.now + kClockMayBeAhead) {
    return {State::Unknown, fmt::format("{}, but its time {} is in the future", part.words,
                                        rfc3339(document.started_at))};
  }
  if (document.started_at < saved.now - saved.max_age) {
    return {State::Unknown, fmt::format("{}, but its time {} is too old", part.words,
                                        rfc3339(document.started_at))};
  }
  return part;
}

int count_steps(const Saved& saved, Status status) {
  int count = 0;
  for (const SavedDocument& document : saved.documents) {
    if (!document.plan) continue;
    count += static_cast<int>(std::ranges::count(document.plan->steps, status, &SavedStep::status));
  }
  return count;
}

int count_ends(const Saved& saved, std::string SavedCell::*end, std::string_view path) {
  int count = 0;
  for (const SavedDocument& document : saved.documents) {
    if (document.probe)
      count += static_cast<int>(std::ranges::count(document.probe->cells, path, end));
  }
  return count;
}

// label=value[unit];warning;critical;minimum
// Zeros are printed too: a graph needs each value in every sample.
std::string performance(const Saved& saved) {
  const auto has = [&](auto part) { return std::ranges::any_of(saved.documents, part); };
  std::vector<std::string> data;
  if (has([](const SavedDocument& each) { return each.plan.has_value(); })) {
    data.push_back(fmt::format("in_sync={};;;0", count_steps(saved, Status::InSync)));
    data.push_back(fmt::format("change={};0;;0", count_steps(saved, Status::Change)));
    data.push_back(fmt::format("unsupported={};;;0", count_steps(saved, Status::Unsupported)));
    data.push_back(fmt::format("blocked={};;;0", count_steps(saved, Status::Blocked)));
    data.push_back(fmt::format("unreadable={};;0;0", count_steps(saved, Status::Unreadable)));
    data.push_back(fmt::format("failed={};;0;0", count_steps(saved, Status::Failed)));
    data.push_back(fmt::format("no_subject={};;;0", count_steps(saved, Status::NoSubject)));
  }
  if (has([](const SavedDocument& each) { return each.probe.has_value(); })) {
    for (const std::string_view path : {"device", "kernel", "userspace", "unknown", "failed"}) {
      data.push_back(fmt::format("tx_{}={};;;0", path, count_ends(saved, &SavedCell::tx, path)));
      data.push_back(fmt::format("rx_{}={};;;0", path, count_ends(saved, &SavedCell::rx, path)));
    }
  }
  if (!saved.documents.empty()) {
    const auto oldest = std::ranges::min(saved.documents, {}, &SavedDocument::started_at);
    const std::int64_t age = (saved.now - oldest.started_at).count();
    data.push_back(
        fmt::format("age={}s;;{};0", std::max<std::int64_t>(age, 0), saved.max_age.count()));
  }
  return join(data, " ");
}

}  // namespace

PluginLine plugin_line(const Saved& saved) {
  PluginLine line;
  std::vector<std::string> words;
  std::vector<std::string> fine;
  const auto add = [&](Part part) {
    line.state = worse(line.state, part.state);
    (part.state == State::Ok ? fine : words).push_back(std::move(part.words));
  };
  for (const FleetFile& file : saved.unusable)
    add({State::Unknown, fmt::format("{} {}", file.file, file.reason)});
  for (const SavedDocument& document : saved.documents) add(part_of(document, saved));
  words.insert(words.end(), fine.begin(), fine.end());  // problems first
  const std::string data = performance(saved);
  line.line = fmt::format("KTLS {} - {}{}{}\n", state_name(line.state),
                          for_plugin_line(join(words, "; ")), data.empty() ? "" : " | ", data);
  return line;
}

}  // namespace tuner
