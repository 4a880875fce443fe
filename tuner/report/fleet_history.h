// Drift over time, of each host and family of settings, from all saved documents. Pure.
#pragma once

#include "base/rfc3339.h"
#include "report/document.h"

#include <chrono>
#include <string>
#include <vector>

namespace tuner {

struct Fleet;
struct FleetHost;

enum class Drift { None, Some, NotKnown };

// What one document says of one family. Settings that could not be read are not known.
struct FamilySample {
  UtcTime at;
  std::string family;  // knob
  Drift drift = Drift::None;
  int settings = 0;  // drifted
  UtcTime since;     // first seen drifted, as the check recorded it; else `at`
};
std::vector<FamilySample> samples_of(const SavedDocument& document);

struct DriftSpan {
  UtcTime from, to;
  Drift drift = Drift::NotKnown;
  bool operator==(const DriftSpan&) const = default;
};

struct DriftRow {
  const FleetHost* host = nullptr;
  std::string family;
  std::vector<DriftSpan> spans;  // the whole window, in order, without gaps
  int settings = 0;              // drifted in the newest document
  UtcTime since;                 // start of the last drift, which may be before the window
};

struct DriftHistory {
  UtcTime from, to;            // the window; its end is when the report was made
  std::vector<DriftRow> rows;  // that drifted in the window: still drifted first, longest first
};

// A document counts for `max_age`, as everywhere in reports: what lies between two documents that
// are further apart is not known. A time in the future is not believed.
DriftHistory drift_history(const Fleet& fleet);

}  // namespace tuner
