// The text of a TuneD profile (tuned.conf), as TuneD reads it (tuned/profiles/loader.py, TuneD 2.20
// to 2.28): comments, quotes, lists, pairs and variables. Pure.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuner {

// The folders that have folders of profiles, in order of priority. Up to TuneD 2.23 profiles were
// in the parent folders.
inline constexpr std::array<std::string_view, 4> kTunedFolders{
    "/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned"};

bool is_tuned_true(std::string_view value);

// "a # comment" → "a". A # that does not follow a blank is part of the value.
std::string without_tuned_comment(std::string_view value);

// Without the quotes around it, if there are some.
std::string without_quotes(std::string_view value);

// The words of a list, which are separated by blanks, ',' or ';'.
std::vector<std::string> tuned_list(std::string_view text);

// "tso on, gro off" → {tso, on}, {gro, off}. A name without a value at the end is dropped.
std::vector<std::pair<std::string, std::string>> tuned_pairs(std::string_view text);

// Replaces "${name}"; a variable may name others. What no variable has remains, as do TuneD's
// functions ("${f:…}"). At most 16 replacements, and none beyond 64 KiB.
using TunedVariables = std::map<std::string, std::string>;
std::string expand_tuned(std::string text, const TunedVariables& variables);

// Whether an option of a section is a condition that only TuneD can evaluate.
bool is_tuned_condition(std::string_view key);

}  // namespace tuner
