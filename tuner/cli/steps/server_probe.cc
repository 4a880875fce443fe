#include "cli/steps/server_probe.h"

#include "cli/render/text.h"
#include "cli/render/tls_server.h"
#include "cli/steps/offload_look.h"
#include "cli/steps/probe_run.h"
#include "cli/steps/sync.h"
#include "document/envelope.h"
#include "document/tls_server.h"
#include "host/facts/collect.h"
#include "model/utf8.h"
#include "probe/cipher_reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace tuner {
namespace {

constexpr std::size_t kLongestPath = 8192;
constexpr std::size_t kLongestName = 253;  // a DNS name in text

// The path goes into a request line as it is.
Outcome check_path(const std::string& path) {
  const bool plain = std::ranges::all_of(path, [](char c) { return c > ' ' && c < 0x7f; });
  if (path.empty() || (path.starts_with('/') && plain && path.size() <= kLongestPath)) return {};
  return fail(Fault::Invalid, fmt::format("--http-get: {} is no path of HTTP", in_quotes(path)),
              "begin it with '/', and write other characters than visible ASCII as %XX");
}

Outcome check_name(const std::string& name) {
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:").find(c) != std::string_view::npos;
  });
  if (plain && name.size() <= kLongestName) return {};
  return fail(
      Fault::Invalid,
      fmt::format("--server-name: {} is neither a host name nor an address", in_quotes(name)),
      "write a name beyond ASCII in its form with xn--");
}

// The helper opens it in a folder that may not be this one.
std::string absolute(const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  return path.empty() || error ? path : whole.string();
}

Error key_update_error(const ServerKeyUpdate& update) {
  return {.fault = Fault::Io,
          .text = fmt::format("KeyUpdate: {}: {}", word_of(update.answer), update.because),
          .hint = {}};
}

std::vector<Error> errors_of(const JudgedServer& judged) {
  std::vector<Error> errors;
  if (auto nothing = nothing_accepted(judged.report)) errors.push_back(std::move(*nothing));
  for (const JudgedOffer& one : judged.offers) {
    if (one.judged && (one.judged->result() == CellResult::Fail ||
                       one.judged->result() == CellResult::Unsupported))
      errors.push_back(error_of(*one.judged));
  }
  const auto& update = judged.report.key_update;
  if (update && update->answer != KeyUpdateSurvival::Survived)
    errors.push_back(key_update_error(*update));
  return errors;
}

// Facts on both sides of the probe, as across the wire.
JudgedServer explained(const Context& context, const Profile& profile, ServerReport report,
                       const OffloadFacts& facts) {
  ProbeReport cells = own_cells(report);
  explain_offload(cells, profile, facts);
  explain_ciphers(cells, collect_facts(context.host, FactNeed::Crypto).crypto);
  put_back(report, std::move(cells));
  return judge_server(std::move(report), profile);
}

}  // namespace

std::string_view option_for_server(const Options& options) {
  const std::pair<bool, std::string_view> given[] = {
      {!options.server_name.empty(), "--server-name"}, {options.starttls.has_value(), "--starttls"},
      {!options.ca_file.empty(), "--cafile"},          {options.insecure, "--insecure"},
      {!options.http_get.empty(), "--http-get"},       {options.key_update, "--key-update"}};
  for (const auto& [is_given, name] : given) {
    if (is_given) return name;
  }
  return {};
}

std::vector<OptionRow> server_options() {
  return {{"--server-name", "NAME",
           "of a server elsewhere: the name to ask for (SNI) and to find in the certificate; "
           "default: HOST",
           into<&Options::server_name>()},
          {"--starttls", "PROTOCOL", "of a server elsewhere: begin TLS within this protocol",
           into<&Options::starttls>()},
          {"--cafile", "FILE",
           "of a server elsewhere: trust the certificates of this file, and not those of the "
           "system",
           into<&Options::ca_file>()},
          {"--insecure", "",
           "of a server elsewhere: go on with a certificate that is not trusted; any host may have "
           "answered",
           into<&Options::insecure>()},
          {"--key-update", "",
           "of a server elsewhere: also try whether it survives a KeyUpdate, which may end that "
           "connection",
           into<&Options::key_update>()}};
}

Result<ServerProbe> server_probe(const Options& options) {
  if (!options.connect)
    return fail(Fault::Invalid, "--tls is for a server elsewhere", "add --connect HOST:PORT");
  if (options.listen || options.bytes || options.thorough || !options.token_file.empty() ||
      !options.new_token.empty()) {
    return fail(Fault::Invalid,
                "--tls is for a server that knows nothing of this program, so there is no other "
                "end, no token and no --bytes",
                "omit --tls for a probe with ktls-tuner at both ends");
  }
  return server_asked_for(options);
}

Result<ServerProbe> server_asked_for(const Options& options) {
  if (options.starttls && !options.http_get.empty())
    return fail(Fault::Invalid, "--http-get is for HTTP, which has no --starttls",
                "omit one of them");
  if (options.insecure && !options.ca_file.empty())
    return fail(Fault::Invalid, "--insecure trusts any certificate, so --cafile has no effect",
                "omit one of them");
  TRY(check_path(options.http_get));
  TRY(check_name(options.server_name));
  return ServerProbe{.request = {.place = *options.connect,
                                 .server_name = options.server_name,
                                 .starttls = options.starttls,
                                 .ca_file = absolute(options.ca_file),
                                 .insecure = options.insecure,
                                 .http_path = options.http_get,
                                 .key_update = options.key_update}};
}

std::optional<Error> nothing_accepted(const ServerReport& report) {
  const bool any = std::ranges::any_of(report.offers, [](const ServerOffer& offer) {
    return offer.result == OfferResult::Accepted;
  });
  if (any || report.choice.result == OfferResult::Accepted) return std::nullopt;
  const bool untrusted = report.choice.result == OfferResult::Untrusted;
  return Error{.fault = Fault::Io,
               .text = fmt::format("the server accepted nothing: {}", report.choice.because),
               .hint = untrusted
                           ? "give the certificate of its issuer: --cafile FILE; or --insecure, "
                             "to go on without knowing who answers"
                           : "the answer to each offer has a reason"};
}

Result<JudgedServer> ask_server(const Context& context, const ServerProbe& probe,
                                const Profile& profile, const std::vector<WantedOffload>& wanted) {
  ServerRequest request = probe.request;
  request.time_limit = context.options.timeout;
  context.terminal.talk(fmt::format("probe: TLS connections to {}, at most {} s",
                                    to_text(request.place), request.time_limit.count()));
  if (request.key_update)
    context.terminal.talk("note: a KeyUpdate may end one connection to this server");
  const Facts before = nic_facts(context);
  auto report = TRY(run_server_probe(request));
  // The first of all warnings: it decides what the rest is worth.
  if (request.insecure) report.warnings.insert(report.warnings.begin(), insecure_warning(report));
  const Facts after = nic_facts(context);
  return explained(context, profile, std::move(report),
                   {.before = before, .after = after, .wanted = wanted});
}

Answer probe_elsewhere(Context& context, const Session& session, const ServerProbe& probe) {
  const auto result =
      ask_server(context, probe, session.profile, wanted_offload(look(context, session)));
  if (!result) return failure(ExitCode::Failed, result.error());
  const JudgedServer& judged = *result;
  const ServerManner manner{.starttls = probe.request.starttls, .insecure = probe.request.insecure};
  context.terminal.result(tls_server_text(judged, manner, context));
  for (const std::string& warning : judged.report.warnings)
    context.terminal.result(warning_text(warning));
  Answer answer;
  answer.exit_code = exit_code_of(judged.verdict);
  answer.errors = errors_of(judged);
  *answer.body = tls_server_document(judged, manner);
  return answer;
}

}  // namespace tuner
