#include "engine/gate.h"

#include "base/text.h"
#include "host/programs/collect.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

std::string ways_out(const ProgramRisk& risk) {
  return fmt::format("{}; or --accept-risk {}", join(risk.ways_out, "; or "),
                     word_of(*acceptance_of(risk.kind)));
}

std::string names_of_others(const std::vector<ProgramRisk>& risks) {
  std::vector<std::string> names;
  for (const ProgramRisk& risk : risks) names.push_back(risk.program);
  names.erase(names.begin());
  return names.empty() ? std::string() : fmt::format(" (also: {})", join(names, ", "));
}

void add_notes(const std::vector<std::string>& more, std::vector<std::string>& notes) {
  for (const std::string& note : more) {
    if (std::ranges::count(notes, note) == 0) notes.push_back(note);
  }
}

}  // namespace

void Gate::sort_out(ProgramRisk risk, Found& found) const {
  const auto acceptance = acceptance_of(risk.kind);
  const bool accepted = acceptance && std::ranges::count(options_.accepted_risks, *acceptance) > 0;
  const bool blocks = acceptance && !accepted && rule_ == SafetyRule::Require;
  if (blocks) return found.blocking.push_back(std::move(risk));
  std::string note = fmt::format("{}{}{}", kWarningNote, accepted ? "accepted: " : "", risk.text);
  if (!accepted) note += fmt::format("; ways out: {}", join(risk.ways_out, "; or "));
  found.notes.push_back(std::move(note));
}

const Gate::Found& Gate::found() {
  if (found_) return *found_;
  found_.emplace();
  const Programs programs =
      options_.programs ? options_.programs() : collect_programs(host_.files());
  for (ProgramRisk& risk : risks_of_ktls(programs, rekey_facts(host_.files())))
    sort_out(std::move(risk), *found_);
  for (const std::string& missing : programs.not_looked_at) {
    found_->notes.push_back(
        fmt::format("{}{}; whether one suffers by kernel TLS is not known", kWarningNote, missing));
  }
  return *found_;
}

void Gate::block(const std::vector<ProgramRisk>& risks, Step& step) {
  step.status = Status::Blocked;
  step.because = risks.front().text + names_of_others(risks);
  step.observed.hint = ways_out(risks.front());
  step.target = {};
}

void Gate::judge(const Knob& knob, Step& step, std::vector<std::string>& notes) {
  if (step.status != Status::Change || rule_ == SafetyRule::Ignore) return;
  if (knob.risk != nullptr) {
    Found own;
    if (auto risk = knob.risk(host_, {step.desired.subject, step.target}))
      sort_out(std::move(*risk), own);
    add_notes(own.notes, notes);
    if (!own.blocking.empty()) return block(own.blocking, step);
  }
  if (knob.brings_ktls == nullptr || !knob.brings_ktls({step.desired.subject, step.target})) return;
  const Found& all = found();
  add_notes(all.notes, notes);
  if (!all.blocking.empty()) block(all.blocking, step);
}

}  // namespace tuner
