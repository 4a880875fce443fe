#include "cli/steps/boot.h"

#include "base/rfc3339.h"
#include "cli/render/documents.h"
#include "document/envelope.h"
#include "engine/boot_attempts.h"
#include "host/facts/collect.h"

namespace tuner {
namespace {

BootSkip skip_of(const Context& context) {
  return boot_skip(context.host.files(), context.store, collect_identity(context.host).boot_id);
}

}  // namespace

std::string boot_skip_text(const Context& context) {
  return skip_of(context).because;
}

// The word on the kernel's command line is a decision of a person and ends with 0: a failed unit
// would be reported as a fault.
std::optional<Answer> boot_skip_result(const Context& context) {
  const BootSkip skip = skip_of(context);
  if (skip.because.empty()) return std::nullopt;
  Answer answer;
  if (skip.by_choice) {
    context.terminal.talk("note: " + skip.because);
  } else {
    answer = failure(ExitCode::Failed, {.fault = Fault::Refused, .text = skip.because, .hint = {}});
  }
  *answer.body = nothing_to_do(context.verb);
  return answer;
}

// An unknown count refuses. A count that cannot be written only warns: a full disk must not keep a
// host from its profile.
Outcome count_boot(Context& context) {
  TRY(load_boot_attempts(context.store));
  const auto counted = begin_boot(context.store, collect_identity(context.host).boot_id,
                                  rfc3339(context.host.clock().now()));
  if (!counted)
    context.terminal.talk("warning: this attempt is not counted: " + counted.error().text);
  return {};
}

void end_boot(Context& context) {
  if (auto forgotten = reset_boot_attempts(context.store); !forgotten)
    context.terminal.talk("warning: this attempt remains counted: " + forgotten.error().text);
}

}  // namespace tuner
