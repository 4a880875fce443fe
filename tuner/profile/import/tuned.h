// A TuneD profile (tuned.conf) with what it includes, as lines of an import. Merged as TuneD does
// (tuned/profiles/loader.py and merger.py). Nothing is run. Pure.
#pragma once

#include "profile/import/files.h"
#include "profile/import/line.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner::importing {

// Whether the text has a section that TuneD knows.
bool is_tuned_profile(std::string_view text);

struct TunedLines {
  std::vector<ImportedLine> lines;  // of included files first
  std::string summary;              // of [main]; empty: none
};

// `text` is that of `path`, which `files` has read. Included profiles are looked for beside this
// profile's folder and in TuneD's own folders; files of variables must be in this profile's folder
// or in TuneD's. What is not found, or included deeper than 16 levels, is said in the line that
// includes it. Fails only at the limits of an import.
Result<TunedLines> read_tuned_profile(const std::string& path, const std::string& text,
                                      ImportFiles& files);

}  // namespace tuner::importing
