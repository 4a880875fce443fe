#include "report/fleet_history.h"

#include "report/fleet.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

namespace tuner {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// In hours. Each has quarters that are easy to read.
constexpr std::array kWindows = {4,       8,       12,      16,      20,      24,
                                 36,      48,      24 * 4,  24 * 8,  24 * 12, 24 * 16,
                                 24 * 20, 24 * 28, 24 * 40, 24 * 60, 24 * 80, 24 * 120};

// Whether a family drifted is not known as soon as one of its settings is not; but a drift that was
// seen is a drift.
void add_step(FamilySample& sample, const SavedStep& step) {
  switch (step.status) {
    case Status::Change: {
      const auto first = from_rfc3339(step.first_seen);
      const UtcTime since = first ? std::min(*first, sample.at) : sample.at;
      sample.since = sample.settings == 0 ? since : std::min(sample.since, since);
      ++sample.settings;
      sample.drift = Drift::Some;
      break;
    }
    case Status::Unreadable:
    case Status::Failed:
    case Status::Deferred:
      if (sample.drift == Drift::None) sample.drift = Drift::NotKnown;
      break;
    case Status::InSync:
    case Status::Done:
    case Status::Unsupported:
    case Status::NoSubject:
    case Status::Blocked: break;
  }
}

// Adds a span, and what is not known before it. Spans of one kind become one.
void append(std::vector<DriftSpan>& spans, DriftSpan span, UtcTime window_start) {
  const UtcTime end = spans.empty() ? window_start : spans.back().to;
  span.from = std::max(span.from, end);
  if (span.to <= span.from) return;
  if (end < span.from) spans.push_back({end, span.from, Drift::NotKnown});
  if (!spans.empty() && spans.back().drift == span.drift)
    spans.back().to = span.to;
  else
    spans.push_back(span);
}

// A record says since when a setting drifts. An earlier document that saw no drift is believed more
// than a later record: so a drift starts at the document before it at the earliest.
UtcTime start_of(std::span<const FamilySample* const> samples, std::size_t i) {
  const FamilySample& sample = *samples[i];
  if (sample.drift != Drift::Some) return sample.at;
  return i == 0 ? sample.since : std::max(sample.since, samples[i - 1]->at);
}

std::vector<DriftSpan> spans_of(std::span<const FamilySample* const> samples, UtcTime from,
                                UtcTime now, seconds max_age) {
  std::vector<DriftSpan> spans;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i]->drift == Drift::NotKnown) continue;
    // Beyond its age a document says nothing: the state is then not known.
    UtcTime end = std::min(samples[i]->at + max_age, now);
    if (i + 1 < samples.size()) end = std::min(end, start_of(samples, i + 1));
    append(spans, {start_of(samples, i), end, samples[i]->drift}, from);
  }
  const UtcTime known_until = spans.empty() ? from : spans.back().to;
  if (known_until < now) spans.push_back({known_until, now, Drift::NotKnown});
  return spans;
}

using Samples = std::vector<const FamilySample*>;

// By family. A document of the future has a wrong clock: its place in time is not known.
std::map<std::string_view, Samples> by_family(const FleetHost& host, UtcTime now) {
  std::map<std::string_view, Samples> families;
  for (const FamilySample& sample : host.samples) {
    if (sample.at <= now) families[sample.family].push_back(&sample);
  }
  for (auto& [family, samples] : families)
    std::ranges::stable_sort(samples, {}, [](const FamilySample* sample) { return sample->at; });
  return families;
}

bool has_drift(const Samples& samples) {
  return std::ranges::any_of(
      samples, [](const FamilySample* sample) { return sample->drift == Drift::Some; });
}

UtcTime window_start(const Fleet& fleet) {
  UtcTime earliest = fleet.made_at;
  for (const FleetHost& host : fleet.hosts) {
    for (const auto& [family, samples] : by_family(host, fleet.made_at)) {
      if (has_drift(samples)) earliest = std::min(earliest, start_of(samples, 0));
    }
  }
  for (const int window : kWindows) {
    if (earliest >= fleet.made_at - hours(window)) return fleet.made_at - hours(window);
  }
  return fleet.made_at - hours(kWindows.back());
}

seconds drifted_for(const DriftRow& row) {
  seconds total{0};
  for (const DriftSpan& span : row.spans) {
    if (span.drift == Drift::Some) total += span.to - span.from;
  }
  return total;
}

DriftRow row_of(const FleetHost& host, std::string_view family, const Samples& samples,
                const DriftHistory& history, seconds max_age) {
  DriftRow row{.host = &host,
               .family = std::string(family),
               .spans = spans_of(samples, history.from, history.to, max_age),
               .settings = samples.back()->settings};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    // The last beginning counts: since then it has drifted without a break.
    const bool goes_on = i > 0 && samples[i - 1]->drift == Drift::Some;
    if (samples[i]->drift == Drift::Some && !goes_on) row.since = start_of(samples, i);
  }
  return row;
}

}  // namespace

std::vector<FamilySample> samples_of(const SavedDocument& document) {
  std::vector<FamilySample> samples;
  // After a rollback the steps are no longer what the host has.
  if (!document.plan || !document.undone.empty()) return samples;
  for (const SavedStep& step : document.plan->steps) {
    auto found = std::ranges::find(samples, step.knob, &FamilySample::family);
    if (found == samples.end())
      found = samples.insert(found, FamilySample{.at = document.started_at, .family = step.knob});
    add_step(*found, step);
  }
  return samples;
}

DriftHistory drift_history(const Fleet& fleet) {
  DriftHistory history{.from = window_start(fleet), .to = fleet.made_at};
  for (const FleetHost& host : fleet.hosts) {
    for (const auto& [family, samples] : by_family(host, fleet.made_at)) {
      if (!has_drift(samples)) continue;
      DriftRow row = row_of(host, family, samples, history, fleet.max_age);
      if (row.settings > 0 || drifted_for(row) > seconds(0)) history.rows.push_back(std::move(row));
    }
  }
  std::ranges::stable_sort(history.rows, [](const DriftRow& a, const DriftRow& b) {
    const bool a_now = a.settings > 0;
    if (a_now != (b.settings > 0)) return a_now;
    return drifted_for(a) > drifted_for(b);
  });
  return history;
}

}  // namespace tuner
