// A server elsewhere: what of its TLS this host's kernel or NIC takes over, and what a KeyUpdate
// does. The server that was asked about is in DiagnosisInput::server.
#include "base/text.h"
#include "model/findings/looks.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Answer = ServerOfferLook::Answer;

// The server, if something is known of its TLS. Without an answer of it there is a doubt.
const ServerLook* known_server(const DiagnosisInput& input, FindingCode code, Diagnosis& found) {
  if (!input.server) return nullptr;
  const ServerLook& server = *input.server;
  if (!server.failure) return &server;
  add_doubt(
      DoubtKind::Unreadable,
      fmt::format("nothing is known of the TLS of {}: {}", server.place, server.failure->text),
      server.failure->hint, code, found);
  return nullptr;
}

void add_unknown(const ServerLook& server, std::string because, FindingCode code,
                 Diagnosis& found) {
  add_doubt(DoubtKind::Unreadable, std::move(because),
            fmt::format("ask {} again, as root", server.place), code, found);
}

HostFinding of_server(FindingCode code, const ServerLook& server) {
  HostFinding finding = finding_of(code, server.place);
  finding.evidence = {fmt::format("{} connected to {}", server.library, server.place)};
  return finding;
}

// Why nothing of it is in the kernel, each offer once.
std::string reasons_of(const ServerLook& server) {
  std::vector<std::string> reasons;
  for (const ServerOfferLook& offer : server.offers) {
    const bool missing = offer.answer == Answer::NotOffered && offer.cipher;
    if (offer.answer == Answer::Accepted || missing)
      reasons.push_back(fmt::format("{}: {}", offer_text(offer), offer.because));
  }
  // It chose a version that is not offered by itself.
  if (reasons.empty() && server.choice)
    reasons.push_back(choice_text(server, *server.choice) + ", which no kernel takes from OpenSSL");
  return join(reasons, "; ");
}

// The choice, if it is known. Otherwise there is a doubt.
const ServerChoiceLook* known_choice(const ServerLook& server, FindingCode code, Diagnosis& found) {
  if (server.choice) return &*server.choice;
  add_unknown(server,
              fmt::format("what {} chooses by default is not known: {}", server.place,
                          server.why_no_choice),
              code, found);
  return nullptr;
}

// Only TLS 1.3 has KeyUpdates.
bool may_have_tls13(const ServerLook& server) {
  return std::ranges::any_of(server.offers, [](const ServerOfferLook& offer) {
    return offer.version == TlsVersion::Tls13 &&
           (offer.answer == Answer::Accepted || offer.answer == Answer::Unknown);
  });
}

// Whether the place of the chosen offer is not known, which is a doubt.
bool doubt_place(const ServerLook& server, const ServerOfferLook* chosen, FindingCode code,
                 Diagnosis& found) {
  if (chosen == nullptr || !is_unknown(*chosen)) return false;
  add_unknown(server,
              fmt::format("where this host sends and receives {} is not known: {}",
                          offer_text(*chosen), chosen->because),
              code, found);
  return true;
}

}  // namespace

void look_server_key_update(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::ServerKeyUpdate;
  const ServerLook* const server = known_server(input, kCode, found);
  if (server == nullptr || !server->key_update) return;
  const ServerKeyUpdateLook& update = *server->key_update;
  switch (update.answer) {
    case ServerKeyUpdateLook::Answer::Survived: return;
    case ServerKeyUpdateLook::Answer::Unknown:
      if (!may_have_tls13(*server)) return;
      return add_unknown(*server,
                         fmt::format("whether {} survives a KeyUpdate is not known: {}",
                                     server->place, update.because),
                         kCode, found);
    case ServerKeyUpdateLook::Answer::Broken: break;
  }
  HostFinding finding = of_server(kCode, *server);
  finding.words = {{"because", update.because}};
  found.findings.push_back(std::move(finding));
}

void look_server_off_path(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::ServerOffPath;
  const ServerLook* const server = known_server(input, kCode, found);
  if (server == nullptr || best_offer(*server, has_kernel_tls(input.facts)) != nullptr) return;
  const auto unknown = std::ranges::find_if(server->offers, is_unknown);
  if (unknown != server->offers.end())
    return add_unknown(*server,
                       fmt::format("whether {} of {} can be in this host's kernel is not known: {}",
                                   offer_text(*unknown), server->place, unknown->because),
                       kCode, found);
  HostFinding finding = of_server(kCode, *server);
  finding.words = {{"because", reasons_of(*server)}};
  for (std::string& line : offer_lines(*server, has_kernel_tls(input.facts)))
    finding.evidence.push_back(std::move(line));
  found.findings.push_back(std::move(finding));
}

void look_server_chooses_other(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::ServerChoosesOther;
  const ServerLook* const server = known_server(input, kCode, found);
  if (server == nullptr) return;
  const bool kernel_tls = has_kernel_tls(input.facts);
  const ServerOfferLook* const other = best_offer(*server, kernel_tls);
  if (other == nullptr) return;  // a finding of its own
  const ServerChoiceLook* const choice = known_choice(*server, kCode, found);
  const ServerOfferLook* const chosen = chosen_offer(*server);
  if (choice == nullptr || doubt_place(*server, chosen, kCode, found)) return;
  if (chosen != nullptr && directions_in_kernel(*chosen, kernel_tls) > 0) return;
  HostFinding finding = of_server(kCode, *server);
  finding.words = {
      {"chosen", choice_text(*server, *choice)},
      {"because", chosen != nullptr ? chosen->because : "no kernel takes it from OpenSSL"},
      {"other", offer_text(*other)},
      {"done", done_for(*other, kernel_tls)}};
  for (std::string& line : offer_lines(*server, kernel_tls))
    finding.evidence.push_back(std::move(line));
  found.findings.push_back(std::move(finding));
}

// Only of what it chooses: a connection of TLS 1.2 has no KeyUpdate.
void look_server_can_break(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::ServerCanBreak;
  const ServerLook* const server = known_server(input, kCode, found);
  const ServerOfferLook* const chosen = server == nullptr ? nullptr : chosen_offer(*server);
  if (chosen == nullptr || chosen->version != TlsVersion::Tls13 ||
      directions_in_kernel(*chosen, has_kernel_tls(input.facts)) == 0)
    return;
  const KeyUpdateAnswer answer = key_update_safety(server->library, input.kernel);
  if (answer.safety == KeyUpdateSafety::Safe) return;
  if (answer.safety == KeyUpdateSafety::Unknown)
    return add_doubt(DoubtKind::Undetermined,
                     fmt::format("whether {} can break connections of this host's kernel with a "
                                 "KeyUpdate is not known: {}",
                                 server->place, answer.because),
                     "ktls-tuner probe --thorough tries it on loopback", kCode, found);
  HostFinding finding = of_server(kCode, *server);
  finding.words = {{"because", answer.because}};
  found.findings.push_back(std::move(finding));
}

void look_server_one_way(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::ServerOneWay;
  const ServerLook* const server = known_server(input, kCode, found);
  if (server == nullptr || !has_kernel_tls(input.facts)) return;
  const ServerOfferLook* const chosen = chosen_offer(*server);
  if (chosen == nullptr || is_unknown(*chosen) || directions_in_kernel(*chosen, true) != 1) return;
  const ServerOfferLook* const best = best_offer(*server, true);
  const bool has_better = directions_in_kernel(*best, true) > 1;
  HostFinding finding = of_server(kCode, *server);
  finding.words = {{"chosen", offer_text(*chosen)},
                   {"done", done_for(*chosen, true)},
                   {"other", chosen->tx == TlsPlace::None ? "sending" : "receiving"},
                   {"because", chosen->because},
                   {"how", has_better ? fmt::format("{}, which it also accepts, is {}",
                                                    offer_text(*best), done_for(*best, true))
                                      : "nothing that this server accepts is better on this host"}};
  for (std::string& line : offer_lines(*server, true)) finding.evidence.push_back(std::move(line));
  found.findings.push_back(std::move(finding));
}

void look_clients_must_ask(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::ClientsMustAsk;
  const ServerLook* const server = known_server(input, kCode, found);
  if (server == nullptr || server->config_asks ||
      best_offer(*server, has_kernel_tls(input.facts)) == nullptr)
    return;
  HostFinding finding = of_server(kCode, *server);
  finding.place.file = server->config_file;
  finding.evidence.push_back(
      fmt::format("a new context under {} has no option KTLS", server->config_file));
  found.findings.push_back(std::move(finding));
}

}  // namespace tuner
