#include "cli/render/sockets.h"

#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/sockets.h"
#include "host/sockets/collect.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

struct SocketsRequest {
  SocketsBy by = SocketsBy::Socket;
  bool all_netns = false;
  bool without_kernel_tls = false;
  bool listeners = false;
};

Result<SocketsRequest> sockets_request(const Options& options) {
  return SocketsRequest{.by = options.by,
                        .all_netns = options.all_netns,
                        .without_kernel_tls = options.all_tls,
                        .listeners = options.listeners};
}

ExitCode code_of(const Error& error) {
  return error.fault == Fault::NotPermitted ? ExitCode::NotPermitted : ExitCode::Failed;
}

Answer answer_sockets(Context& context, const SocketsRequest& request) {
  const SocketQuestion question{
      .all_spaces = request.all_netns,
      .without_kernel_tls = request.without_kernel_tls,
      .listeners = request.listeners,
      .until = std::chrono::steady_clock::now() + context.options.timeout};
  const auto found = collect_tls_sockets(context.host.files(), question);
  if (!found) return failure(code_of(found.error()), found.error());
  Answer answer;
  answer.errors = found->errors;
  std::size_t seen = 0;
  for (const SocketSpace& space : found->spaces) {
    const auto error = cannot_see(space);
    if (error) answer.errors.push_back(*error);
    seen += error ? 0 : 1;
  }
  for (const Error& error : answer.errors)
    answer.exit_code = worst(answer.exit_code, code_of(error));
  // An empty table would say that there is no such connection.
  if (seen == 0) return answer;
  *answer.body = sockets_document(*found, request.by);
  context.terminal.result(sockets_text(*found, request.by, context.terminal.display()));
  return answer;
}

}  // namespace

Verb sockets_verb() {
  return {
      .name = "sockets",
      .summary =
          "shows each TCP connection with the kernel's TLS: process, service, cipher, where "
          "its records are processed, NIC and bytes",
      .words = {},
      .options = {{"--by", "WHAT",
                   "list sockets, or count sessions and bytes by service, process or NIC",
                   into<&Options::by>()},
                  {"--all", "",
                   "also connections of programs that speak TLS without the kernel, and why",
                   into<&Options::all_tls>()},
                  {"--listeners", "",
                   "also listening sockets of programs that speak TLS, and whether they use the "
                   "kernel's",
                   into<&Options::listeners>()},
                  {"--all-netns", "", "look at the network namespaces of all processes",
                   into<&Options::all_netns>()}},
      .help = {.takes = {"--timeout"},
               .examples = {{"ktls-tuner sockets", "show each connection with the kernel's TLS"},
                            {"ktls-tuner sockets --by service --all",
                             "show how much of each service's TLS could be in the kernel, and how "
                             "much is"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug,
                         ExitCode::NotPermitted}},
      .prepare = with_request<sockets_request, answer_sockets>};
}

}  // namespace tuner
