#include "cli/steps/server_look.h"

#include "cli/render/tls_server.h"
#include "probe/explain.h"
#include "probe/warnings.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using OfferAnswer = ServerOfferLook::Answer;

OfferAnswer answer_of(OfferResult result) {
  switch (result) {
    case OfferResult::Accepted: return OfferAnswer::Accepted;
    case OfferResult::Refused: return OfferAnswer::Refused;
    case OfferResult::NotOffered: return OfferAnswer::NotOffered;
    case OfferResult::Untrusted:
    case OfferResult::Closed:
    case OfferResult::NotTls:
    case OfferResult::NoStarttls:
    case OfferResult::TimedOut:
    case OfferResult::NoConnection:
    case OfferResult::Failed:
    case OfferResult::NotTried: break;
  }
  return OfferAnswer::Unknown;
}

TlsPlace place_of(TlsPath path) {
  switch (path) {
    case TlsPath::Device: return TlsPlace::Device;
    case TlsPath::Kernel: return TlsPlace::Kernel;
    case TlsPath::Userspace: return TlsPlace::None;
    case TlsPath::Unknown:
    case TlsPath::Failed: break;
  }
  return TlsPlace::Unknown;
}

ServerKeyUpdateLook::Answer answer_of(KeyUpdateSurvival survival) {
  switch (survival) {
    case KeyUpdateSurvival::Survived: return ServerKeyUpdateLook::Answer::Survived;
    case KeyUpdateSurvival::Broken: return ServerKeyUpdateLook::Answer::Broken;
    case KeyUpdateSurvival::Unknown: break;
  }
  return ServerKeyUpdateLook::Answer::Unknown;
}

ServerOfferLook look_of(const JudgedOffer& one, const LibraryFacts& library) {
  const ServerOffer& offer = one.offer;
  ServerOfferLook look{.version = offer.version,
                       .cipher = offer.cipher,
                       .answer = answer_of(offer.result),
                       .suite = offer.suite,
                       .because = offer.because};
  if (look.answer == OfferAnswer::Accepted && !offer.cipher)
    look.because = "no kernel takes it from OpenSSL";
  if (!one.judged) return look;
  look.tx = place_of(one.judged->path(TlsDirection::Tx));
  look.rx = place_of(one.judged->path(TlsDirection::Rx));
  look.because = one.judged->because();
  if (const auto ability = ability_for(library, offer.version, *offer.cipher)) {
    look.could_send = ability->tx;
    look.could_receive = ability->rx;
  }
  return look;
}

// The record cipher in OpenSSL's name of a suite: "ECDHE-RSA-AES128-GCM-SHA256",
// "TLS_AES_128_GCM_SHA256". nullopt: another one; tags of 8 bytes (CCM8, CCM_8) are others.
std::optional<TlsCipher> cipher_of(std::string_view suite) {
  struct Part {
    std::string_view old, of_tls13;
    TlsCipher cipher;
  };
  constexpr std::array kParts{
      Part{"AES128-GCM", "AES_128_GCM", TlsCipher::Aes128Gcm},
      Part{"AES256-GCM", "AES_256_GCM", TlsCipher::Aes256Gcm},
      Part{"AES128-CCM", "AES_128_CCM", TlsCipher::Aes128Ccm},
      Part{"CHACHA20-POLY1305", "CHACHA20_POLY1305", TlsCipher::Chacha20Poly1305}};
  const auto has = [&](std::string_view part) { return suite.find(part) != suite.npos; };
  if (has("CCM8") || has("CCM_8")) return std::nullopt;
  for (const Part& part : kParts) {
    if (has(part.old) || has(part.of_tls13)) return part.cipher;
  }
  return std::nullopt;
}

// The offer with the chosen suite is one of a single cipher, since the suites of an offer differ in
// how keys are agreed on.
void look_at_choice(const ServerReport& report, ServerLook& look) {
  const ServerChoice& choice = report.choice;
  look.why_no_choice = choice.because;
  if (choice.result != OfferResult::Accepted) return;
  ServerChoiceLook chosen{.version = choice.version, .suite = choice.suite, .offer = {}};
  for (std::size_t i = 0; i < look.offers.size(); ++i) {
    const ServerOfferLook& offer = look.offers[i];
    if (word_of(offer.version) == choice.version && offer.cipher == cipher_of(choice.suite))
      chosen.offer = i;
  }
  const auto* const offer = chosen.offer ? &look.offers[*chosen.offer] : nullptr;
  // Several servers may answer behind one address.
  if (offer != nullptr && offer->answer != OfferAnswer::Accepted &&
      offer->answer != OfferAnswer::Unknown) {
    look.why_no_choice = "its answers differ between connections";
    return;
  }
  look.choice = std::move(chosen);
}

// The route is the same for all connections.
void look_at_route(const ServerReport& report, ServerLook& look) {
  const auto found = std::ranges::find_if(
      report.offers, [](const ServerOffer& offer) { return offer.cell && offer.cell->client; });
  if (found == report.offers.end()) return;
  look.interface = found->cell->client->interface;
  look.nics = found->cell->client->nics;
}

}  // namespace

ServerLook server_look(const ServerProbe& probe, const Result<JudgedServer>& result) {
  ServerLook look{.place = to_text(probe.request.place)};
  if (!result) {
    look.failure = result.error();
    return look;
  }
  const ServerReport& report = result->report;
  look.failure = nothing_accepted(report);
  look.address = report.address;
  if (probe.request.insecure) look.insecure = insecure_warning(report);
  look.library = short_version(report.library.version);
  look.config_file = report.library.config_file;
  look.config_asks = report.library.config_asks;
  for (const JudgedOffer& offer : result->offers)
    look.offers.push_back(look_of(offer, report.library));
  look_at_choice(report, look);
  look_at_route(report, look);
  if (report.key_update)
    look.key_update = ServerKeyUpdateLook{.answer = answer_of(report.key_update->answer),
                                          .because = report.key_update->because};
  return look;
}

}  // namespace tuner
