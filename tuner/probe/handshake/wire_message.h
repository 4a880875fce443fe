// The JSON messages on the control connection. Later versions may add fields; a message that is not
// understood ends the probe with an error.
//
//   caller                        listener
//   offer: cells, bytes     →
//                           ←     terms: certificate, or a refusal
//   cell: which             →
//                           ←     ready: ticket
//   (a new connection with the ticket, then TLS)
//   report: its own end     →
//                           ←     report: its own end
//   …next cell, or goodbye  →
#pragma once

#include "base/result.h"
#include "probe/handshake/connection/context.h"
#include "probe/handshake/message_json.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct Offer {
  std::vector<CellKey> cells;
  std::uint64_t bytes_each_way = 0;
};

// Payloads are held in memory at both ends.
inline constexpr std::uint64_t kMostWireBytes = 64U << 20U;
inline constexpr std::size_t kMostCells = 16;

std::string offer_message(const Offer& offer);
std::string terms_message(std::string_view fingerprint);
std::string refusal_message(RunRefusal why);  // refuses an offer
std::string cell_message(std::size_t index);
std::string ready_message(std::string_view ticket);  // any bytes
std::string report_message(std::string_view cell_json);
std::string goodbye_message();

// Each reads one kind of message. Refused: the other end refused the offer; Invalid: another kind
// of message, an unknown word, or malformed.
// Also Invalid: beyond the limits above. Unsupported: the other end asks for a benchmark.
Result<Offer> read_offer(std::string_view message);
Result<std::string> read_terms(std::string_view message);
Result<std::string> read_ready(std::string_view message);
Result<std::string> read_report(std::string_view message);

// The index of the next cell, or nullopt for goodbye.
Result<std::optional<std::size_t>> read_cell_or_goodbye(std::string_view message);

}  // namespace tuner
