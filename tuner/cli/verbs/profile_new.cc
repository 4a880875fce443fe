// profile new: a start from the facts of this machine.
#include "base/text.h"
#include "cli/render/starting_profile.h"
#include "cli/steps/recommend.h"
#include "cli/verbs/profile_actions.h"
#include "document/envelope.h"
#include "document/profile.h"
#include "host/facts/collect.h"
#include "model/sysctl/sysctl_defaults.h"
#include "model/sysctl/sysctl_name.h"
#include "profile/layer.h"

#include <fmt/format.h>

namespace tuner::profile_actions {
namespace {

constexpr FactNeed kFacts = FactNeed::Topology | FactNeed::Nics | FactNeed::NicFeatures |
                            FactNeed::NicShape | FactNeed::Cpufreq | FactNeed::Neighbours |
                            FactNeed::TlsModule;

// The limits that this kernel has. One that cannot be read is left out, and stands in the errors.
std::map<std::string, std::string> present_limits(const FileTree& files) {
  std::map<std::string, std::string> limits;
  for (const SysctlDefault& row : sysctl_defaults()) {
    if (row.kind != SysctlDefault::Kind::Limit) continue;
    const auto path = sysctl_path(row.name);
    const auto text = path ? files.read(*path) : fail(path.error());
    if (text) limits.emplace(row.name, trim(*text));
  }
  return limits;
}

}  // namespace

Answer run(Context& context, const New& action) {
  const Facts facts = collect_facts(context.host, kFacts);
  const auto choice = recommend(facts);
  const std::string host = facts.host.hostname.substr(0, facts.host.hostname.find('.'));
  const StartingProfile start{.name = action.name.empty() ? as_profile_name(host) : action.name,
                              .extends = choice.profile,
                              .because = choice.because,
                              .sysctls = present_limits(context.host.files())};
  const std::string text = starting_profile_text(start, facts);
  context.terminal.result(text);
  context.terminal.talk(fmt::format("save it as {}.yaml", start.name));
  Answer answer;
  *answer.body = document::ProfileNew{
      {.name = start.name, .text = text, .extends = start.extends, .because = start.because}};
  return answer;
}

VerbAction new_action() {
  return {.name = "new",
          .words = "[NAME]",
          .summary =
              "prints a profile to start from: it extends the one that fits this machine, and "
              "has this machine's facts and possible settings as comments",
          .help = {.takes = {"--root", "--timeout"},
                   .examples = {{"ktls-tuner profile new proxies >proxies.yaml",
                                 "start a profile of this name"},
                                {"ktls-tuner profile new --json",
                                 "the same as a document, named after the host"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage,
                             ExitCode::DataUnusable, ExitCode::Bug}}};
}

}  // namespace tuner::profile_actions
