// Why a listener refuses a caller: a closed list of words on the wire, with the sentence that each
// end shows for a word. Text of the other end is never shown.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace tuner {

enum class Refusal { OtherToken, Busy, OtherVersion, Relay };

struct RefusalRow {
  Refusal refusal;
  std::string_view word;
  std::string_view sentence;
};

inline constexpr std::array kRefusals = {
    RefusalRow{Refusal::OtherToken, "token", "the tokens differ"},
    RefusalRow{Refusal::Busy, "busy", "another probe is being served"},
    RefusalRow{Refusal::OtherVersion, "version", "the versions of the probe's protocol differ"},
    RefusalRow{
        Refusal::Relay, "relay",
        "the proof belongs to another TLS session: a relay between the two ends terminates TLS"},
};

constexpr const RefusalRow& row_of(Refusal refusal) {
  for (const RefusalRow& row : kRefusals) {
    if (row.refusal == refusal) return row;
  }
  return kRefusals.front();
}

constexpr std::optional<Refusal> refusal_from(std::string_view word) {
  for (const RefusalRow& row : kRefusals) {
    if (row.word == word) return row.refusal;
  }
  return std::nullopt;
}

}  // namespace tuner
