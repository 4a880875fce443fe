// The part of a bundle that is no file of the machine: its programs, their TLS sessions and the
// last probe, as a document.
#pragma once

#include "cli/render/recorded_programs.h"
#include "model/scrub.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct BundlePrograms {
  std::string text;                // of kRecordedProgramsFile, scrubbed
  std::vector<std::string> names;  // of the programs, for the list, scrubbed
};

// What the list calls it if there is none.
inline constexpr std::string_view kProgramsLeftOut = "programs and their connections";

// Error: `look` is one, or the document would be larger than its reader takes. `host`: of the
// machine, not scrubbed.
Result<BundlePrograms> recorded_programs(const Result<ProgramsLook>& look, const RekeyFacts& kernel,
                                         const HostIdentity& host,
                                         std::chrono::system_clock::time_point at, Scrubber& scrub);

// Whether programs would be others without this word: a host is named "nginx", or "lib".
bool is_word_of_programs(std::string_view host_name, const ProgramsLook& look);

}  // namespace tuner
