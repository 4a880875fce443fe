// The messages of the control connection are JSON objects that name their kind: {"say": "offer",
// …}. Shared by those of the probe (wire_message.h) and of the benchmark
// (bench/load/bench_message.h).
#pragma once

#include "base/json_text.h"
#include "base/result.h"
#include "base/words.h"
#include "probe/handshake/connection/frame.h"
#include "probe/json_number.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// Why the listener refuses what the caller asks for: {"say": "no", "because": "offer"}.
enum class RunRefusal { Limits, Version, Purpose };
template <>
inline constexpr auto kWords<RunRefusal> =
    std::to_array<Word<RunRefusal>>({{RunRefusal::Limits, "offer"},
                                     {RunRefusal::Version, "version"},
                                     {RunRefusal::Purpose, "purpose"}});

// Of all kinds of messages.
std::string say(std::string_view kind, nlohmann::json rest = nlohmann::json::object());

// Invalid.
tl::unexpected<Error> malformed_message(std::string_view what);
tl::unexpected<Error> unknown_word();
// What a refusal says: Refused, with the next step.
tl::unexpected<Error> refused(RunRefusal why);
// "'cell' instead of 'offer'": both are of `kinds`.
tl::unexpected<Error> another_kind(std::string_view kind, std::string_view wanted);

// Calls `take` with the kind, which is one of `kinds`, and the message. Its result, or Refused: the
// other end refuses; Invalid: not JSON, another kind, or what nlohmann's accessors throw in `take`.
// An error quotes the other end only briefly and as harmless().
template <typename T, typename Take>
Result<T> hear(std::string_view text, std::span<const std::string_view> kinds, Take take) {
  constexpr std::size_t kLongestWhat = 200;
  try {
    const auto json = parse_json(text);
    const auto kind = json.at("say").get<std::string>();
    if (kind == "no") {
      const auto why = from_word<RunRefusal>(json.at("because").get<std::string>());
      return why ? refused(*why) : unknown_word();
    }
    if (std::ranges::find(kinds, kind) == kinds.end()) return unknown_word();
    return take(std::string_view(kind), json);
  } catch (const nlohmann::json::exception& error) {
    // The exception's text may quote the other end.
    return malformed_message(harmless(std::string_view(error.what()).substr(0, kLongestWhat)));
  }
}

}  // namespace tuner
