#include "base/text.h"
#include "cli/output/table.h"
#include "cli/verbs/verbs.h"
#include "document/kinds.h"
#include "knobs/catalog.h"

#include <fmt/format.h>

namespace tuner {
namespace {

document::Knob knob_document(const KnobInfo& info) {
  return {.name = std::string(info.name),
          .phase = std::string(phase_name(info.phase)),
          .doc = std::string(info.doc),
          .in_profile = std::string(info.in_profile),
          .reads = std::string(info.reads),
          .writes = std::string(info.writes),
          .capability = std::string(info.capability)};
}

std::string knob_text(const KnobInfo& info) {
  return fmt::format(
      "{}\n  {}\n  in a profile: {}\n  reads:        {}\n  writes:       {}\n  to write:     {}\n",
      info.name, info.doc, info.in_profile, info.reads, info.writes,
      info.capability.empty() ? "no capability needed" : info.capability);
}

Answer unknown(const std::string& name) {
  std::vector<std::string_view> names;
  for (const Knob& knob : catalog()) names.push_back(knob.info.name);
  const auto near = nearest(name, names);
  return failure(ExitCode::Usage, {.fault = Fault::Invalid,
                                   .text = fmt::format("no setting family named '{}'", name),
                                   .hint = near ? fmt::format("did you mean {}?", *near)
                                                : "ktls-tuner knobs lists them"});
}

// Descriptions only: this verb reads nothing of the machine and works for every user.
Answer run(Context& context) {
  Answer answer;
  document::Knobs body;
  if (!context.options.words.empty()) {
    const Knob* knob = find_knob(context.options.words.front());
    if (knob == nullptr) return unknown(context.options.words.front());
    context.terminal.result(knob_text(knob->info));
    body.knobs.push_back(knob_document(knob->info));
  } else {
    Table table({"family", "phase", "what it sets"});
    for (const Knob& knob : catalog()) {
      table.add({{std::string(knob.info.name)},
                 {std::string(phase_name(knob.info.phase))},
                 {std::string(knob.info.doc)}});
      body.knobs.push_back(knob_document(knob.info));
    }
    context.terminal.result(table.text(context.terminal.display()));
  }
  answer.body->keys = std::move(body);
  return answer;
}

}  // namespace

Verb knobs_verb() {
  return {.name = "knobs",
          .summary = "lists the setting families: what each reads, writes and needs",
          .words = "[FAMILY]",
          .options = {},
          .help = {.takes = {},
                   .examples = {{"ktls-tuner knobs",
                                 "list the families, in the order in which they are applied"},
                                {"ktls-tuner knobs irq_affinity",
                                 "show the files and capabilities of one family"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug}},
          .prepare = without_request<run>};
}

}  // namespace tuner
