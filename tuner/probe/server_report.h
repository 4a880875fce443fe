// What a TLS server elsewhere accepts: evidence, without a result. The helper program writes it
// (probe/handshake/server.h), and the tuner judges it (probe/server_verdict.h). The server need not
// know of this program.
#pragma once

#include "base/words.h"
#include "probe/report.h"
#include "probe/starttls_protocol.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

// What became of one offer. Only `Refused` says that the server does not accept it.
enum class OfferResult {
  Accepted,      // the handshake was completed
  Untrusted,     // the server chose it, and this end refused its certificate
  Refused,       // it answered with an alert that says so, or with another version
  Closed,        // it ended the connection otherwise: a refusal, or anything else
  NotTls,        // its answer was no TLS
  NoStarttls,    // it did not begin TLS when asked to
  TimedOut,      // no complete answer within the time limit
  NoConnection,  // no TCP connection
  NotOffered,    // this host's libssl does not offer it
  Failed,        // this end gave up; the reason says why
  NotTried,
};
template <>
inline constexpr auto kWords<OfferResult> =
    std::to_array<Word<OfferResult>>({{OfferResult::Accepted, "accepted"},
                                      {OfferResult::Untrusted, "untrusted"},
                                      {OfferResult::Refused, "refused"},
                                      {OfferResult::Closed, "closed"},
                                      {OfferResult::NotTls, "not_tls"},
                                      {OfferResult::NoStarttls, "no_starttls"},
                                      {OfferResult::TimedOut, "timed_out"},
                                      {OfferResult::NoConnection, "no_connection"},
                                      {OfferResult::NotOffered, "not_offered"},
                                      {OfferResult::Failed, "failed"},
                                      {OfferResult::NotTried, "not_tried"}});

// How the content of an HTTP reply ended. Limited: this end read no more than its limit.
enum class HttpEnd { Complete, Limited, Cut };
template <>
inline constexpr auto kWords<HttpEnd> = std::to_array<Word<HttpEnd>>(
    {{HttpEnd::Complete, "complete"}, {HttpEnd::Limited, "limited"}, {HttpEnd::Cut, "cut"}});

struct HttpContent {
  int status = 0;           // 0: there was no reply
  std::uint64_t bytes = 0;  // of the body, without its encoding in chunks
  std::string sha256;       // of these bytes, in hexadecimal
  HttpEnd end = HttpEnd::Cut;
  std::string because;  // empty only if it is complete
};

// One TLS version with the suites of one record cipher.
struct ServerOffer {
  TlsVersion version = TlsVersion::Tls12;
  // nullopt: all other suites of the version, whose records no kernel takes from libssl.
  std::optional<TlsCipher> cipher;
  OfferResult result = OfferResult::NotTried;
  std::string because;  // empty only if it was accepted
  std::string suite;    // OpenSSL's name of the suite that the server chose; empty: none
  // Of an accepted offer with a cipher. This host's end is ProbeCell::client; what the server's own
  // end does is not known.
  std::optional<ProbeCell> cell;
  std::optional<HttpContent> http;  // nullopt: not asked for, or there was no connection
};

// What the server chooses of all that libssl offers by default.
struct ServerChoice {
  OfferResult result = OfferResult::NotTried;
  std::string because;
  std::string version;  // OpenSSL's name; empty: nothing was chosen
  std::string suite;
};

struct ServerCertificate {
  std::string subject;
  std::string issuer;
  std::string sha256;  // of the certificate, in hexadecimal
  std::string doubt;   // why it is not trusted; empty: it is
  bool trusted() const { return doubt.empty(); }
};

enum class KeyUpdateSurvival { Survived, Broken, Unknown };
template <>
inline constexpr auto kWords<KeyUpdateSurvival> =
    std::to_array<Word<KeyUpdateSurvival>>({{KeyUpdateSurvival::Survived, "survived"},
                                            {KeyUpdateSurvival::Broken, "broken"},
                                            {KeyUpdateSurvival::Unknown, "unknown"}});

struct ServerKeyUpdate {
  KeyUpdateSurvival answer = KeyUpdateSurvival::Unknown;
  std::string because;
};

struct ServerReport {
  std::string place;        // as on the command line: "mail.example:25"
  std::string address;      // the address that took the connection: "192.0.2.1:25"
  std::string server_name;  // the name that the certificate must have
  LibraryFacts library;
  ServerChoice choice;
  std::optional<ServerCertificate> certificate;  // nullopt: the server sent none
  bool asks_certificate = false;                 // the server asked for one of a client
  std::vector<ServerOffer> offers;
  std::optional<ServerKeyUpdate> key_update;  // nullopt: not asked for
  std::vector<std::string> warnings;
};

// The cells and warnings as a report of a probe across the wire, for what judges and explains
// those; and back. `put_back` takes the result of own_cells(), of the same report.
ProbeReport own_cells(const ServerReport& report);
void put_back(ServerReport& report, ProbeReport cells);

}  // namespace tuner
