#include "cli/proving.h"
#include "cli/render_json.h"
#include "cli/session.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

Answer run(Context& context) {
  if (!context.options.root.empty()) {
    return failure(ExitCode::Usage,
                   {.fault = Fault::Invalid,
                    .text = "probe runs on this machine, and --root is a recorded one",
                    .hint = "plan, check, facts and profile work on a recorded machine"});
  }
  auto opened = open_session(context, /*writing=*/false);
  if (!opened.session) return std::move(opened.answer);
  Proof proof = prove(context, opened.session->profile);
  Answer answer = std::move(proof.answer);
  if (proof.report) *answer.body = probe_json(*proof.report, proof.verdict);
  return answer;
}

}  // namespace

Verb probe_verb() {
  return {
      .name = "probe",
      .summary =
          "real TLS handshakes and transfers: what runs in the kernel, what in user space, and why",
      .words = {},
      .options = {},
      .run = run};
}

}  // namespace tuner
