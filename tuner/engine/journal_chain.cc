#include "engine/journal_chain.h"

#include "base/json_text.h"
#include "base/number.h"
#include "base/text.h"
#include "engine/digest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace tuner {
namespace {

// A line is text, and its digest is cut off as text. To parse and print it again would make the
// digest depend on the JSON library's order and escapes.
//   {"boot":"…","ended":"applied","net":"…","line":7,"seal":"<64 digits>"}
constexpr std::string_view kBeforeDigest = ",\"seal\":\"";
constexpr std::string_view kAfterDigest = "\"}";
constexpr std::size_t kDigits = 64;
constexpr std::size_t kTail = kBeforeDigest.size() + kDigits + kAfterDigest.size();

bool is_digest(std::string_view text) {
  return text.size() == kDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// The newline separates the two parts. The digest before has a fixed length, so no other pair of
// parts has the same text.
std::string link(std::string_view before, std::string_view body) {
  return sha256({before, "\n", body});
}

// "…,"line":7" with this number.
bool has_number(std::string_view body, std::size_t number) {
  constexpr std::string_view kBefore = ",\"line\":";
  const std::string digits = std::to_string(number);
  return body.ends_with(digits) && body.substr(0, body.size() - digits.size()).ends_with(kBefore);
}

// The digest's place in a sealed line, whatever stands there; empty: the line is not sealed.
std::string_view place_of_digest(std::string_view line) {
  if (line.size() < kTail || !line.ends_with(kAfterDigest)) return {};
  const std::string_view tail = line.substr(line.size() - kTail);
  if (!tail.starts_with(kBeforeDigest)) return {};
  return tail.substr(kBeforeDigest.size(), kDigits);
}

std::string_view body_of(std::string_view line) {
  return line.substr(0, line.size() - kTail);
}

}  // namespace

std::string_view digest_of_line(std::string_view line) {
  const std::string_view digest = place_of_digest(line);
  return is_digest(digest) ? digest : std::string_view();
}

// The number is in the digest's text, so a line that was moved or repeated does not fit its place.
std::string chained(std::string_view object, const ChainEnd& before) {
  const std::string body =
      fmt::format("{},\"line\":{}", object.substr(0, object.size() - 1), before.count + 1);
  return fmt::format("{}{}{}{}", body, kBeforeDigest, link(before.digest, body), kAfterDigest);
}

Chain read_chain(std::string_view text) {
  Chain chain;
  const std::size_t whole = text.rfind('\n') + 1;  // npos + 1 is 0: no complete line
  chain.torn = whole != text.size();
  chain.lines = lines(text.substr(0, whole));
  std::size_t plain_bytes = 0;
  // The lines of an older release have no digests. The first chained line is linked to a digest of
  // all of them, so an update in the middle of a boot proves them from then on.
  while (chain.plain < chain.lines.size() && digest_of_line(chain.lines[chain.plain]).empty())
    plain_bytes += chain.lines[chain.plain++].size() + 1;
  chain.end = {chain.plain, sha256(text.substr(0, plain_bytes))};
  chain.proven = chain.plain;
  for (; chain.proven < chain.lines.size(); ++chain.proven) {
    const std::string_view line = chain.lines[chain.proven];
    const std::string_view digest = place_of_digest(line);  // equal to digits below, or refused
    if (digest.empty()) break;
    const std::string_view body = body_of(line);
    const bool counted = has_number(body, chain.end.count + 1);
    if (!counted || digest != link(chain.end.digest, body)) break;
    chain.before_end = std::exchange(chain.end.digest, std::string(digest));
    ++chain.end.count;
  }
  return chain;
}

std::string head_text(const ChainEnd& end) {
  return fmt::format("{{\"count\":{},\"digest\":\"{}\"}}\n", end.count, end.digest);
}

// The text must be exactly what head_text() writes. The head has no seal of its own; a looser
// reader would take a damaged head for a count of lines.
std::optional<ChainEnd> read_head(std::string_view text) {
  const auto json = json_or_discarded(text);
  if (!json.is_object() || !json.contains("count") || !json.contains("digest") ||
      !json["digest"].is_string())
    return std::nullopt;
  const auto count = whole_number<std::size_t>(json["count"]);
  if (!count) return std::nullopt;
  ChainEnd end{*count, json["digest"].get<std::string>()};
  if (!is_digest(end.digest) || head_text(end) != text) return std::nullopt;
  return end;
}

std::string head_fault(const Chain& chain, const std::optional<ChainEnd>& head, bool closed) {
  const std::size_t count = chain.end.count;
  if (!head) {
    // No head was written yet if there are only lines of an older release, or just one line more.
    if (closed || count <= chain.plain + (chain.torn ? 0 : 1)) return {};
    return fmt::format("it has {} lines, but its head is missing", count);
  }
  if (*head == chain.end) return {};
  if (head->count > count)
    return fmt::format("it ends after line {}, but its head counts {}", count, head->count);
  const bool one_behind =
      head->count + 1 == count && head->digest == chain.before_end && !chain.torn;
  if (one_behind) return {};
  return fmt::format("its head, for {} lines, does not match its {} lines", head->count, count);
}

}  // namespace tuner
