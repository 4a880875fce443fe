#include "cli/output/text_sink.h"
#include "cli/render/text.h"
#include "cli/render/tls_server.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

Tint offer_tint(OfferResult result) {
  switch (result) {
    case OfferResult::Accepted: return Tint::Good;
    case OfferResult::Refused:
    case OfferResult::NotOffered: return Tint::Faint;
    case OfferResult::Untrusted: return Tint::Bad;
    case OfferResult::Closed:
    case OfferResult::NotTls:
    case OfferResult::NoStarttls:
    case OfferResult::TimedOut:
    case OfferResult::NoConnection:
    case OfferResult::Failed:
    case OfferResult::NotTried: break;
  }
  return Tint::Warning;
}

// "not_offered" becomes "not offered".
std::string answer_words(OfferResult result) {
  std::string words(word_of(result));
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words;
}

std::string content_words(const std::optional<HttpContent>& http) {
  if (!http) return {};
  // 0: no reply of HTTP came.
  if (http->status == 0) return "none";
  const std::string size = fmt::format("{}, {} bytes", http->status, http->bytes);
  if (http->end == HttpEnd::Cut) return size + ", not complete";
  return fmt::format("{}{}, sha256 {}…", size, http->end == HttpEnd::Limited ? " and more" : "",
                     http->sha256.substr(0, 12));
}

std::string reason(const JudgedOffer& one) {
  return one.judged ? one.judged->because() : one.offer.because;
}

Table offers_table(const JudgedServer& judged, const Context& context) {
  const bool content = std::ranges::any_of(
      judged.offers, [](const JudgedOffer& one) { return one.offer.http.has_value(); });
  std::vector<std::string> heads = {"server", "version", "cipher", "suite",
                                    "result", "tx",      "rx",     "why"};
  if (content) heads.insert(heads.end() - 1, "content");
  Table table(std::move(heads));
  for (const JudgedOffer& one : judged.offers) {
    const ServerOffer& offer = one.offer;
    const auto path = [&](TlsDirection direction) {
      return one.judged ? path_words(*one.judged, direction) : std::string();
    };
    std::vector<Cell> row = {{answer_words(offer.result), offer_tint(offer.result)},
                             {std::string(word_of(offer.version))},
                             {offer.cipher ? std::string(word_of(*offer.cipher)) : "others"},
                             {offer.suite},
                             {one.judged ? std::string(word_of(one.judged->result())) : "",
                              one.judged ? tint_of(one.judged->result()) : Tint::None},
                             {path(TlsDirection::Tx)},
                             {path(TlsDirection::Rx)},
                             {reason(one)}};
    if (content) row.insert(row.end() - 1, {content_words(offer.http)});
    table.add(std::move(row));
    if (!context.options.explain || !one.judged) continue;
    table.note("counters: " + counters_text(one.judged->own_end()));
    explain_end(table, one.judged->own_end());
  }
  return table;
}

std::string certificate_line(const ServerReport& report) {
  if (!report.certificate) return text_line("certificate: none was sent");
  const ServerCertificate& certificate = *report.certificate;
  return text_line("certificate: {}, issued by {}: {}", certificate.subject, certificate.issuer,
                   certificate.trusted() ? "trusted" : "NOT TRUSTED, " + certificate.doubt);
}

std::string choice_line(const ServerReport& report) {
  const ServerChoice& choice = report.choice;
  if (choice.result == OfferResult::Accepted)
    return text_line("of all that this OpenSSL offers the server chooses {} {}", choice.version,
                     choice.suite);
  return text_line("all that this OpenSSL offers: {}: {}", answer_words(choice.result),
                   choice.because);
}

}  // namespace

std::string insecure_warning(const ServerReport& report) {
  const bool trusted = report.certificate && report.certificate->trusted();
  return fmt::format("--insecure: the certificate was not required to be trusted{}",
                     trusted ? ", and is" : ", and is NOT: any host may have answered");
}

std::string tls_server_text(const JudgedServer& judged, const ServerManner& manner,
                            const Context& context) {
  const ServerReport& report = judged.report;
  std::string text;
  if (manner.insecure)
    text += tinted("INSECURE", Tint::Bad, context.terminal.color()) +
            text_line(" {}", insecure_warning(report));
  text += text_line("{} connected to {} ({}) as {}{}, in this network namespace ({})",
                    report.library.version, report.place, report.address, report.server_name,
                    manner.starttls ? fmt::format(", starttls {}", word_of(*manner.starttls)) : "",
                    kSharedCounters);
  text += certificate_line(report);
  if (report.asks_certificate) text += text_line("the server asks for a client's certificate");
  text += choice_line(report);
  text += offers_table(judged, context).text(context.terminal.display());
  if (report.key_update)
    text += text_line("KeyUpdate: {}: {}", word_of(report.key_update->answer),
                      report.key_update->because);
  return text;
}

}  // namespace tuner
