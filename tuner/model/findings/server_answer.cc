#include "model/findings/server_answer.h"

#include "base/text.h"
#include "model/findings/looks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace tuner {
namespace {

using Answer = ServerOfferLook::Answer;

// ---- The sentence

// "TLS 1.3 and TLS 1.2", the newest first.
std::string versions_of(const ServerLook& server) {
  std::set<std::string, std::greater<>> versions;
  const auto add = [&](const std::string& text) {
    versions.insert(text.substr(0, text.find(" with ")));
  };
  for (const ServerOfferLook& offer : server.offers) {
    if (offer.answer == Answer::Accepted) add(offer_text(offer));
  }
  if (server.choice) add(choice_text(server, *server.choice));
  const std::vector<std::string> names(versions.begin(), versions.end());
  return join(names, " and ");
}

// "is sent by this host's kernel; receiving stays in user space, because …"
std::string path_of(const ServerOfferLook& offer) {
  if (is_unknown(offer))
    return fmt::format("is sent and received in a place that is not known: {}", offer.because);
  const int directions = directions_in_kernel(offer, true);
  if (directions == 0) return fmt::format("stays in user space, because {}", offer.because);
  std::string done = fmt::format("is {}", done_for(offer, true));
  if (directions == 2) return done;
  return fmt::format("{}; {} stays in user space, because {}", done,
                     offer.tx == TlsPlace::None ? "sending" : "receiving", offer.because);
}

std::string chosen_path(const ServerLook& server) {
  const ServerOfferLook* const chosen = chosen_offer(server);
  if (chosen != nullptr)
    return fmt::format("{}, which it chooses, {}", offer_text(*chosen), path_of(*chosen));
  if (server.choice)
    return fmt::format(
        "{}, which it chooses, stays in user space, because no kernel takes it from OpenSSL",
        choice_text(server, *server.choice));
  return fmt::format("what it chooses by default is not known: {}", server.why_no_choice);
}

// What is better than the choice: "; TLS 1.2 with AES-128-GCM, which it also accepts, is …".
std::string better_than_chosen(const ServerLook& server, bool kernel_tls) {
  const ServerOfferLook* const chosen = chosen_offer(server);
  const ServerOfferLook* const best = best_offer(server, kernel_tls);
  const int now = chosen == nullptr ? 0 : directions_in_kernel(*chosen, kernel_tls);
  if (best == nullptr || directions_in_kernel(*best, kernel_tls) <= now) return {};
  return fmt::format("; {}, which it also accepts, {} {}", offer_text(*best),
                     kernel_tls ? "is" : "could be", done_for(*best, kernel_tls));
}

// Of a server that is not known to accept what a kernel takes.
std::string without_any_offer(const ServerLook& server) {
  const auto unknown = std::ranges::find_if(server.offers, is_unknown);
  if (unknown == server.offers.end())
    return "; with it, nothing that this server accepts could be there, either";
  return fmt::format("; whether something that it accepts could be there is not known: {}",
                     unknown->because);
}

std::string without_kernel_tls(const ServerLook& server, const Facts& facts) {
  std::string text = fmt::format(
      "all of it stays in user space, because this host's kernel has no TLS (module tls is {})",
      module_state_name(facts.kernel.tls.state));
  const ServerOfferLook* const chosen = chosen_offer(server);
  if (best_offer(server, false) == nullptr) return text + without_any_offer(server);
  if (chosen != nullptr && directions_in_kernel(*chosen, false) > 0)
    text += fmt::format("; {}, which the server chooses, could be {}", offer_text(*chosen),
                        done_for(*chosen, false));
  return text + better_than_chosen(server, false);
}

// ---- The evidence

std::string key_update_words(ServerKeyUpdateLook::Answer answer) {
  switch (answer) {
    case ServerKeyUpdateLook::Answer::Survived: return "survived";
    case ServerKeyUpdateLook::Answer::Broken: return "broken";
    case ServerKeyUpdateLook::Answer::Unknown: break;
  }
  return "not known";
}

// ---- What concerns connections to a server

constexpr std::array kOfServer{FindingCode::ServerKeyUpdate,    FindingCode::ServerOffPath,
                               FindingCode::ServerChoosesOther, FindingCode::ServerCanBreak,
                               FindingCode::ServerOneWay,       FindingCode::ClientsMustAsk};
constexpr std::array kOfKernel{FindingCode::RekeyErrors,      FindingCode::KernelDefects,
                               FindingCode::KernelWithoutTls, FindingCode::ModuleMissing,
                               FindingCode::ModuleDenyListed, FindingCode::ModuleLocked,
                               FindingCode::ModuleNotLoaded,  FindingCode::KernelOld,
                               FindingCode::CipherGeneric,    FindingCode::CipherAsync};
constexpr std::array kOfNics{
    FindingCode::NicChecksumOff,  FindingCode::NicFeatureDropped,    FindingCode::NicOffloadOff,
    FindingCode::NicDriverOption, FindingCode::NicSwitchdev,         FindingCode::NicBond,
    FindingCode::NicCannot,       FindingCode::NicSoftwareInterface, FindingCode::NicLinkSlow};

bool is_on_route(const ServerLook& server, const std::string& nic) {
  return !nic.empty() && (nic == server.interface || std::ranges::count(server.nics, nic) > 0);
}

bool concerns(const ServerLook& server, const HostFinding& finding) {
  if (std::ranges::count(kOfNics, finding.code) > 0) return is_on_route(server, finding.subject);
  return std::ranges::count(kOfServer, finding.code) > 0 ||
         std::ranges::count(kOfKernel, finding.code) > 0;
}

bool may_hide(const ServerLook& server, FindingCode code) {
  const bool of_nics = std::ranges::count(kOfNics, code) > 0 && !server.nics.empty();
  return of_nics || std::ranges::count(kOfServer, code) > 0 ||
         std::ranges::count(kOfKernel, code) > 0;
}

}  // namespace

std::string server_answer(const DiagnosisInput& input) {
  const ServerLook& server = *input.server;
  std::string text;
  if (server.failure) {
    text = fmt::format("nothing is known of the TLS of {}: {}", server.place, server.failure->text);
  } else {
    text = fmt::format("{} accepts {}; ", server.place, versions_of(server));
    text += has_kernel_tls(input.facts) ? chosen_path(server) + better_than_chosen(server, true)
                                        : without_kernel_tls(server, input.facts);
  }
  return server.insecure ? fmt::format("{}; {}", text, *server.insecure) : text;
}

std::vector<std::string> server_evidence(const DiagnosisInput& input) {
  const ServerLook& server = *input.server;
  std::vector<std::string> lines;
  if (server.insecure) lines.push_back(*server.insecure);
  if (!server.address.empty())
    lines.push_back(fmt::format("{} connected to {} ({}){}", server.library, server.place,
                                server.address,
                                server.interface.empty() ? "" : " by " + server.interface));
  if (server.choice)
    lines.push_back(fmt::format("of all that this OpenSSL offers the server chooses {} {}",
                                server.choice->version, server.choice->suite));
  for (std::string& line : offer_lines(server, has_kernel_tls(input.facts)))
    lines.push_back(std::move(line));
  if (server.key_update)
    lines.push_back(fmt::format("KeyUpdate: {}: {}", key_update_words(server.key_update->answer),
                                server.key_update->because));
  return lines;
}

Diagnosis diagnose_server(const DiagnosisInput& input) {
  const ServerLook& server = *input.server;
  Diagnosis found = diagnose(input);
  std::erase_if(found.findings,
                [&](const HostFinding& finding) { return !concerns(server, finding); });
  for (FindingDoubt& doubt : found.doubts)
    std::erase_if(doubt.hides, [&](FindingCode code) { return !may_hide(server, code); });
  std::erase_if(found.doubts, [](const FindingDoubt& doubt) { return doubt.hides.empty(); });
  return found;
}

}  // namespace tuner
