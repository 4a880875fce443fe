#include "model/programs/openssl_option.h"

#include "model/programs/known_programs.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Kind = OptionEffect::Kind;

bool uses_openssl(const Program& program) {
  return std::ranges::count(program.libraries, TlsLibrary::OpenSsl, &ProgramLibrary::kind) > 0;
}

// Only what changes the program itself: its service is not to be stopped for a file that does not
// exist yet.
std::vector<std::string> ways_out(const Program& program, Kind kind) {
  if (kind == Kind::Breaks && breaks_tls13(program)) return {};
  if (kind == Kind::Breaks) return {"let it allow TLS 1.3 only"};
  std::vector<std::string> ways;
  const KnownProgram* known = known_program(program.name);
  if (known != nullptr && !known->only_tls12.empty())
    ways.push_back(fmt::format("only TLS 1.2: {}", known->only_tls12));
  ways.emplace_back("OpenSSL 3.2 or later with kernel 6.14 or later");
  return ways;
}

Kind kind_of(const ProgramRisk& risk) {
  switch (risk.kind) {
    case ProgramRisk::Kind::Breaks: return Kind::Breaks;
    case ProgramRisk::Kind::KeyUpdate: return Kind::KeyUpdate;
    case ProgramRisk::Kind::KeyUpdateUnknown: break;
  }
  return Kind::KeyUpdateUnknown;
}

OptionEffect of_use(const KtlsUse& use) {
  OptionEffect effect{.kind = Kind::Gains, .sure = use.sure, .because = use.because};
  if (use.answer == KtlsUse::Answer::Unknown) effect.kind = Kind::Unknown;
  if (use.answer == KtlsUse::Answer::Never || use.answer == KtlsUse::Answer::No)
    effect.kind = Kind::NoEffect;
  return effect;
}

}  // namespace

OptionEffect effect_of_option(const Program& program, std::string_view where,
                              std::optional<bool> gnutls_asks, const RekeyFacts& kernel) {
  if (!uses_openssl(program)) {
    const bool gnutls =
        std::ranges::count(program.libraries, TlsLibrary::GnuTls, &ProgramLibrary::kind) > 0;
    return {.kind = Kind::NoEffect,
            .because = gnutls ? "its TLS, gnutls, reads /etc/gnutls/config instead"
                              : ktls_use(program, gnutls_asks).because};
  }
  if (!program.openssl)
    return {.kind = Kind::Unknown, .because = "its OpenSSL configuration was not looked at"};
  // The program as it would be with the option, judged like any that has it already.
  Program asked = program;
  asked.openssl->ktls = true;
  asked.openssl->ktls_place = {.file = std::string(where), .line = 0};
  OptionEffect effect = of_use(ktls_use(asked, gnutls_asks));
  effect.already = ktls_use(program, gnutls_asks).answer == KtlsUse::Answer::Yes;
  if (effect.kind != Kind::Gains) return effect;
  const bool known =
      program.transport == TlsTransport::Socket || program.transport == TlsTransport::Inherited;
  effect.sure = effect.sure && known;
  const auto risks = risks_of_ktls(
      {.all = {std::move(asked)}, .gnutls_asks = gnutls_asks, .not_looked_at = {}}, kernel);
  if (risks.empty()) return effect;
  effect.kind = kind_of(risks.front());
  effect.because = risks.front().text;
  effect.ways_out = ways_out(program, effect.kind);
  return effect;
}

std::optional<ProgramRisk> risk_of_option(const OptionEffect& effect, const Program& program) {
  ProgramRisk risk{.service = program.service,
                   .program = fmt::format("{} ({})", program.name, program.service),
                   .text = effect.because,
                   .ways_out = effect.ways_out};
  switch (effect.kind) {
    case Kind::KeyUpdateUnknown: risk.kind = ProgramRisk::Kind::KeyUpdateUnknown; break;
    case Kind::KeyUpdate: risk.kind = ProgramRisk::Kind::KeyUpdate; break;
    case Kind::Breaks: risk.kind = ProgramRisk::Kind::Breaks; break;
    default: return std::nullopt;
  }
  return risk;
}

std::optional<AcceptedRisk> acceptance_of(OptionEffect::Kind kind) {
  if (kind == Kind::Breaks) return AcceptedRisk::Breaks;
  if (kind == Kind::KeyUpdate) return AcceptedRisk::KeyUpdate;
  return std::nullopt;
}

}  // namespace tuner
