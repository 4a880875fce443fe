// What the option KTLS in its OpenSSL configuration does to a program of this host. Pure.
#pragma once

#include "base/words.h"
#include "model/programs/program_risk.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct OptionEffect {
  // From the least to the worst.
  enum class Kind {
    NoEffect,          // it never reads the option, or cannot use kTLS
    Unknown,           // whether it reads it is not known
    Gains,             // it uses kTLS then
    KeyUpdateUnknown,  // it does, and whether a peer can break its connections is not known
    KeyUpdate,         // it does, and a peer can break its connections
    Breaks,            // its connections break
  };
  Kind kind = Kind::Unknown;
  bool sure = true;                   // false: what was read only suggests it
  bool already = false;               // it uses kTLS without the option, too
  std::string because;                // a clause; of a risk: a sentence
  std::vector<std::string> ways_out;  // of a risk; each one is enough
};
template <>
inline constexpr auto kWords<OptionEffect::Kind> = std::to_array<Word<OptionEffect::Kind>>(
    {{OptionEffect::Kind::NoEffect, "no-effect"},
     {OptionEffect::Kind::Unknown, "unknown"},
     {OptionEffect::Kind::Gains, "gains"},
     {OptionEffect::Kind::KeyUpdateUnknown, "key-update-unknown"},
     {OptionEffect::Kind::KeyUpdate, "key-update"},
     {OptionEffect::Kind::Breaks, "breaks"}});

// The effect of the option in the configuration that the program reads. `where`: that file, for
// the sentences. `gnutls_asks`: as in Programs.
OptionEffect effect_of_option(const Program& program, std::string_view where,
                              std::optional<bool> gnutls_asks, const RekeyFacts& kernel);

// The same as a risk of the program; nullopt: none.
std::optional<ProgramRisk> risk_of_option(const OptionEffect& effect, const Program& program);

// The risk that an operator has to accept; nullopt: none.
std::optional<AcceptedRisk> acceptance_of(OptionEffect::Kind kind);

}  // namespace tuner
