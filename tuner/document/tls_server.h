// The document of probe --connect --tls: what a server elsewhere accepts, and what this host's end
// of it does in the kernel or the NIC.
#pragma once

#include "document/common.h"
#include "document/probe.h"
#include "probe/server_report.h"

namespace tuner::document {

struct ServerContent {
  std::int64_t status = 0;
  std::uint64_t bytes = 0;
  std::string sha256;
  std::string end;
  std::string because;
};

void describe(auto& keys, Exactly<ServerContent> auto& content) {
  keys.object("server_content", "The content of the reply to --http-get; nothing of it is kept");
  keys.key({"status", "0: there was no reply"}, content.status);
  keys.key({"bytes", "Of the content, without its encoding in chunks"}, content.bytes);
  keys.key({"sha256", "Of these bytes"}, content.sha256);
  keys.key({"end",
            "limited: no more was read than 16 MiB. cut: the content is not complete",
            {.words = words_of<HttpEnd>()}},
           content.end);
  keys.key({"because", "What is missing; empty only if it is complete"}, content.because);
}

struct ServerOwnEnd {
  std::string tx;
  std::string rx;
  Expected expected;
  std::string result;
  Counters counters;
  Counters counters_by_others;
  std::optional<Ulp> ulp;
  std::optional<std::string> interface;
  Texts nics;
  Counters driver_counters;
  std::string because;
};

void describe(auto& keys, Exactly<ServerOwnEnd> auto& end) {
  keys.object("server_own_end", "This host's end, the client's, as observed here");
  keys.key({"tx", {}, kTlsPath}, end.tx);
  keys.key({"rx", {}, kTlsPath}, end.rx);
  keys.key({"expected"}, end.expected);
  keys.key({"result", {}, {.words = words_of<CellResult>()}}, end.result);
  keys.key({"counters", "The increase during this connection"}, end.counters);
  keys.key({"counters_by_others", kOthersDoc}, end.counters_by_others);
  keys.key({"ulp"}, end.ulp);
  keys.key({"interface"}, end.interface);
  keys.key({"nics"}, end.nics);
  keys.key({"driver_counters"}, end.driver_counters);
  keys.key({"because"}, end.because);
}

inline constexpr Rule kOfferResult{.words = words_of<OfferResult>()};

struct ServerOffer {
  std::string version;
  std::optional<std::string> cipher;
  std::string answer;
  std::optional<std::string> cipher_suite;
  std::string because;
  std::optional<ServerOwnEnd> own_end;
  std::optional<ServerContent> content;
};

void describe(auto& keys, Exactly<ServerOffer> auto& offer) {
  keys.object("server_offer", "One TLS version with the suites of one cipher");
  keys.key({"version", {}, kTlsVersion}, offer.version);
  keys.key({"cipher", "null: all other suites, which no kernel takes from OpenSSL", kTlsCipher},
           offer.cipher);
  keys.key({"answer",
            "Only `refused` says that the server does not accept it. closed: it ended the "
            "connection otherwise. not_offered: by this host's OpenSSL",
            kOfferResult},
           offer.answer);
  keys.key({"cipher_suite", "OpenSSL's name of the suite that the server chose; null: none"},
           offer.cipher_suite);
  keys.key({"because", "Empty only if it was accepted"}, offer.because);
  keys.key({"own_end", "null: not accepted, or suites that no kernel takes"}, offer.own_end);
  keys.key({"content", "null: not asked for, not accepted, or suites that no kernel takes"},
           offer.content);
}

struct ServerChoice {
  std::string answer;
  std::optional<std::string> version;
  std::optional<std::string> cipher_suite;
  std::string because;
};

void describe(auto& keys, Exactly<ServerChoice> auto& choice) {
  keys.object("server_choice", "What the server chooses of all that OpenSSL offers by default");
  keys.key({"answer", {}, kOfferResult}, choice.answer);
  keys.key({"version"}, choice.version);
  keys.key({"cipher_suite"}, choice.cipher_suite);
  keys.key({"because"}, choice.because);
}

struct ServerCertificate {
  std::string subject;
  std::string issuer;
  std::string sha256;
  bool trusted = false;
  std::string doubt;
};

void describe(auto& keys, Exactly<ServerCertificate> auto& certificate) {
  keys.object("server_certificate", "");
  keys.key({"subject"}, certificate.subject);
  keys.key({"issuer"}, certificate.issuer);
  keys.key({"sha256"}, certificate.sha256);
  keys.key({"trusted", "Its chain leads to a trusted one, and it has the server's name"},
           certificate.trusted);
  keys.key({"doubt", "Why it is not trusted"}, certificate.doubt);
}

struct ServerKeyUpdate {
  std::string answer;
  std::string because;
};

void describe(auto& keys, Exactly<ServerKeyUpdate> auto& update) {
  keys.object("server_key_update", "Whether the server survives a KeyUpdate (TLS 1.3)");
  keys.key({"answer", {}, {.words = words_of<KeyUpdateSurvival>()}}, update.answer);
  keys.key({"because", {}, kNotEmpty}, update.because);
}

struct TlsServer {
  std::string place;
  std::string address;
  std::string server_name;
  std::optional<std::string> starttls;
  bool insecure = false;
  std::optional<ServerCertificate> certificate;
  bool asks_certificate = false;
  ServerChoice choice;
  std::vector<ServerOffer> offers;
  std::optional<ServerKeyUpdate> key_update;
  Library library;
  std::string verdict;
  Texts warnings;
};

void describe(auto& keys, Exactly<TlsServer> auto& server) {
  keys.object("tls_server", "What a server elsewhere accepts");
  keys.key({"place", "As on the command line", kNotEmpty}, server.place);
  keys.key({"address", "That took the connections"}, server.address);
  keys.key({"server_name", "The name that its certificate must have", kNotEmpty},
           server.server_name);
  keys.key({"starttls", {}, {.words = words_of<Starttls>()}}, server.starttls);
  keys.key({"insecure", "true: a certificate that is not trusted ended nothing"}, server.insecure);
  keys.key({"certificate", "null: the server sent none"}, server.certificate);
  keys.key({"asks_certificate", "The server asked for one of the client"}, server.asks_certificate);
  keys.key({"choice"}, server.choice);
  keys.key({"offers", {}, kNotEmpty}, server.offers);
  keys.key({"key_update", "null: not asked for by --key-update"}, server.key_update);
  keys.key({"library"}, server.library);
  keys.key({"verdict", {}, {.words = words_of<ProbeVerdict>()}}, server.verdict);
  keys.key({"warnings"}, server.warnings);
}

// One key, and no key of Probe: a reader tells the bodies of a kind apart by their keys.
struct ServerProbe {
  TlsServer tls_server;
};

void describe(auto& keys, Exactly<ServerProbe> auto& probe) {
  keys.object("server_probe", "Only with --tls");
  keys.key({"tls_server"}, probe.tls_server);
}

}  // namespace tuner::document
