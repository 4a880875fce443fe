// What the probe tried of KeyUpdates, in its document.
#pragma once

#include "document/common.h"
#include "probe/key_update.h"
#include "probe/verdict.h"

namespace tuner::document {

inline constexpr Rule kTlsCipher{.words = words_of<TlsCipher>()};
inline constexpr Rule kTlsPath{.words = words_of<TlsPath>()};
inline constexpr std::array<std::string_view, 2> kProbeEnds{"server", "client"};

struct KeyUpdateCase {
  std::int64_t number = 0;
  std::string what;
  std::string role;
  std::string result;
  std::string tx;
  std::string rx;
  Counters counters;
  std::optional<std::string> noticed;
  std::string because;
};

void describe(auto& keys, Exactly<KeyUpdateCase> auto& one) {
  keys.object("key_update_case", "One case on a connection of its own; the peer never uses kTLS");
  keys.key({"number"}, one.number);
  keys.key({"what", {}, kNotEmpty}, one.what);
  keys.key({"role", "Of the end with kTLS", {.words = words_of<TlsRole>()}}, one.role);
  keys.key({"result",
            "ok: all bytes of both directions were right after the KeyUpdate",
            {.words = words_of<KeyUpdateResult>()}},
           one.result);
  keys.key({"tx", "The path on which the end with kTLS sent before the KeyUpdate", kTlsPath},
           one.tx);
  keys.key({"rx", "The path on which it received", kTlsPath}, one.rx);
  keys.key({"counters",
            "The increase from the KeyUpdate on; kernels that accept a new key have "
            "counters for it"},
           one.counters);
  keys.key({"noticed",
            "The end that detected that the connection is broken; null: it is not",
            {.words = words_of<KeyUpdateEnd>()}},
           one.noticed);
  keys.key({"because", "OpenSSL's error, or why the case was not done"}, one.because);
}

struct KeyUpdates {
  std::string cipher;
  std::string verdict;
  std::string because;
  bool expected_safe = false;
  std::vector<KeyUpdateCase> cases;
};

void describe(auto& keys, Exactly<KeyUpdates> auto& updates) {
  keys.object("key_updates", "What a KeyUpdate does to TLS 1.3 connections in the kernel");
  keys.key({"cipher", {}, kTlsCipher}, updates.cipher);
  keys.key({"verdict",
            "unknown: a case was not done, or its result is not proved",
            {.words = words_of<KeyUpdateSafety>()}},
           updates.verdict);
  keys.key({"because", "What a remote peer can do", kNotEmpty}, updates.because);
  keys.key({"expected_safe", "The profile has expect: { safe: [key-update] }"},
           updates.expected_safe);
  keys.key({"cases", "The six cases, each as server and as client", kNotEmpty}, updates.cases);
}

}  // namespace tuner::document
