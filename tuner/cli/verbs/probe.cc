#include "document/probe.h"

#include "cli/render/documents.h"
#include "cli/steps/probe_run.h"
#include "cli/steps/server_probe.h"
#include "cli/steps/session.h"
#include "cli/steps/wire_probe.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <variant>

namespace tuner {
namespace {

using AnyProbeRequest = std::variant<ProbeTask, ServerProbe>;

Result<AnyProbeRequest> probe_request(const Options& options) {
  if (options.tls) return TRY(server_probe(options));
  if (const auto option = option_for_server(options); !option.empty())
    return fail(Fault::Invalid, fmt::format("{} is for a server elsewhere", option),
                "add --tls and --connect HOST:PORT");
  return TRY(probe_task(options, std::getenv(kTokenVariable)));
}

Proof prove_ours(Context& context, const Session& session, const ProbeTask& task) {
  if (const auto* const wire = std::get_if<WireProbe>(&task))
    return prove_across_the_wire(context, session, *wire);
  return prove(context, session.profile, std::get<LoopbackProbe>(task));
}

Answer run_ours(Context& context, const ProbeTask& task) {
  if (const auto* const file = std::get_if<NewTokenFile>(&task))
    return make_token_only(context, *file);
  auto opened = open_session(context, SessionRequest(), /*writing=*/false);
  if (!opened.session) return std::move(opened.answer);
  const auto began = context.host.clock().now();
  Proof proof = prove_ours(context, *opened.session, task);
  save_report(context, proof, began);
  Answer answer = std::move(proof.answer);
  if (proof.report) *answer.body = probe_document(*proof.report);
  return answer;
}

Answer answer_probe(Context& context, const AnyProbeRequest& task) {
  const auto* const server = std::get_if<ServerProbe>(&task);
  if (server == nullptr) return run_ours(context, std::get<ProbeTask>(task));
  auto opened = open_session(context, SessionRequest(), /*writing=*/false);
  if (!opened.session) return std::move(opened.answer);
  return probe_elsewhere(context, *opened.session, *server);
}

// Of a probe over loopback or with ktls-tuner at both ends.
std::vector<OptionRow> own_options() {
  return {
      {"--listen", "ADDRESS:PORT", "probe across the wire: wait for one peer, at most --timeout",
       into_by<&Options::listen, read_listen_address>()},
      {"--connect", "HOST:PORT",
       "probe across the wire: connect to the listening end; with --tls: to any server",
       into_by<&Options::connect, read_peer>()},
      token_file_option(),
      {"--new-token", "FILE",
       "write a new secret to this new file, mode 0600; without --listen, do nothing else",
       into<&Options::new_token>()},
      {"--bytes", "N",
       "bytes that each connection carries in each direction; default: 131072, with "
       "--connect 4194304",
       into_by<&Options::bytes, read_probe_bytes>()},
      {"--thorough", "",
       "also try whether TLS 1.3 connections in the kernel survive a KeyUpdate, and the "
       "kernel's TLS without a TLS library: ciphers, sizes, sendfile, damage, options",
       into<&Options::thorough>()}};
}

// Of a server elsewhere, besides server_options().
std::vector<OptionRow> elsewhere_options() {
  return {{"--tls", "",
           "the server of --connect is any TLS server: show which versions and ciphers it "
           "accepts, and which of them this host's kernel or NIC does; up to 12 connections",
           into<&Options::tls>()},
          {"--http-get", "URLPATH",
           "of a server elsewhere: also ask the connection of each accepted cipher for this path, "
           "and hash and count the content, at most 16 MiB; default: handshakes alone",
           into<&Options::http_get>()}};
}

std::vector<OptionRow> probe_options() {
  std::vector<OptionRow> options = own_options();
  std::ranges::move(elsewhere_options(), std::back_inserter(options));
  std::ranges::move(server_options(), std::back_inserter(options));
  return options;
}

}  // namespace

Verb probe_verb() {
  return {.name = "probe",
          .summary =
              "makes real TLS connections and shows what runs in the NIC, the kernel or user "
              "space, and why",
          .words = {},
          .options = probe_options(),
          .help = {.takes = {"--profile", "--explain", "--timeout"},
                   .examples = {{"ktls-tuner probe -p edge-server --explain",
                                 "prove on loopback that the kernel does TLS as the profile "
                                 "expects, and show the evidence"},
                                {"ktls-tuner probe --connect mail.example:25 --tls --starttls smtp",
                                 "what a mail server accepts, and what of it this host offloads"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::PathNotTaken,
                             ExitCode::Unsupported, ExitCode::Usage, ExitCode::Bug,
                             ExitCode::NotPermitted, ExitCode::ProfileInvalid}},
          .prepare = with_request<probe_request, answer_probe>};
}

}  // namespace tuner
