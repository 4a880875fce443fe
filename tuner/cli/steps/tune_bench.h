// What tune --bench adds: a short benchmark before the first write and one after the probe.
#pragma once

#include "cli/request/verb.h"
#include "document/tune.h"
#include "report/document.h"

#include <optional>

namespace tuner {

// A short benchmark, shown as text, as a document of this host. Ctrl-C and a failure are an error,
// also of a run that measured something: what is compared is complete.
Result<SavedDocument> bench_for_tune(Context& context);

// The comparison, shown as text. `before` and `after` have a benchmark of one workload.
document::TuneBench compare_for_tune(Context& context, const SavedDocument& before,
                                     const SavedDocument& after, Answer& answer);

}  // namespace tuner
