// The measurements of the benchmark's helper as lines of JSON, one an event, so that what was
// measured survives a helper that is stopped or dies. Private to the two programs, which are
// installed together; `ktls-tuner bench --json` is document/bench.h.
#pragma once

#include "bench/report.h"

#include <string>
#include <string_view>
#include <variant>

namespace tuner {

// The helper's last line: Complete or OutOfTime.
struct BenchDone {
  BenchEnding ending = BenchEnding::Complete;
};

// An Error ends the run, too.
using BenchEvent = std::variant<BenchStart, LimitSample, BenchSample, LatencySample, MessageSample,
                                BenchRefusal, BenchDone, Error>;

// With the newline.
std::string bench_line(const BenchEvent& event);
// Invalid: not JSON, a key is missing or has another type, or a word is unknown; the text names it.
Result<BenchEvent> bench_event(std::string_view line);

// Invalid, with the words for a line or a report that is none.
tl::unexpected<Error> malformed_report(std::string_view what);

}  // namespace tuner
