// How far a run of the benchmark is, in words for a person who waits. Pure.
#pragma once

#include "bench/report.h"

#include <chrono>
#include <string>

namespace tuner {

// "bench: round 3 of 10, tls TLSv1.3 AES-128-GCM is done, 41 s left". `elapsed` is the time since
// the helper was started, `total` the time that the run was given. The first round is measured to
// its end, however slow the machine is, so the time left is at least what the rest of it takes at
// its pace.
std::string progress_words(const BenchReport& report, std::chrono::seconds elapsed,
                           std::chrono::seconds total);

}  // namespace tuner
