#include "probe/server_json.h"

#include "base/json_text.h"
#include "model/json_bytes.h"
#include "probe/json_number.h"
#include "probe/report_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace tuner {
namespace {

using Json = nlohmann::ordered_json;

// Cells and library have their form in report_json.h, as texts.
Json part(const std::string& text) {
  return parse_ordered_json(text);
}

Json content_json(const std::optional<HttpContent>& http) {
  if (!http) return nullptr;
  return {{"status", http->status},
          {"bytes", http->bytes},
          {"sha256", http->sha256},
          {"end", word_of(http->end)},
          {"because", http->because}};
}

Json certificate_json(const std::optional<ServerCertificate>& certificate) {
  if (!certificate) return nullptr;
  return {{"subject", certificate->subject},
          {"issuer", certificate->issuer},
          {"sha256", certificate->sha256},
          {"doubt", certificate->doubt}};
}

Json to_json(const ServerOffer& offer) {
  return {{"version", word_of(offer.version)},
          {"cipher", offer.cipher ? Json(word_of(*offer.cipher)) : Json(nullptr)},
          {"result", word_of(offer.result)},
          {"because", offer.because},
          {"suite", offer.suite},
          {"cell", offer.cell ? part(cell_to_json(*offer.cell)) : Json(nullptr)},
          {"http", content_json(offer.http)}};
}

Json to_json(const std::optional<ServerKeyUpdate>& update) {
  if (!update) return nullptr;
  return {{"answer", word_of(update->answer)}, {"because", update->because}};
}

std::string text_at(const Json& json, const char* key) {
  return json.at(key).get<std::string>();
}

// The reader of a part has converted its exceptions; this one's is above it again.
template <typename T>
T value_or_throw(Result<T> read, const Json& json) {
  if (!read) throw Json::other_error::create(501, read.error().text, &json);
  return std::move(*read);
}

std::optional<HttpContent> content_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return HttpContent{.status = number_at<int>(json, "status"),
                     .bytes = number_at<std::uint64_t>(json, "bytes"),
                     .sha256 = text_at(json, "sha256"),
                     .end = word_at<HttpEnd>(json, "end"),
                     .because = text_at(json, "because")};
}

std::optional<ServerCertificate> certificate_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return ServerCertificate{.subject = text_at(json, "subject"),
                           .issuer = text_at(json, "issuer"),
                           .sha256 = text_at(json, "sha256"),
                           .doubt = text_at(json, "doubt")};
}

ServerOffer offer_of(const Json& json) {
  ServerOffer offer{.version = word_at<TlsVersion>(json, "version"),
                    .cipher = {},
                    .result = word_at<OfferResult>(json, "result"),
                    .because = text_at(json, "because"),
                    .suite = text_at(json, "suite"),
                    .cell = {},
                    .http = content_of(json.at("http"))};
  if (!json.at("cipher").is_null()) offer.cipher = word_at<TlsCipher>(json, "cipher");
  if (const Json& cell = json.at("cell"); !cell.is_null())
    offer.cell = value_or_throw(cell_from_json(json_text(cell)), cell);
  return offer;
}

ServerReport report_of(const Json& json) {
  const Json& choice = json.at("choice");
  const Json& library = json.at("library");
  ServerReport report{.place = text_at(json, "place"),
                      .address = text_at(json, "address"),
                      .server_name = text_at(json, "server_name"),
                      .library = value_or_throw(library_from_json(json_text(library)), library),
                      .choice = {.result = word_at<OfferResult>(choice, "result"),
                                 .because = text_at(choice, "because"),
                                 .version = text_at(choice, "version"),
                                 .suite = text_at(choice, "suite")},
                      .certificate = certificate_of(json.at("certificate")),
                      .asks_certificate = json.at("asks_certificate").get<bool>(),
                      .offers = {},
                      .key_update = {},
                      .warnings = json.at("warnings").get<std::vector<std::string>>()};
  for (const Json& offer : json.at("offers")) report.offers.push_back(offer_of(offer));
  if (const Json& update = json.at("key_update"); !update.is_null())
    report.key_update = ServerKeyUpdate{.answer = word_at<KeyUpdateSurvival>(update, "answer"),
                                        .because = text_at(update, "because")};
  return report;
}

}  // namespace

// The words of the server may hold any byte.
std::string server_to_json(const ServerReport& report) {
  Json offers = Json::array();
  for (const ServerOffer& offer : report.offers) offers.push_back(to_json(offer));
  const Json json = {{"place", report.place},
                     {"address", report.address},
                     {"server_name", report.server_name},
                     {"library", part(library_to_json(report.library))},
                     {"choice",
                      {{"result", word_of(report.choice.result)},
                       {"because", report.choice.because},
                       {"version", report.choice.version},
                       {"suite", report.choice.suite}}},
                     {"certificate", certificate_json(report.certificate)},
                     {"asks_certificate", report.asks_certificate},
                     {"offers", offers},
                     {"key_update", to_json(report.key_update)},
                     {"warnings", report.warnings}};
  return printed(json, 2) + "\n";
}

Result<ServerReport> server_from_json(std::string_view text) {
  try {
    const Json json = parse_ordered_json(text);
    if (json.contains("error")) return fail(error_from_json(text));
    return report_of(json);
  } catch (const Json::exception& error) {
    return fail(Fault::Invalid, fmt::format("the probe's report is malformed: {}", error.what()));
  }
}

}  // namespace tuner
