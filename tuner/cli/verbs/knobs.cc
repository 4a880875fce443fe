#include "base/text.h"
#include "cli/output/table.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/tool.h"
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

// One family, or nullptr: all.
Result<const Knob*> knobs_request(const Options& options) {
  if (options.words.empty()) return nullptr;
  const std::string& name = options.words.front();
  if (const Knob* knob = find_knob(name)) return knob;
  std::vector<std::string_view> names;
  for (const Knob& knob : catalog()) names.push_back(knob.info.name);
  const auto near = nearest(name, names);
  return fail(Fault::Invalid, fmt::format("no setting family named '{}'", name),
              near ? fmt::format("did you mean {}?", *near) : "ktls-tuner knobs lists them");
}

// Descriptions only: this verb reads nothing of the machine and works for every user.
Answer answer_knobs(Context& context, const Knob* one) {
  Answer answer;
  document::Knobs body;
  if (one != nullptr) {
    context.terminal.result(knob_text(one->info));
    body.knobs.push_back(knob_document(one->info));
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
  *answer.body = std::move(body);
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
          .prepare = with_request<knobs_request, answer_knobs>};
}

}  // namespace tuner
