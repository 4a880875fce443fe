// Messages between two probes, and the report of the probe helper.
//   f frames   h hello   o offer   t terms   y ready   r report   g cell or goodbye
//   c a cell   l a library   p a whole report   s of a server elsewhere
#include "fuzz/fuzz.h"
#include "probe/handshake/connection/frame.h"
#include "probe/handshake/wire_message.h"
#include "probe/report_json.h"
#include "probe/server_json.h"

#include <algorithm>
#include <vector>

namespace {

using namespace tuner;
using fuzz::demand;

// All frames of the bytes, read in pieces of `piece` bytes. Stops at the first error.
std::vector<Frame> frames_of(std::string_view bytes, std::size_t piece) {
  FrameReader reader(kLongestMessage);
  std::vector<Frame> frames;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t next = std::min({piece, reader.wanted(), bytes.size() - at});
    demand(next > 0, "a reader before its end wants at least one byte");
    if (next == 0) return frames;
    const auto taken = reader.take(bytes.substr(at, next));
    fuzz::demand_reason(taken);
    if (!taken) return frames;
    if (*taken) frames.push_back(**taken);
    at += next;
  }
  return frames;
}

void frames(std::string_view bytes) {
  const std::vector<Frame> whole = frames_of(bytes, bytes.size());
  demand(whole == frames_of(bytes, 1), "the size of the pieces makes no difference");
  std::string written;
  for (const Frame& frame : whole) {
    written += encode_frame(frame);
    const std::string shown = harmless(frame.payload);
    demand(harmless(shown) == shown, "no hidden characters on a terminal");
  }
  demand(bytes.starts_with(written), "frames are the bytes that were sent");
}

template <typename Read, typename Write>
void back_and_forth(std::string_view text, Read read, Write write) {
  const auto value = read(text);
  fuzz::demand_reason(value);
  if (!value) return;
  const std::string once = write(*value);
  const auto again = read(std::string_view(once));
  demand(again.has_value(), "a written message can be read");
  if (again) demand(write(*again) == once, "a message is unchanged after writing and reading");
}

void message(char kind, std::string_view text) {
  switch (kind) {
    case 'h':
      back_and_forth(text, decode_hello,
                     [](const std::string& nonce) { return encode_hello(nonce); });
      break;
    case 'o':
      back_and_forth(text, read_offer, [](const Offer& offer) {
        demand(offer.cells.size() <= kMostCells && offer.bytes_each_way <= kMostWireBytes,
               "an offer is within its limits");
        return offer_message(offer);
      });
      break;
    case 't':
      back_and_forth(text, read_terms, [](const std::string& s) { return terms_message(s); });
      break;
    case 'y':
      back_and_forth(text, read_ready, [](const std::string& s) { return ready_message(s); });
      break;
    case 'r': fuzz::demand_reason(read_report(text)); break;
    case 'g': fuzz::demand_reason(read_cell_or_goodbye(text)); break;
    case 'c': back_and_forth(text, cell_from_json, cell_to_json); break;
    case 'l': back_and_forth(text, library_from_json, library_to_json); break;
    case 's': back_and_forth(text, server_from_json, server_to_json); break;
    case 'p': back_and_forth(text, report_from_json, report_to_json); break;
    default: break;
  }
}

FUZZ_TARGET(wire) {
  tuner::fuzz::Input input(data, size);
  const char kind = input.kind();
  if (kind == 'f')
    frames(input.rest());
  else
    message(kind, input.rest());
  return 0;
}

}  // namespace
