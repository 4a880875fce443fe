#include "cli/render/kernel_trials_text.h"

#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

Cell result_cell(TrialResult result) {
  switch (result) {
    case TrialResult::Passed: return {"passed", Tint::Good};
    case TrialResult::Failed: return {"FAILED", Tint::Bad};
    case TrialResult::NotApplicable: return {"not applicable", Tint::Faint};
    case TrialResult::Unknown: break;
  }
  return {"unknown", Tint::Warning};
}

// Trials of one row with the same result and reason.
using Group = std::vector<const JudgedTrial*>;

bool belongs(const Group& group, const JudgedTrial& trial) {
  const JudgedTrial& first = *group.front();
  return first.key.row == trial.key.row && first.result == trial.result &&
         first.because == trial.because;
}

std::vector<Group> grouped(const std::vector<JudgedTrial>& trials) {
  std::vector<Group> groups;
  for (const JudgedTrial& trial : trials) {
    const auto fitting =
        std::ranges::find_if(groups, [&](const Group& group) { return belongs(group, trial); });
    if (fitting == groups.end())
      groups.push_back({&trial});
    else
      fitting->push_back(&trial);
  }
  return groups;
}

// "TLSv1.2 AES-128-GCM, AES-256-GCM; TLSv1.3 AES-128-GCM"
std::string keys_of(const Group& group) {
  std::string text;
  const JudgedTrial* before = nullptr;
  for (const JudgedTrial* const trial : group) {
    if (before == nullptr || before->key.version != trial->key.version)
      text += fmt::format("{}{} ", before == nullptr ? "" : "; ", word_of(trial->key.version));
    else
      text += ", ";
    text += word_of(trial->key.cipher);
    before = trial;
  }
  return text;
}

void explain_group(Table& table, const Group& group) {
  for (const JudgedTrial* const trial : group) {
    std::string numbers;
    for (const auto& [name, value] : trial->seen)
      numbers += fmt::format("{}{} {}", numbers.empty() ? "" : ", ", name, value);
    if (numbers.empty()) numbers = "nothing measured";
    table.note(
        fmt::format("{} {}: {}", word_of(trial->key.version), word_of(trial->key.cipher), numbers));
  }
}

}  // namespace

std::string kernel_trials_text(const JudgedReport& judged, const Context& context) {
  const auto& all = judged.kernel_trials();
  if (!all) return {};
  Table table({"kernel trial", "what is done", "result", "with", "why"});
  for (const Group& group : grouped(all->trials)) {
    const JudgedTrial& first = *group.front();
    table.add({{std::string(first.key.row->id)},
               {std::string(first.key.row->what)},
               result_cell(first.result),
               {keys_of(group)},
               {first.because}});
    if (context.options.explain) explain_group(table, group);
  }
  return "\n" + table.text(context.terminal.display()) +
         wrapped_lines(
             text_line("kernel TLS without a library: {}: {}", word_of(all->result), all->because),
             context.terminal.display().width, 2);
}

}  // namespace tuner
