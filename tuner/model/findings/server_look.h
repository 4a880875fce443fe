// What a TLS server elsewhere accepts, and what this host's end of its connections does: the result
// of the probe as plain data, for the findings about that server. cli/steps/server_look.h makes it.
#pragma once

#include "base/result.h"
#include "model/profile.h"
#include "model/programs/tls_socket.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

// One TLS version with the suites of one record cipher.
struct ServerOfferLook {
  enum class Answer {
    Accepted,
    Refused,     // by the server
    NotOffered,  // by this host's OpenSSL or its configuration
    Unknown,     // no answer that tells
  };
  TlsVersion version = TlsVersion::Tls12;
  // nullopt: all other suites of the version, whose records no kernel takes from OpenSSL.
  std::optional<TlsCipher> cipher;
  Answer answer = Answer::Unknown;
  std::string suite;  // OpenSSL's name of the one that the server chose; empty: none
  // Where this host's end sends and receives, if it was accepted and has a cipher.
  TlsPlace tx = TlsPlace::None;
  TlsPlace rx = TlsPlace::None;
  // Whether this host's OpenSSL hands a direction over to a kernel that takes it.
  bool could_send = false;
  bool could_receive = false;
  // Accepted: why a direction is not in the kernel or the NIC, or not known. Otherwise: the reason.
  std::string because;
};

// What the server chooses of all that OpenSSL offers by default: what programs of this host get.
struct ServerChoiceLook {
  std::string version;  // OpenSSL's name: "TLSv1.3"
  std::string suite;    // "TLS_AES_256_GCM_SHA384"
  // The one that has it, accepted or unknown; nullopt: a version that is not offered by itself.
  std::optional<std::size_t> offer;
};

struct ServerKeyUpdateLook {
  enum class Answer { Survived, Broken, Unknown };
  Answer answer = Answer::Unknown;
  std::string because;
};

struct ServerLook {
  std::string place;              // as on the command line: "mail.example:25"
  std::optional<Error> failure;   // why nothing is known of its TLS; then the rest may be empty
  std::string address;            // the one that took the connection
  std::string interface;          // of the route to it; empty: not known
  std::vector<std::string> nics;  // those below the interface
  std::optional<std::string> insecure;     // the warning, with --insecure
  std::string library;                     // "OpenSSL 3.0.17"
  std::string config_file;                 // the openssl.cnf that it reads
  bool config_asks = false;                // that file asks for kernel TLS
  std::optional<ServerChoiceLook> choice;  // nullopt: not known
  std::string why_no_choice;               // then
  std::vector<ServerOfferLook> offers;
  std::optional<ServerKeyUpdateLook> key_update;  // nullopt: not asked for
};

// "TLS 1.3 with AES-256-GCM"; of other suites "TLS 1.2 with ECDHE-RSA-AES128-SHA256".
std::string offer_text(const ServerOfferLook& offer);
std::string choice_text(const ServerLook& server, const ServerChoiceLook& choice);

// The offer that has what the server chooses by default; nullptr: not known, or not among them.
const ServerOfferLook* chosen_offer(const ServerLook& server);

// How many of its directions are in the kernel or the NIC, 0 to 2. Without TLS in the kernel
// (`kernel_tls`): how many could be.
int directions_in_kernel(const ServerOfferLook& offer, bool kernel_tls);
// Whether it may be in the kernel, for all that is known: no answer that tells, or a place that is
// not known.
bool is_unknown(const ServerOfferLook& offer);
// The accepted offer with most of its directions in the kernel or the NIC, of several the first;
// nullptr: none has any.
const ServerOfferLook* best_offer(const ServerLook& server, bool kernel_tls);

// "sent by this host's kernel", "sent and received by this host's NIC": those directions that
// directions_in_kernel() counts, at least one.
std::string done_for(const ServerOfferLook& offer, bool kernel_tls);

// As evidence, of each offer its answer, and where this host's end of it sends and receives.
std::vector<std::string> offer_lines(const ServerLook& server, bool kernel_tls);

}  // namespace tuner
