#include "model/findings/server_look.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Answer = ServerOfferLook::Answer;

// "TLSv1.3" as people write it.
std::string version_text(std::string_view name) {
  constexpr std::string_view kPrefix = "TLSv";
  if (!name.starts_with(kPrefix)) return std::string(name);
  return fmt::format("TLS {}", name.substr(kPrefix.size()));
}

bool is_taken_over(TlsPlace place) {
  return place == TlsPlace::Kernel || place == TlsPlace::Device;
}

std::string_view owner_of(TlsPlace place) {
  return place == TlsPlace::Device ? "this host's NIC" : "this host's kernel";
}

std::string_view answer_words(Answer answer) {
  switch (answer) {
    case Answer::Accepted: return "accepted";
    case Answer::Refused: return "refused";
    case Answer::NotOffered: return "not offered";
    case Answer::Unknown: break;
  }
  return "not known";
}

std::string own_end(const ServerOfferLook& offer, bool kernel_tls) {
  if (is_unknown(offer)) return fmt::format("not known: {}", offer.because);
  const int directions = directions_in_kernel(offer, kernel_tls);
  if (directions == 0) return fmt::format("in user space: {}", offer.because);
  const std::string done = done_for(offer, kernel_tls);
  const std::string place = kernel_tls ? done : "in user space; could be " + done;
  return offer.because.empty() ? place : fmt::format("{}; {}", place, offer.because);
}

}  // namespace

std::string offer_text(const ServerOfferLook& offer) {
  const std::string cipher = offer.cipher          ? std::string(tls_cipher_name(*offer.cipher))
                             : offer.suite.empty() ? std::string("other ciphers")
                                                   : offer.suite;
  return fmt::format("{} with {}", version_text(tls_version_name(offer.version)), cipher);
}

std::string choice_text(const ServerLook& server, const ServerChoiceLook& choice) {
  if (choice.offer) return offer_text(server.offers.at(*choice.offer));
  return fmt::format("{} with {}", version_text(choice.version), choice.suite);
}

const ServerOfferLook* chosen_offer(const ServerLook& server) {
  if (!server.choice || !server.choice->offer) return nullptr;
  return &server.offers.at(*server.choice->offer);
}

int directions_in_kernel(const ServerOfferLook& offer, bool kernel_tls) {
  if (offer.answer != Answer::Accepted || !offer.cipher) return 0;
  if (!kernel_tls) return int{offer.could_send} + int{offer.could_receive};
  return int{is_taken_over(offer.tx)} + int{is_taken_over(offer.rx)};
}

bool is_unknown(const ServerOfferLook& offer) {
  // Suites that no kernel takes are in user space, whatever the server answers.
  if (!offer.cipher || offer.answer == Answer::Unknown) return offer.cipher.has_value();
  return offer.answer == Answer::Accepted &&
         (offer.tx == TlsPlace::Unknown || offer.rx == TlsPlace::Unknown);
}

const ServerOfferLook* best_offer(const ServerLook& server, bool kernel_tls) {
  const auto found = std::ranges::max_element(server.offers, {}, [&](const auto& offer) {
    return directions_in_kernel(offer, kernel_tls);
  });
  if (found == server.offers.end() || directions_in_kernel(*found, kernel_tls) == 0) return nullptr;
  return &*found;
}

std::string done_for(const ServerOfferLook& offer, bool kernel_tls) {
  const auto place = [&](TlsPlace now, bool could) {
    return kernel_tls ? now : could ? TlsPlace::Kernel : TlsPlace::None;
  };
  const TlsPlace tx = place(offer.tx, offer.could_send);
  const TlsPlace rx = place(offer.rx, offer.could_receive);
  if (!is_taken_over(rx)) return fmt::format("sent by {}", owner_of(tx));
  if (!is_taken_over(tx)) return fmt::format("received by {}", owner_of(rx));
  if (tx == rx) return fmt::format("sent and received by {}", owner_of(tx));
  return fmt::format("sent by {} and received by {}", owner_of(tx), owner_of(rx));
}

std::vector<std::string> offer_lines(const ServerLook& server, bool kernel_tls) {
  std::vector<std::string> lines;
  for (const ServerOfferLook& offer : server.offers) {
    const bool accepted = offer.answer == Answer::Accepted;
    const std::string suite =
        offer.suite.empty() || !offer.cipher ? "" : fmt::format(" ({})", offer.suite);
    lines.push_back(fmt::format("{}: {}{}: {}", answer_words(offer.answer), offer_text(offer),
                                suite, accepted ? own_end(offer, kernel_tls) : offer.because));
  }
  return lines;
}

}  // namespace tuner
