#include "cli/request/option.h"

#include "base/duration.h"
#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

namespace tuner {

// `-p "$PROFILE"` with an unset variable must not select the active profile, and `-p --json` must
// not ask for a profile of that name.
Outcome read_word(std::string_view word, std::string& text) {
  if (word.starts_with("--"))
    return fail(Fault::Invalid, fmt::format("{} is an option, not a value", word));
  if (word.empty()) return fail(Fault::Invalid, "must not be empty");
  text = word;
  return {};
}

Outcome read_word(std::string_view word, std::vector<std::string>& list) {
  list.emplace_back(word);
  return {};
}

Outcome read_word(std::string_view word, std::chrono::seconds& time) {
  time = TRY(parse_duration(word));
  return {};
}

Outcome read_word(std::string_view word, Splay& splay) {
  if (word == "settings") {
    splay = {.of_settings = true};
    return {};
  }
  splay.of_settings = false;
  return read_word(word, splay.limit);
}

Outcome read_listen_address(std::string_view word, std::optional<HostPort>& place) {
  place = TRY(parse_listen_address(word));
  return {};
}

Outcome read_peer(std::string_view word, std::optional<HostPort>& place) {
  place = TRY(parse_peer(word));
  return {};
}

Outcome read_probe_bytes(std::string_view word, std::optional<std::uint64_t>& bytes) {
  const auto read = whole_number<std::uint64_t>(word, 1, kMostProbeBytes);
  if (!read) return fail(Fault::Invalid, read.error().text, "omit it for the default");
  bytes = *read;
  return {};
}

Outcome read_pid(std::string_view word, std::optional<int>& pid) {
  const auto read = whole_number<int>(word, 1);
  if (!read) return fail(Fault::Invalid, read.error().text, "the number of a process");
  pid = *read;
  return {};
}

tl::unexpected<Error> not_among(std::string_view word, std::span<const std::string_view> words) {
  return fail(Fault::Invalid, fmt::format("{} not in {{{}}}", word, fmt::join(words, ",")));
}

std::string shown_word(std::chrono::seconds time) {
  return time.count() == 0 ? std::string() : duration_word(time);
}

std::string_view long_name(const OptionRow& row) {
  return row.names.substr(row.names.find("--"));
}

Outcome read_option(const OptionRow& row, std::string_view word, Options& options) {
  auto read = row.value.read(word, options);
  if (!read) read.error().text = fmt::format("{}: {}", long_name(row), read.error().text);
  return read;
}

std::vector<OptionRow> global_options() {
  return {
      {"-p,--profile", "NAME|PATH", "profile to use; default: the active one",
       into<&Options::profile>()},
      {"--json", "", "one JSON document on stdout, also on failure", into<&Options::json>()},
      {"--root", "DIR", "recorded machine to use instead of this one; read-only",
       into<&Options::root>()},
      {"--explain", "", "show for each setting its reason, profile line and owner",
       into<&Options::explain>()},
      {"--color", "WHEN", "when to colour the output; auto honours NO_COLOR",
       into<&Options::color>()},
      {"-v,--verbose", "", "also show settings that are in sync", into<&Options::verbose>()},
      {"-q,--quiet", "", "no notes and no progress on stderr", into<&Options::quiet>()},
      {"--timeout", "TIME", "limit for the lock (with --wait), the probe, and all reads together",
       into<&Options::timeout>()},
  };
}

}  // namespace tuner
