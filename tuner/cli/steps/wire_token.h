// The secret of two ends across the wire, for the verbs that have two ends: where it comes from,
// and what both verbs say about it.
#pragma once

#include "cli/request/option.h"
#include "cli/request/options.h"
#include "probe/run_probe.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace tuner {

// Where the token of an end comes from.
struct NewTokenFile {
  std::string path;  // a new token is written to this new file
};
struct TokenFile {
  std::string path;
};
struct GivenToken {
  std::string token;  // of KTLS_TUNER_TOKEN
};
struct ShownToken {};  // a new token is shown on the terminal
using TokenSource = std::variant<NewTokenFile, TokenFile, GivenToken, ShownToken>;

inline constexpr const char* kTokenVariable = "KTLS_TUNER_TOKEN";

// `variable` is the value of KTLS_TUNER_TOKEN; nullptr: it is not set. Invalid: the options
// contradict each other, or the token in the variable is invalid.
Result<TokenSource> token_source(const Options& options, const char* variable);
// The error of a connecting end that would have to show a new token.
tl::unexpected<Error> no_token_to_connect();

// Reads, makes or shows the token. Invalid: it is not one, or there is no terminal to show it on.
Result<std::string> token_of(const TokenSource& source);
// A new token in a new file that only its owner can read.
Result<std::string> file_new_token(const std::string& path);

// Warning for a listener on all addresses, which serves `what` ("one probe").
std::optional<std::string> any_address_warning(const WireEnd& end, std::string_view what,
                                               std::chrono::seconds limit);

// --token-file
OptionRow token_file_option();

}  // namespace tuner
