#include "cli/render/openssl_conf.h"

#include "base/text.h"
#include "cli/steps/named_program.h"
#include "cli/steps/proved_config.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/openssl_conf.h"
#include "host/files/unit_files.h"
#include "host/process/process.h"
#include "host/programs/collect.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Kind = OptionEffect::Kind;

struct OpensslConfRequest {
  std::string program;  // empty: any
  std::vector<AcceptedRisk> accepted;
};

Result<OpensslConfRequest> openssl_conf_request(const Options& options) {
  if (options.for_program.empty() && !options.accept_risk.empty())
    return fail(Fault::Invalid, "--accept-risk is about a program, and none is named",
                "name it: --for SERVICE");
  return OpensslConfRequest{.program = options.for_program, .accepted = options.accept_risk};
}

struct Stop {
  ExitCode code = ExitCode::Failed;
  Error error;
};

// Names that systemd allows (systemd.unit(5)) and of which it has a file: not the unit of a user's
// own service manager, nor whatever a control group is called.
std::string system_unit(const FileTree& files, const Program& program) {
  constexpr std::string_view kSigns = ":-_.@\\";
  const bool plain = std::ranges::all_of(program.service, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
  });
  if (!plain || !program.service.ends_with(".service")) return {};
  return ServiceUnit::read(files, program.service).exec_start().empty() ? std::string()
                                                                        : program.service;
}

// nullopt: its OpenSSL reads OPENSSL_CONF.
std::optional<std::string> why_ignored(Context& context, const Program& program) {
  if (program.ignores_environment)
    return "it is set-uid or has file capabilities, so its OpenSSL ignores OPENSSL_CONF";
  if (!program.pids.empty()) return std::nullopt;
  const auto gains = context.host.files().gives_rights(program.executable);
  if (!gains)
    context.terminal.talk("warning: " + gains.error().text);
  else if (*gains)
    context.terminal.talk(
        fmt::format("warning: {} is set-uid or has file capabilities: unless root starts it, its "
                    "OpenSSL ignores OPENSSL_CONF",
                    program.executable));
  return std::nullopt;
}

// Of several programs of one service the worst counts.
ConfUse use_of(Context& context, const std::vector<const Program*>& programs,
               std::optional<bool> gnutls_asks) {
  const FileTree& files = context.host.files();
  const RekeyFacts kernel = rekey_facts(files);
  ConfUse use;
  for (const Program* program : programs) {
    OptionEffect effect = effect_of_option(*program, "this configuration", gnutls_asks, kernel);
    if (const auto why = why_ignored(context, *program))
      effect = {.kind = Kind::NoEffect, .because = *why};
    if (use.program && effect.kind <= use.effect.kind) continue;
    use.program = *program;
    use.effect = std::move(effect);
  }
  use.unit = system_unit(files, *use.program);
  if (use.program->openssl) {
    use.base.path = use.program->openssl->path;
    use.base.from_environment = use.program->openssl->from_environment;
  }
  return use;
}

// What has to be said before the configuration is used; an error: it is not printed.
std::optional<Stop> judge_use(Context& context, const OpensslConfRequest& request, ConfUse& use) {
  const OptionEffect& effect = use.effect;
  const std::string& name = use.program->name;
  const auto risk = acceptance_of(effect.kind);
  if (effect.kind == Kind::NoEffect)
    return Stop{ExitCode::Unsupported,
                {.fault = Fault::Unsupported,
                 .text = fmt::format("{} gains nothing by OPENSSL_CONF: {}", name, effect.because),
                 .hint = {}}};
  if (effect.kind == Kind::Unknown)
    return Stop{ExitCode::Failed,
                {.fault = Fault::Refused,
                 .text = fmt::format("whether {} gains by OPENSSL_CONF is not known: {}", name,
                                     effect.because),
                 .hint = join(use.program->doubts, "; ")}};
  if (risk && std::ranges::count(request.accepted, *risk) == 0)
    return Stop{ExitCode::Unsupported,
                {.fault = Fault::Refused,
                 .text = effect.because,
                 .hint = fmt::format("{}; or --accept-risk {}", join(effect.ways_out, "; or "),
                                     word_of(*risk))}};
  if (risk) {
    use.accepted = {*risk};
    context.terminal.talk("warning: accepted: " + effect.because);
  }
  if (effect.kind == Kind::KeyUpdateUnknown) context.terminal.talk("warning: " + effect.because);
  if (!effect.sure)
    context.terminal.talk(fmt::format("warning: {} only seems to gain by it{}{}", name,
                                      use.program->doubts.empty() ? "" : ": ",
                                      join(use.program->doubts, "; ")));
  if (effect.already)
    context.terminal.talk(
        fmt::format("note: {} uses kernel TLS without this configuration, too", name));
  return std::nullopt;
}

std::string version_of(const Program& program) {
  for (const ProgramLibrary& library : program.libraries) {
    if (library.kind == TlsLibrary::OpenSsl) return library.version;
  }
  return {};
}

void say_proof(Context& context, const ConfUse& use, const ConfigReadback& proof) {
  context.terminal.talk(fmt::format(
      "proved with {}: new server and client contexts ask for kernel TLS, and have all else as "
      "under {}",
      proof.library, use.base.path));
  const std::string own = use.program ? version_of(*use.program) : std::string();
  if (!own.empty() && !proof.library.starts_with(own + " "))
    context.terminal.talk(
        fmt::format("warning: {} has {}, which the proof says nothing of", use.program->name, own));
}

Result<ConfUse> use_without_program() {
  ConfUse use;
  use.base.path = TRY(own_config_file());
  return use;
}

Answer print(Context& context, ConfUse use) {
  const auto proved =
      proved_config(context, use.base.path, [&](const KtlsConfig& config, bool base_exists) {
        use.base.exists = base_exists;
        return conf_text(config, use);
      });
  if (!proved) return failure(proved.error());
  say_proof(context, use, proved->proof);
  context.terminal.result(proved->text);
  Answer answer;
  *answer.body = conf_document(proved->config, use, proved->before, proved->proof);
  return answer;
}

ExitCode code_of_unnamed(Context& context, const Error& error) {
  if (error.fault == Fault::Invalid) return ExitCode::Usage;
  // Without this right the program may be one of those that could not be looked at.
  const bool all = missing_capabilities(context.host.files(), {"CAP_SYS_PTRACE"}).empty();
  return all ? ExitCode::Usage : ExitCode::NotPermitted;
}

Answer answer_openssl_conf(Context& context, const OpensslConfRequest& request) {
  if (request.program.empty()) {
    auto use = use_without_program();
    return use ? print(context, std::move(*use)) : failure(use.error());
  }
  const Programs programs = collect_programs(context.host.files());
  const auto named = programs_named(programs, request.program);
  if (!named) return failure(code_of_unnamed(context, named.error()), named.error());
  ConfUse use = use_of(context, *named, programs.gnutls_asks);
  if (auto stop = judge_use(context, request, use))
    return failure(stop->code, std::move(stop->error));
  return print(context, std::move(use));
}

}  // namespace

Verb openssl_conf_verb() {
  return {
      .name = "openssl-conf",
      .summary =
          "prints an OpenSSL configuration that keeps the system's own and asks for kernel TLS, "
          "for "
          "one program, and proves it",
      .words = {},
      .options =
          {{"--for", "SERVICE",
            "for this unit, program or executable: keep what it reads now, and refuse if it gains "
            "nothing or suffers",
            into<&Options::for_program>()},
           {"--accept-risk", "RISK",
            "print it although the program breaks or a peer can break its connections "
            "(repeatable)",
            into<&Options::accept_risk>()}},
      .help = {.takes = {"--timeout"},
               .examples = {{"ktls-tuner openssl-conf --for nginx",
                             "print the configuration and the drop-in lines for nginx"},
                            {"ktls-tuner openssl-conf >ktls.cnf",
                             "write one that any program can be started with"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Unsupported, ExitCode::Usage,
                         ExitCode::Bug, ExitCode::NotPermitted}},
      .prepare = with_request<openssl_conf_request, answer_openssl_conf>};
}

}  // namespace tuner
