#include "probe/handshake/wire_message.h"

#include "probe/handshake/connection/frame.h"
#include "probe/json_number.h"
#include "probe/report_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace tuner {
namespace {

using Json = nlohmann::json;

// bench: what a benchmark asks for first.
constexpr std::array<std::string_view, 7> kKinds = {"offer",  "terms",   "cell", "ready",
                                                    "report", "goodbye", "bench"};
// SHA-256 in hexadecimal (certificate_fingerprint()).
constexpr std::size_t kFingerprintDigits = 64;

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

Result<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return malformed_message("not hexadecimal");
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const auto high = hex_digit(text[i]);
    const auto low = hex_digit(text[i + 1]);
    if (!high || !low) return malformed_message("not hexadecimal");
    bytes += static_cast<char>(*high << 4 | *low);
  }
  return bytes;
}

template <typename T, typename Take>
Result<T> read(std::string_view text, Take take) {
  return hear<T>(text, kKinds, take);
}

// The text under one key of one kind of message.
Result<std::string> read_text(std::string_view text, const char* kind, const char* key) {
  return read<std::string>(text,
                           [&](std::string_view said, const Json& json) -> Result<std::string> {
                             if (said != kind) return another_kind(said, kind);
                             return json.at(key).get<std::string>();
                           });
}

// The caller asks the listener for work and memory, so both are limited here.
Result<Offer> offer_of(std::string_view said, const Json& json) {
  if (said == "bench")
    return fail(Fault::Unsupported, "the other end asks for a benchmark, and this end for a probe",
                "run ktls-tuner probe at both ends, or ktls-tuner bench at both ends");
  if (said != "offer") return another_kind(said, "offer");
  Offer offer{.cells = {}, .bytes_each_way = number_at<std::uint64_t>(json, "bytes")};
  if (offer.bytes_each_way == 0 || offer.bytes_each_way > kMostWireBytes) {
    return malformed_message(fmt::format("{} bytes each way, 1 to {} are allowed",
                                         offer.bytes_each_way, kMostWireBytes));
  }
  for (const Json& cell : json.at("cells")) {
    const auto version = from_word<TlsVersion>(cell.at("version").get<std::string>());
    const auto cipher = from_word<TlsCipher>(cell.at("cipher").get<std::string>());
    if (!version || !cipher) return malformed_message("an unknown version or cipher");
    offer.cells.push_back({*version, *cipher});
  }
  if (offer.cells.empty() || offer.cells.size() > kMostCells) {
    return malformed_message(
        fmt::format("{} cells, 1 to {} are allowed", offer.cells.size(), kMostCells));
  }
  return offer;
}

}  // namespace

std::string offer_message(const Offer& offer) {
  Json cells = Json::array();
  for (const CellKey& cell : offer.cells) {
    cells.push_back(
        {{"version", tls_version_name(cell.version)}, {"cipher", tls_cipher_name(cell.cipher)}});
  }
  return say("offer", {{"bytes", offer.bytes_each_way}, {"cells", std::move(cells)}});
}

std::string terms_message(std::string_view fingerprint) {
  return say("terms", {{"certificate", fingerprint}});
}

std::string refusal_message(RunRefusal why) {
  return say("no", {{"because", word_of(why)}});
}

std::string cell_message(std::size_t index) {
  return say("cell", {{"index", index}});
}

std::string ready_message(std::string_view ticket) {
  return say("ready", {{"ticket", hex(ticket)}});
}

std::string report_message(std::string_view cell_json) {
  return say("report", {{"cell", cell_json}});
}

std::string goodbye_message() {
  return say("goodbye", Json::object());
}

Result<Offer> read_offer(std::string_view message) {
  return read<Offer>(message, offer_of);
}

Result<std::string> read_terms(std::string_view message) {
  auto text = read_text(message, "terms", "certificate");
  if (!text) return text;
  const bool digest = text->size() == kFingerprintDigits &&
                      std::ranges::all_of(*text, [](char c) { return hex_digit(c).has_value(); });
  if (!digest) return malformed_message("not a certificate fingerprint");
  return text;
}

Result<std::string> read_ready(std::string_view message) {
  auto text = read_text(message, "ready", "ticket");
  if (!text) return text;
  if (text->size() != 2 * kTicketSize) return malformed_message("the ticket has the wrong length");
  return from_hex(*text);
}

Result<std::string> read_report(std::string_view message) {
  return read_text(message, "report", "cell");
}

Result<std::optional<std::size_t>> read_cell_or_goodbye(std::string_view message) {
  using Index = std::optional<std::size_t>;
  return read<Index>(message, [](std::string_view said, const Json& json) -> Result<Index> {
    if (said == "goodbye") return Index();
    if (said != "cell") return another_kind(said, "cell");
    return Index(number_at<std::size_t>(json, "index"));
  });
}

}  // namespace tuner
