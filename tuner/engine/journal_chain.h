// Damage detection of the journal. Each line ends in its number and a digest over its predecessor's
// digest and its own text. A second file, the head, holds number and digest of the last line. Pure.
//
//   {…,"line":7,"seal":"64 digits"}
//
// A line that was altered, lost, duplicated or moved breaks the chain at its place. A journal that
// was truncated between two lines has fewer lines than its head counts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct ChainEnd {
  std::size_t count = 0;
  std::string digest;
  bool operator==(const ChainEnd&) const = default;
};

struct Chain {
  std::vector<std::string_view> lines;  // complete lines
  std::size_t plain = 0;   // lines before the first with a digest, written by an older release
  std::size_t proven = 0;  // lines from the first on that are proven, plain ones included
  ChainEnd end;            // after the last proven line
  std::string before_end;  // the digest before `end`
  bool torn = false;       // text without a newline follows
};

Chain read_chain(std::string_view text);

// `object`, one JSON object as text, with line number and digest added.
std::string chained(std::string_view object, const ChainEnd& before);
// The digest at the end of a line that chained() made; empty if there is none.
std::string_view digest_of_line(std::string_view line);

std::string head_text(const ChainEnd& end);
// nullopt: not in the format of head_text().
std::optional<ChainEnd> read_head(std::string_view text);

// Why journal and head do not match; empty if they do. The head is written after its line, so one
// line more than it counts is a crash, not damage. `closed`: the last line is "closed", after which
// the head is removed before the journal.
std::string head_fault(const Chain& chain, const std::optional<ChainEnd>& head, bool closed);

}  // namespace tuner
