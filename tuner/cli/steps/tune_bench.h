// What tune --bench adds: a short benchmark before the first write and one after the probe.
#pragma once

#include "cli/request/verb.h"
#include "document/tune.h"
#include "report/document.h"

#include <vector>

namespace tuner {

struct BenchOfTune {
  SavedDocument document;     // of this host; what was measured counts, whatever the errors
  std::vector<Error> errors;  // of a run that did not come to its end, and of rows that failed
};

// A short benchmark, shown as text and kept as one of `bench`. An error: nothing was measured.
Result<BenchOfTune> bench_for_tune(Context& context);

// Measures again, and compares, shown as text. What fails is in `errors` and costs nothing of
// `before`, which has a benchmark of this function's kind.
document::TuneBench bench_after_tune(Context& context, const SavedDocument& before,
                                     std::vector<Error>& errors);

}  // namespace tuner
