// Why a listener turns a caller away: a closed list of words on the wire, and what each end says of
// them. No text of the other end is shown to people.
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
    RefusalRow{Refusal::OtherToken, "token", "it has another token"},
    RefusalRow{Refusal::Busy, "busy", "another probe is being served"},
    RefusalRow{Refusal::OtherVersion, "version",
               "it speaks another version of the probe's protocol"},
    RefusalRow{Refusal::Relay, "relay",
               "the proof is of another TLS session: something relays between the two ends"},
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
