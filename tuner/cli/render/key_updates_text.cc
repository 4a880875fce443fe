#include "cli/render/key_updates_text.h"

#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"

#include <fmt/format.h>

namespace tuner {
namespace {

Cell result_cell(const KeyUpdateTrial& trial) {
  switch (trial.result) {
    case KeyUpdateResult::Ok: return {"ok", Tint::Good};
    case KeyUpdateResult::Broken: return {"BROKEN", Tint::Bad};
    case KeyUpdateResult::NotDone: break;
  }
  return {"not done", Tint::Warning};
}

std::string because_of(const KeyUpdateTrial& trial) {
  if (!trial.noticed) return trial.because;
  return fmt::format("{}: {}", *trial.noticed == KeyUpdateEnd::Ktls ? "end with kTLS" : "peer",
                     trial.because);
}

void explain_trial(Table& table, const KeyUpdateTrial& trial) {
  std::string counters;
  for (const auto& [name, delta] : trial.counters)
    counters += fmt::format("{}{} {:+}", counters.empty() ? "" : ", ", name, delta);
  table.note(fmt::format("before the KeyUpdate tx {}, rx {}; afterwards {}",
                         tls_path_name(trial.tx.path()), tls_path_name(trial.rx.path()),
                         counters.empty() ? "no counter moved" : counters));
}

}  // namespace

std::string key_updates_text(const JudgedReport& judged, const Context& context) {
  const auto& updates = judged.key_updates();
  if (!updates) return {};
  Table table({"KeyUpdate case", "what happens", "this host is", "result", "why"});
  for (const KeyUpdateTrial& trial : updates->trials) {
    table.add({{fmt::format("{}", trial.number)},
               {std::string(key_update_case(trial.number)->what)},
               {std::string(word_of(trial.role))},
               result_cell(trial),
               {because_of(trial)}});
    if (context.options.explain) explain_trial(table, trial);
  }
  return "\n" + table.text(context.terminal.display()) +
         wrapped_lines(
             text_line("key update with TLS 1.3 {}: {}: {}", tls_cipher_name(updates->cipher),
                       word_of(updates->safety), updates->because),
             context.terminal.display().width, 2);
}

}  // namespace tuner
