#include "cli/render/documents.h"
#include "cli/render/tls_server.h"
#include "document/probe.h"
#include "document/tls_server.h"

namespace tuner {
namespace {

using document::or_null;
using document::word;

std::optional<document::ServerContent> content_document(const std::optional<HttpContent>& http) {
  if (!http) return std::nullopt;
  return document::ServerContent{.status = http->status,
                                 .bytes = http->bytes,
                                 .sha256 = http->sha256,
                                 .end = word(http->end),
                                 .because = http->because};
}

std::optional<document::ServerOwnEnd> own_end_document(const std::optional<JudgedCell>& judged) {
  if (!judged) return std::nullopt;
  const document::End end = end_document(judged->own_end());
  return document::ServerOwnEnd{.tx = end.tx,
                                .rx = end.rx,
                                .expected = {.tx = word(judged->expected(TlsDirection::Tx)),
                                             .rx = word(judged->expected(TlsDirection::Rx))},
                                .result = word(judged->result()),
                                .counters = end.counters,
                                .counters_by_others = end.counters_by_others,
                                .ulp = end.ulp,
                                .interface = end.interface,
                                .nics = end.nics,
                                .driver_counters = end.driver_counters,
                                .because = judged->because()};
}

document::ServerOffer offer_document(const JudgedOffer& one) {
  const ServerOffer& offer = one.offer;
  return {.version = word(offer.version),
          .cipher = offer.cipher ? std::optional(word(*offer.cipher)) : std::nullopt,
          .answer = word(offer.result),
          .cipher_suite = or_null(offer.suite),
          .because = offer.because,
          .own_end = own_end_document(one.judged),
          .content = content_document(offer.http)};
}

std::optional<document::ServerCertificate> certificate_document(
    const std::optional<ServerCertificate>& certificate) {
  if (!certificate) return std::nullopt;
  return document::ServerCertificate{.subject = certificate->subject,
                                     .issuer = certificate->issuer,
                                     .sha256 = certificate->sha256,
                                     .trusted = certificate->trusted(),
                                     .doubt = certificate->doubt};
}

}  // namespace

document::ServerProbe tls_server_document(const JudgedServer& judged, const ServerManner& manner) {
  const ServerReport& report = judged.report;
  document::TlsServer server{
      .place = report.place,
      .address = report.address,
      .server_name = report.server_name,
      .starttls = manner.starttls ? std::optional(word(*manner.starttls)) : std::nullopt,
      .insecure = manner.insecure,
      .certificate = certificate_document(report.certificate),
      .asks_certificate = report.asks_certificate,
      .choice = {.answer = word(report.choice.result),
                 .version = or_null(report.choice.version),
                 .cipher_suite = or_null(report.choice.suite),
                 .because = report.choice.because},
      .offers = {},
      .key_update = {},
      .library = library_document(report.library),
      .verdict = word(judged.verdict),
      .warnings = report.warnings};
  for (const JudgedOffer& offer : judged.offers) server.offers.push_back(offer_document(offer));
  if (report.key_update)
    server.key_update = document::ServerKeyUpdate{.answer = word(report.key_update->answer),
                                                  .because = report.key_update->because};
  return {.tls_server = std::move(server)};
}

}  // namespace tuner
