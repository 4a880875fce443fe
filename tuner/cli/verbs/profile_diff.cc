// profile diff: two profiles, or one and the machine's active one.
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/render/documents.h"
#include "cli/verbs/profile_actions.h"
#include "document/envelope.h"
#include "document/profile.h"
#include "engine/approved.h"
#include "engine/journal.h"
#include "host/facts/collect.h"
#include "host/files/local_profile_files.h"
#include "profile/difference.h"

#include <fmt/format.h>

#include <iterator>

namespace tuner::profile_actions {
namespace {

// The active profile as it was applied; without a copy, which older releases did not keep, as its
// file is now.
Result<LoadedProfile> load_active(const Context& context) {
  const HostIdentity identity = collect_identity(context.host);
  const auto journal = TRY(Journal::load(context.store, identity.boot_id, identity.net_namespace));
  const RunInfo* const active = journal.active();
  if (active == nullptr)
    return fail(Fault::NotFound, "no profile is active on this machine",
                "ktls-tuner profile diff A B compares two profiles");
  const auto copies = TRY(load_approved(context.store));
  if (const ProfileCopy* copy = approved_for(copies, *active)) return load_profile(*copy);
  return load_profile(*local_profile_files(), active->path.empty() ? active->profile : active->path,
                      profile_directories());
}

Table difference_table(const std::vector<ProfileDifference>& differences, const std::string& a,
                       const std::string& b) {
  Table table({"section", "setting", a, b});
  for (const ProfileDifference& one : differences) {
    const std::string section =
        one.entry.empty() ? one.section : fmt::format("{} {{ {} }}", one.section, one.entry);
    table.add({{section}, {one.name}, {one.a.value_or("-")}, {one.b.value_or("-")}});
  }
  return table;
}

document::ProfileDiff diff_document(const Profile& a, const Profile& b, bool active,
                                    const std::vector<ProfileDifference>& differences) {
  document::ProfileDiff body{.a = {.name = a.name, .digest = a.digest},
                             .b = {.name = b.name, .digest = b.digest},
                             .active = active,
                             .differences = {}};
  for (const ProfileDifference& one : differences)
    body.differences.push_back({.section = one.section,
                                .entry = document::or_null(one.entry),
                                .name = one.name,
                                .a = one.a,
                                .b = one.b});
  return body;
}

}  // namespace

Answer run(Context& context, const Diff& action) {
  const auto files = local_profile_files();
  auto a = load_profile(*files, action.a, profile_directories());
  const bool active = action.b.empty();
  auto b = active ? load_active(context)
                  : Result<LoadedProfile>(load_profile(*files, action.b, profile_directories()));
  if (!b) return failure(b.error());
  Answer answer;
  answer.diagnostics = std::move(a.diagnostics);
  std::ranges::move(b->diagnostics, std::back_inserter(answer.diagnostics));
  if (!a.profile || !b->profile) {
    answer.exit_code = ExitCode::ProfileInvalid;
    return answer;
  }
  const auto found = differences(*a.profile, *b->profile);
  const std::string name_a = a.profile->name;
  const std::string name_b = b->profile->name + (active ? " (active)" : "");
  if (found.empty())
    context.terminal.result(text_line("{} and {} have the same effect", name_a, name_b));
  else
    context.terminal.result(
        difference_table(found, name_a, name_b).text(context.terminal.display()));
  if (!found.empty()) answer.exit_code = ExitCode::Drift;
  *answer.body = diff_document(*a.profile, *b->profile, active, found);
  return answer;
}

VerbAction diff_action() {
  return {.name = "diff",
          .words = "PROFILE [PROFILE]",
          .summary =
              "shows in which settings two profiles differ, or one and the machine's active "
              "profile as it was applied",
          .help = {.takes = {"--root", "--timeout"},
                   .examples = {{"ktls-tuner profile diff edge-server bulk-transfer",
                                 "show in which settings two shipped profiles differ"},
                                {"ktls-tuner profile diff base edge-server --json",
                                 "the same for programs"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::Usage,
                             ExitCode::DataUnusable, ExitCode::Bug, ExitCode::NotPermitted,
                             ExitCode::ProfileInvalid}}};
}

}  // namespace tuner::profile_actions
