// The journal's proof of itself. Each line ends in its number and a digest over its predecessor's
// digest and its own text; number and digest of the last line stand in a file beside it, the head.
// Pure.
//
//   {…,"line":7,"seal":"64 digits"}
//
// A line that was altered, lost, doubled or moved breaks the chain where it stands; a journal that
// was cut between two lines is shorter than its head says.
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
  std::vector<std::string_view> lines;  // whole ones
  std::size_t plain = 0;   // those before the first with a digest: an older release wrote them
  std::size_t proven = 0;  // how many lines hold, from the first on, plain ones included
  ChainEnd end;            // after the last that holds
  std::string before_end;  // the digest before that
  bool torn = false;       // something without a newline follows
};

Chain read_chain(std::string_view text);

// `object`, one JSON object as text, with number and digest.
std::string chained(std::string_view object, const ChainEnd& before);
// The digest of a line that chained() made; empty: it has none.
std::string digest_of_line(std::string_view line);

std::string head_text(const ChainEnd& end);
// Nothing: not what head_text() writes.
std::optional<ChainEnd> read_head(std::string_view text);

// Why journal and head do not belong together; empty: they do. The head is written after its line,
// so one line more than it counts is a crash. `closed`: the last line says that all is undone,
// after which the head goes first.
std::string head_fault(const Chain& chain, const std::optional<ChainEnd>& head, bool closed);

}  // namespace tuner
