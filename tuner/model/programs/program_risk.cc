#include "model/programs/program_risk.h"

#include "base/text.h"
#include "model/programs/known_programs.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Answer = KtlsUse::Answer;

// OpenSSL's CHANGES.md has the releases of its features.
constexpr ReleaseNumber kFirstWithKtls{3, 0, 0};
constexpr ReleaseNumber kLibraryRekeys{3, 2, 0};
constexpr ReleaseNumber kReceivesTls13{3, 2, 0};  // in the kernel
constexpr ReleaseNumber kKernelRekeys{6, 14, 0};

bool uses(const Program& program, TlsLibrary kind) {
  return std::ranges::any_of(program.libraries,
                             [&](const ProgramLibrary& library) { return library.kind == kind; });
}

std::string openssl_version(const Program& program) {
  for (const ProgramLibrary& library : program.libraries) {
    if (library.kind == TlsLibrary::OpenSsl && !library.version.empty()) return library.version;
  }
  return {};
}

KtlsUse of_other_library(const Program& program, std::optional<bool> gnutls_asks) {
  if (!uses(program, TlsLibrary::GnuTls))
    return {.answer = Answer::Never,
            .because = fmt::format("its TLS, {}, does not use kernel TLS",
                                   word_of(program.libraries.front().kind))};
  if (!gnutls_asks)
    return {.answer = Answer::Unknown, .because = "/etc/gnutls/config could not be read"};
  if (*gnutls_asks)
    return {.answer = Answer::Yes, .sure = false, .because = "/etc/gnutls/config asks for it"};
  return {.answer = Answer::No, .because = "/etc/gnutls/config does not ask for it"};
}

// A BIO of its own that moves itself, where the program's configuration says so.
bool moves_itself(const Program& program) {
  const KnownProgram* known = known_program(program.name);
  return known != nullptr && !known->moves_itself.empty() && program.config &&
         program.config->ktls.value_or(false);
}

std::optional<std::string_view> keeps_old_keys(const Program& program) {
  const KnownProgram* known = known_program(program.name);
  if (!moves_itself(program) || known->keeps_old_keys.empty()) return std::nullopt;
  return known->keeps_old_keys;
}

std::optional<std::string> why_never(const Program& program) {
  if (const std::string library = openssl_version(program); lacks_ktls(library))
    return fmt::format("{} has no kernel TLS", library);
  if (program.transport == TlsTransport::OwnBio && !moves_itself(program)) {
    const KnownProgram* known = known_program(program.name);
    return fmt::format(
        "it hands libssl a BIO of its own, which libssl cannot move into the kernel{}{}",
        known == nullptr || known->moves_itself.empty() ? "" : "; by itself it does so with ",
        known == nullptr ? "" : known->moves_itself);
  }
  if (program.transport == TlsTransport::MemoryBio)
    return "it does TLS in memory and sends the result itself";
  return std::nullopt;
}

// What the program's own configuration, or the program itself, decides; nullopt: neither does.
std::optional<KtlsUse> by_itself(const Program& program) {
  const KnownProgram* known = known_program(program.name);
  // With a doubt the part that was not read may have TLS.
  if (program.config && !program.config->tls && program.config->doubts.empty())
    return KtlsUse{.answer = Answer::No, .because = "its configuration has no TLS"};
  if (program.config && program.config->ktls) {
    const bool on = *program.config->ktls;
    return KtlsUse{.answer = on ? Answer::Yes : Answer::No,
                   .because = fmt::format("{} switches it {}", to_text(program.config->ktls_place),
                                          on ? "on" : "off")};
  }
  if (known != nullptr && known->on_by_itself)
    return KtlsUse{.answer = Answer::Yes, .because = "it does so by itself"};
  return std::nullopt;
}

KtlsUse by_openssl(const Program& program) {
  if (!program.openssl)
    return {.answer = Answer::Unknown, .because = "its OpenSSL configuration was not looked at"};
  const ProgramOpenssl& openssl = *program.openssl;
  if (openssl.ktls.value_or(false))
    return {.answer = Answer::Yes,
            .because = fmt::format("{} asks for it", to_text(openssl.ktls_place))};
  return {.answer = Answer::No,
          .because = fmt::format("neither the program nor {} asks for it", openssl.path)};
}

void add_versions(const Program& program, KtlsUse& use) {
  if (program.openssl) {
    use.tls12 = program.openssl->tls12;
    use.tls13 = program.openssl->tls13;
  }
  if (program.config && program.config->tls13) use.tls13 = *program.config->tls13;
}

std::string display_name(const Program& program) {
  if (program.service.empty())
    return program.pids.empty() ? program.name
                                : fmt::format("{} (pid {})", program.name, program.pids.front());
  return fmt::format("{} ({}{})", program.name, program.service,
                     program.pids.empty() ? ", starts at boot" : "");
}

std::string service_or_name(const Program& program) {
  return program.service.empty() ? program.name : program.service;
}

std::string config_file(const Program& program, const KnownProgram& known) {
  return program.config && !program.config->ktls_place.file.empty()
             ? program.config->ktls_place.file
             : std::string(known.config);
}

std::vector<std::string> own_switches(const Program& program) {
  std::vector<std::string> ways;
  const KnownProgram* known = known_program(program.name);
  const bool own = program.config && program.config->ktls.value_or(false);
  if (known != nullptr && !known->off.empty()) {
    ways.push_back(
        own ? fmt::format("remove {} at {}", known->removed, to_text(program.config->ktls_place))
            : fmt::format("{} in {}", known->off, config_file(program, *known)));
    ways.push_back(fmt::format("only TLS 1.2: {}", known->only_tls12));
  }
  if (program.openssl && program.openssl->ktls.value_or(false))
    ways.push_back(
        fmt::format("remove KTLS from the Options at {}", to_text(program.openssl->ktls_place)));
  return ways;
}

void add_stop(const Program& program, std::vector<std::string>& ways) {
  if (program.service.ends_with(".service"))
    ways.push_back(fmt::format("systemctl disable --now {}", program.service));
  else if (!program.pids.empty())
    ways.push_back(fmt::format("stop process {}", program.pids.front()));
}

// The versions whose connections break; nullptr: none. Both receive in the kernel, where libssl has
// it: then records come without the header that libssl waits for.
const char* broken_versions(const Program& program, const KtlsUse& use) {
  if (program.transport != TlsTransport::Inherited) return nullptr;
  const bool tls13 = use.tls13 && breaks_tls13(program);
  if (use.tls12) return tls13 ? "TLS 1.2 and 1.3" : "TLS 1.2";
  return tls13 ? "TLS 1.3" : nullptr;
}

ProgramRisk breaks(const Program& program, const KtlsUse& use, const char* versions, bool loaded) {
  ProgramRisk risk{
      .kind = ProgramRisk::Kind::Breaks,
      .service = service_or_name(program),
      .program = display_name(program),
      .text = fmt::format(
          "{} breaks {} the kernel has TLS: {}, and it sends and receives on the socket "
          "itself, so its {} connections fail",
          display_name(program), loaded ? "because" : "as soon as", use.because, versions),
      .ways_out = {}};
  if (program.openssl && program.openssl->ktls.value_or(false))
    risk.ways_out.push_back(
        fmt::format("remove KTLS from the Options at {}, or give {} another OPENSSL_CONF",
                    to_text(program.openssl->ktls_place), program.name));
  if (!breaks_tls13(program)) risk.ways_out.emplace_back("let it allow TLS 1.3 only");
  add_stop(program, risk.ways_out);
  return risk;
}

ProgramRisk key_update(const Program& program, const KtlsUse& use, const KeyUpdateAnswer& answer,
                       bool loaded) {
  const bool unsafe = answer.safety == KeyUpdateSafety::Unsafe;
  const std::string name = display_name(program);
  ProgramRisk risk{
      .kind = unsafe ? ProgramRisk::Kind::KeyUpdate : ProgramRisk::Kind::KeyUpdateUnknown,
      .service = service_or_name(program),
      .program = name,
      .text =
          fmt::format("{} {} kernel TLS{} ({}), and {}{} break its "
                      "TLS 1.3 connections with one KeyUpdate: {}",
                      name, use.sure ? "uses" : "seems to use", loaded ? "" : " once tls is loaded",
                      use.because, unsafe ? "any peer can" : "a peer may", loaded ? "" : " then",
                      answer.because),
      .ways_out = own_switches(program)};
  if (!keeps_old_keys(program))
    risk.ways_out.emplace_back("OpenSSL 3.2 or later with kernel 6.14 or later");
  add_stop(program, risk.ways_out);
  return risk;
}

KeyUpdateAnswer safety_of(const Program& program, const RekeyFacts& kernel) {
  if (!uses(program, TlsLibrary::OpenSsl)) return {.because = "it does not use OpenSSL"};
  if (const auto why = keeps_old_keys(program)) return {KeyUpdateSafety::Unsafe, std::string(*why)};
  return key_update_safety(openssl_version(program), kernel);
}

}  // namespace

bool lacks_ktls(std::string_view library) {
  if (library.starts_with("LibreSSL ")) return true;
  const auto release = parse_release(library);
  return library.starts_with("OpenSSL ") && release && *release < kFirstWithKtls;
}

bool breaks_tls13(const Program& program) {
  const auto release = parse_release(openssl_version(program));
  return program.transport == TlsTransport::Inherited && release && *release >= kReceivesTls13;
}

KtlsUse ktls_use(const Program& program, std::optional<bool> gnutls_asks) {
  if (!uses(program, TlsLibrary::OpenSsl)) return of_other_library(program, gnutls_asks);
  // First what no configuration can change.
  if (const auto why = why_never(program)) return {.answer = Answer::Never, .because = *why};
  KtlsUse use = by_itself(program).value_or(KtlsUse{});
  if (use.because.empty()) use = by_openssl(program);
  const bool built_in = std::ranges::any_of(program.libraries, &ProgramLibrary::built_in);
  // A libssl that is built in may lack kTLS, which OpenSSL has only if it is configured with
  // enable-ktls.
  use.sure =
      !built_in && program.doubts.empty() && (!program.config || program.config->doubts.empty());
  add_versions(program, use);
  return use;
}

KeyUpdateAnswer key_update_safety(std::string_view library, const RekeyFacts& kernel) {
  const auto release = parse_release(library);
  if (!release) return {KeyUpdateSafety::Unknown, "the version of its OpenSSL is not known"};
  if (*release < kLibraryRekeys)
    return {KeyUpdateSafety::Unsafe,
            fmt::format("{} does not hand the kernel the new key", library)};
  // What the loaded module shows outweighs the release, since vendors backport.
  if (kernel.rekeys == true || (!kernel.rekeys && kernel.upstream >= kKernelRekeys))
    return {KeyUpdateSafety::Safe, fmt::format("{} hands this kernel the new key", library)};
  if (kernel.rekeys || kernel.upstream)
    return {KeyUpdateSafety::Unsafe, "kernels before 6.14 do not accept the new key"};
  return {KeyUpdateSafety::Unknown,
          "whether this vendor's kernel accepts the new key is not known before tls is loaded"};
}

std::optional<AcceptedRisk> acceptance_of(ProgramRisk::Kind kind) {
  switch (kind) {
    case ProgramRisk::Kind::Breaks: return AcceptedRisk::Breaks;
    case ProgramRisk::Kind::KeyUpdate: return AcceptedRisk::KeyUpdate;
    case ProgramRisk::Kind::KeyUpdateUnknown: break;
  }
  return std::nullopt;
}

std::optional<ProgramRisk> risk_of_ktls(const Program& program, std::optional<bool> gnutls_asks,
                                        const RekeyFacts& kernel) {
  const KtlsUse use = ktls_use(program, gnutls_asks);
  if (use.answer != Answer::Yes) return std::nullopt;
  const bool loaded = kernel.rekeys.has_value();
  if (const char* const versions = broken_versions(program, use))
    return breaks(program, use, versions, loaded);
  // Only TLS 1.3 has KeyUpdates (RFC 8446, 4.6.3).
  if (!use.tls13) return std::nullopt;
  const KeyUpdateAnswer answer = safety_of(program, kernel);
  if (answer.safety == KeyUpdateSafety::Safe) return std::nullopt;
  return key_update(program, use, answer, loaded);
}

std::vector<ProgramRisk> risks_of_ktls(const Programs& programs, const RekeyFacts& kernel) {
  std::vector<ProgramRisk> risks;
  for (const Program& program : programs.all) {
    if (auto risk = risk_of_ktls(program, programs.gnutls_asks, kernel))
      risks.push_back(std::move(*risk));
  }
  // What breaks at once comes first.
  std::ranges::stable_sort(risks, {}, &ProgramRisk::kind);
  return risks;
}

}  // namespace tuner
