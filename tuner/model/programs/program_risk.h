// What happens to a program once the kernel has kTLS: whether it begins to use it, whether that
// breaks it, and whether a peer can break its connections with a KeyUpdate. Pure.
//
// Sources: libssl switches kTLS on for a socket BIO of its own only (crypto/bio/bss_sock.c).
// OpenSSL before 3.2 does not hand the kernel a new key (ssl/record/ of 3.0); kernels before 6.14
// do not accept one (net/tls/tls_main.c). Tried with OpenSSL 3.0 to 3.6 on kernels 6.1 to 7.3.
#pragma once

#include "base/words.h"
#include "model/programs/programs.h"
#include "model/release.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct KtlsUse {
  enum class Answer { Never, No, Yes, Unknown };
  Answer answer = Answer::Unknown;
  bool sure = true;                 // false: what was read only suggests it
  std::string because;              // a clause: "it does so by itself"
  bool tls12 = true, tls13 = true;  // the versions that it allows; with Yes
};
template <>
inline constexpr auto kWords<KtlsUse::Answer> =
    std::to_array<Word<KtlsUse::Answer>>({{KtlsUse::Answer::Never, "never"},
                                          {KtlsUse::Answer::No, "no"},
                                          {KtlsUse::Answer::Yes, "yes"},
                                          {KtlsUse::Answer::Unknown, "unknown"}});

// Whether a library of this version text ("OpenSSL 1.1.1w", "LibreSSL 3.8.2") has no kTLS at all.
bool lacks_ktls(std::string_view library);

// Whether kTLS breaks its TLS 1.3 connections, too: those of a program that inherits libssl's
// socket BIO, where libssl receives TLS 1.3 in the kernel (from OpenSSL 3.2 on).
bool breaks_tls13(const Program& program);

// Whether the program uses kTLS once the kernel has it. `gnutls_asks`: as in Programs.
KtlsUse ktls_use(const Program& program, std::optional<bool> gnutls_asks);

// The kernel, as far as a KeyUpdate depends on it.
struct RekeyFacts {
  std::optional<ReleaseNumber> upstream;  // upstream_kernel(); nullopt: a vendor's
  // Whether tls_stat has the counters of new keys; nullopt: it could not be read, as before the
  // module is loaded.
  std::optional<bool> rekeys;
};

enum class KeyUpdateSafety { Safe, Unsafe, Unknown };
template <>
inline constexpr auto kWords<KeyUpdateSafety> =
    std::to_array<Word<KeyUpdateSafety>>({{KeyUpdateSafety::Safe, "safe"},
                                          {KeyUpdateSafety::Unsafe, "unsafe"},
                                          {KeyUpdateSafety::Unknown, "unknown"}});

struct KeyUpdateAnswer {
  KeyUpdateSafety safety = KeyUpdateSafety::Unknown;
  std::string because;  // a clause
};
// Of TLS 1.3 in the kernel. `library`: the version text of the OpenSSL in use, empty: not known.
KeyUpdateAnswer key_update_safety(std::string_view library, const RekeyFacts& kernel);

// A kind of risk that an operator may accept (--accept-risk).
enum class AcceptedRisk { KeyUpdate, Breaks };
template <>
inline constexpr auto kWords<AcceptedRisk> = std::to_array<Word<AcceptedRisk>>(
    {{AcceptedRisk::KeyUpdate, "key-update"}, {AcceptedRisk::Breaks, "breaks"}});

struct ProgramRisk {
  enum class Kind {
    Breaks,            // its connections break as soon as the kernel has kTLS
    KeyUpdate,         // a peer can break its connections
    KeyUpdateUnknown,  // whether a peer can is not known
  };
  Kind kind = Kind::KeyUpdateUnknown;
  std::string service = {};           // its unit; its name, if no service started it
  std::string program;                // "lighttpd (lighttpd.service)"
  std::string text;                   // one sentence
  std::vector<std::string> ways_out;  // each one is enough
  bool operator==(const ProgramRisk&) const = default;
};
template <>
inline constexpr auto kWords<ProgramRisk::Kind> = std::to_array<Word<ProgramRisk::Kind>>(
    {{ProgramRisk::Kind::Breaks, "breaks"},
     {ProgramRisk::Kind::KeyUpdate, "key-update"},
     {ProgramRisk::Kind::KeyUpdateUnknown, "key-update-unknown"}});

// What an operator accepts to live with a risk of this kind; nullopt: one that is not known needs
// no acceptance.
std::optional<AcceptedRisk> acceptance_of(ProgramRisk::Kind kind);

// The risk that kTLS in the kernel brings to one program; nullopt: none. `gnutls_asks`: as in
// Programs.
std::optional<ProgramRisk> risk_of_ktls(const Program& program, std::optional<bool> gnutls_asks,
                                        const RekeyFacts& kernel);

// The risks for all programs of this host, the worst first.
std::vector<ProgramRisk> risks_of_ktls(const Programs& programs, const RekeyFacts& kernel);

}  // namespace tuner
