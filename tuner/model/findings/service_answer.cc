#include "model/findings/service_answer.h"

#include "base/text.h"
#include "model/findings/looks.h"
#include "model/programs/openssl_option.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using Answer = KtlsUse::Answer;

// " (3 connections in the kernel, 1 not)"; empty: none, or not looked at.
std::string connections_of(const Program& program, const DiagnosisInput& input) {
  if (!input.sockets) return {};
  std::uint64_t kernel = 0, outside = 0;
  for (const int pid : program.pids) {
    const auto found = input.sockets->by_process.find(pid);
    if (found == input.sockets->by_process.end()) continue;
    kernel += found->second.kernel;
    outside += found->second.outside;
  }
  if (kernel + outside == 0) return {};
  return fmt::format(" ({} connections in the kernel, {} not)", kernel, outside);
}

std::string without_kernel_tls(const KtlsUse& use, const DiagnosisInput& input) {
  return fmt::format(
      "TLS stays in user space, because the kernel has no TLS (module tls is {}); "
      "{}",
      module_state_name(input.facts.kernel.tls.state), use.because);
}

// "; a peer could then break …: ways": what the option would bring with it.
std::string effect_text(const Program& program, const DiagnosisInput& input) {
  const OptionEffect effect = effect_of_option(program, "its OpenSSL configuration",
                                               input.programs->gnutls_asks, input.kernel);
  switch (effect.kind) {
    case OptionEffect::Kind::KeyUpdate:
      return fmt::format("; if you add it, any peer can break its TLS 1.3 connections: {}",
                         join(effect.ways_out, ", or "));
    case OptionEffect::Kind::KeyUpdateUnknown:
      return fmt::format("; if you add it, a peer may break its TLS 1.3 connections: {}",
                         join(effect.ways_out, ", or "));
    case OptionEffect::Kind::Breaks: return "; do not add it: " + effect.because;
    case OptionEffect::Kind::NoEffect:
    case OptionEffect::Kind::Unknown:
    case OptionEffect::Kind::Gains: break;
  }
  return {};
}

// Where its own configuration lacks the option, by file and line.
std::string not_asking(const Program& program, const KtlsUse& use, const DiagnosisInput& input) {
  std::string because = use.because;
  const auto& config = program.config;
  if (config && config->tls && !config->ktls && !config->tls_place.file.empty())
    because = fmt::format("{} has TLS without the option KTLS, and {}", to_text(config->tls_place),
                          use.because);
  return fmt::format("TLS stays in user space, because {}{}", because, effect_text(program, input));
}

std::string state_of(const Program& program, const DiagnosisInput& input) {
  const KtlsUse use = ktls_use(program, input.programs->gnutls_asks);
  const std::string seems = use.sure ? "" : " (as far as it could be read)";
  switch (use.answer) {
    case Answer::Never: return fmt::format("TLS stays in user space, because {}", use.because);
    case Answer::No: return not_asking(program, use, input) + seems;
    case Answer::Unknown:
      return fmt::format("whether its TLS is in the kernel is not known: {}", use.because);
    case Answer::Yes: break;
  }
  if (!has_kernel_tls(input.facts)) return without_kernel_tls(use, input) + seems;
  std::string text = fmt::format("it hands TLS to the kernel, because {}{}", use.because, seems);
  if (const auto risk = risk_of_ktls(program, input.programs->gnutls_asks, input.kernel))
    text += fmt::format("; {}; {}", risk->text, join(risk->ways_out, ", or "));
  return text;
}

}  // namespace

std::string service_answer(const DiagnosisInput& input) {
  const Program& program = input.programs->all.front();
  const std::string processes =
      program.pids.empty() ? std::string("which does not run")
                           : fmt::format("{} {}", program.pids.size(),
                                         program.pids.size() == 1 ? "process" : "processes");
  return fmt::format("{}, {}{}: {}", program_text(program), processes,
                     connections_of(program, input), state_of(program, input));
}

}  // namespace tuner
