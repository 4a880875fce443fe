#include "cli/steps/server_probe.h"

#include "cli/render/text.h"
#include "cli/render/tls_server.h"
#include "cli/steps/offload_look.h"
#include "cli/steps/probe_run.h"
#include "cli/steps/sync.h"
#include "document/kinds.h"
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

Error nothing_accepted(const ServerReport& report) {
  const bool untrusted = report.choice.result == OfferResult::Untrusted;
  return {.fault = Fault::Io,
          .text = fmt::format("the server accepted nothing: {}", report.choice.because),
          .hint = untrusted ? "give the certificate of its issuer: --cafile FILE; or --insecure, "
                              "to go on without knowing who answers"
                            : "the table has the answer to each offer"};
}

Error key_update_error(const ServerKeyUpdate& update) {
  return {.fault = Fault::Io,
          .text = fmt::format("KeyUpdate: {}: {}", word_of(update.answer), update.because),
          .hint = {}};
}

std::vector<Error> errors_of(const JudgedServer& judged) {
  std::vector<Error> errors;
  const bool any = std::ranges::any_of(judged.offers, [](const JudgedOffer& one) {
    return one.offer.result == OfferResult::Accepted;
  });
  if (!any && judged.report.choice.result != OfferResult::Accepted)
    errors.push_back(nothing_accepted(judged.report));
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
JudgedServer explained(Context& context, const Session& session, ServerReport report,
                       const OffloadFacts& facts) {
  ProbeReport cells = own_cells(report);
  explain_offload(cells, session.profile, facts);
  explain_ciphers(cells, collect_facts(context.host, FactNeed::Crypto).crypto);
  put_back(report, std::move(cells));
  return judge_server(std::move(report), session.profile);
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

Answer probe_elsewhere(Context& context, const Session& session, const ServerProbe& probe) {
  ServerRequest request = probe.request;
  request.time_limit = context.options.timeout;
  context.terminal.talk(fmt::format("probe: TLS connections to {}, at most {} s",
                                    to_text(request.place), request.time_limit.count()));
  if (request.key_update)
    context.terminal.talk("note: a KeyUpdate may end one connection to this server");
  const std::vector<WantedOffload> wanted = wanted_offload(look(context, session));
  const Facts before = nic_facts(context);
  auto report = run_server_probe(request);
  if (!report) return failure(ExitCode::Failed, report.error());
  if (request.insecure)
    report->warnings.insert(report->warnings.begin(), insecure_warning(*report));
  const Facts after = nic_facts(context);
  const JudgedServer judged = explained(context, session, std::move(*report),
                                        {.before = before, .after = after, .wanted = wanted});
  const ServerManner manner{.starttls = request.starttls, .insecure = request.insecure};
  context.terminal.result(tls_server_text(judged, manner, context));
  for (const std::string& warning : judged.report.warnings)
    context.terminal.result(warning_text(warning));
  Answer answer;
  answer.exit_code = exit_code_of(judged.verdict);
  answer.errors = errors_of(judged);
  answer.body->keys = tls_server_document(judged, manner);
  return answer;
}

}  // namespace tuner
