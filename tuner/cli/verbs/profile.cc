#include "document/profile.h"

#include "base/text.h"
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"
#include "cli/render/documents.h"
#include "cli/render/profile_content.h"
#include "cli/steps/recommend.h"
#include "cli/verbs/profile_actions.h"
#include "cli/verbs/verbs.h"
#include "document/common.h"
#include "document/envelope.h"
#include "host/facts/collect.h"
#include "host/files/local_profile_files.h"
#include "model/json_bytes.h"
#include "profile/layer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <variant>

namespace tuner {
namespace {

// The summary, or for a profile that cannot be used the first error.
Cell summary_cell(const ProfileListing& listing) {
  if (!listing.error) return {listing.summary};
  return {fmt::format("broken: {}: {}", to_text(listing.error->origin), listing.error->message),
          Tint::Bad};
}

// What `profile` does: one of its actions.
struct List {};
struct Recommend {};
struct Show {
  std::string name;
};
struct CheckFiles {
  std::vector<std::string> files;
};
using Action = std::variant<List, Recommend, Show, CheckFiles, profile_actions::Import,
                            profile_actions::New, profile_actions::Diff>;

Answer run_action(Context& context, const List& /*action*/) {
  const auto files = local_profile_files();
  Table table({"profile", "from", "summary"});
  document::ProfileList body;
  for (const ProfileListing& listing : list_profiles(*files, profile_directories())) {
    const std::string from = listing.shadowed ? "shipped, replaced by a local one"
                             : listing.local  ? "local"
                                              : "shipped";
    table.add({{listing.name}, {from}, summary_cell(listing)});
    body.profiles.push_back({.name = listing.name,
                             .summary = listing.summary,
                             .path = listing.path,
                             .local = listing.local,
                             .shadowed = listing.shadowed,
                             .error = {}});
    if (listing.error) body.profiles.back().error = diagnostic_document(*listing.error);
  }
  context.terminal.result(table.text(context.terminal.display()));
  Answer answer;
  *answer.body = std::move(body);
  return answer;
}

Answer invalid(std::vector<Diagnostic> diagnostics) {
  Answer answer;
  answer.exit_code = ExitCode::ProfileInvalid;
  answer.diagnostics = std::move(diagnostics);
  return answer;
}

Answer run_action(Context& context, const Show& action) {
  auto loaded = load_profile(*local_profile_files(), action.name, profile_directories());
  if (!loaded.profile) return invalid(std::move(loaded.diagnostics));
  const Profile& profile = *loaded.profile;
  const reading::Contents contents = reading::contents_of(profile);
  const Display& display = context.terminal.display();
  const std::string heading =
      text_line("{}: {}", profile.name, profile.summary) +
      text_line("digest {}, from {}", profile.digest, join(profile.lineage, ", "));
  context.terminal.result(wrapped_lines(heading, display.width, 2) + "\n" +
                          content_table(contents, display).text(display));
  Answer answer;
  answer.diagnostics = std::move(loaded.diagnostics);
  *answer.body = document::ProfileShow{.profile = {.name = profile.name, .digest = profile.digest},
                                       .summary = profile.summary,
                                       .lineage = profile.lineage,
                                       .settings = settings_document(contents),
                                       .content = {printed(content_json(contents))}};
  return answer;
}

// All files are read before the exit code is decided, so one run of CI shows all errors.
Answer run_action(Context& context, const CheckFiles& action) {
  Answer answer;
  document::ProfileCheck body;
  for (const std::string& path : action.files) {
    auto loaded = load_profile(*local_profile_files(), path, profile_directories());
    if (!loaded.profile) answer.exit_code = ExitCode::ProfileInvalid;
    document::CheckedFile result{
        .file = path, .valid = loaded.profile.has_value(), .diagnostics = {}};
    for (Diagnostic& diagnostic : loaded.diagnostics) {
      result.diagnostics.push_back(diagnostic_document(diagnostic));
      answer.diagnostics.push_back(std::move(diagnostic));
    }
    body.files.push_back(std::move(result));
    if (loaded.profile) context.terminal.result(text_line("{}: valid", path));
  }
  *answer.body = std::move(body);
  return answer;
}

Answer run_action(Context& context, const Recommend& /*action*/) {
  const auto choice = recommend(collect_facts(context.host, FactNeed::Nics));
  context.terminal.result(text_line("{}: {}", choice.profile, choice.because));
  Answer answer;
  *answer.body =
      document::ProfileRecommend{.recommended = choice.profile, .because = choice.because};
  return answer;
}

tl::unexpected<Error> usage(std::string text) {
  return fail(Fault::Invalid, std::move(text),
              "ktls-tuner profile list | show NAME | check FILE… | recommend | new [NAME] | import "
              "FILE… | diff A [B]");
}

Result<Action> new_request(const std::string& name) {
  if (name.empty() || is_profile_name(name)) return profile_actions::New{name};
  return fail(Fault::Invalid, fmt::format("{} cannot be the name of a profile", in_quotes(name)),
              "lower-case letters, digits, '.', '_' and '-'");
}

Result<Action> profile_request(const Options& options) {
  const auto& words = options.words;
  const std::string action = words.empty() ? "list" : words.front();
  if (action == "list" && words.size() <= 1) return List{};
  if (action == "recommend" && words.size() == 1) return Recommend{};
  if (action == "show") {
    if (words.size() != 2) return usage("profile show takes one profile");
    return Show{words[1]};
  }
  if (action == "check") {
    if (words.size() < 2) return usage("profile check takes one or more files");
    return CheckFiles{{words.begin() + 1, words.end()}};
  }
  if (action == "import") {
    if (words.size() < 2) return usage("profile import takes one or more files");
    return profile_actions::Import{{words.begin() + 1, words.end()}};
  }
  if (action == "new" && words.size() <= 2) return new_request(words.size() < 2 ? "" : words[1]);
  if (action == "diff") {
    if (words.size() < 2 || words.size() > 3)
      return usage("profile diff takes one or two profiles");
    return profile_actions::Diff{.a = words[1], .b = words.size() < 3 ? "" : words[2]};
  }
  return usage(fmt::format("profile has no action '{}'", join(words, " ")));
}

Answer answer_profile(Context& context, const Action& action) {
  return std::visit(
      [&](const auto& one) {
        if constexpr (requires { run_action(context, one); })
          return run_action(context, one);
        else
          return profile_actions::run(context, one);
      },
      action);
}

std::vector<VerbAction> actions() {
  return {{.name = "list",
           .words = {},
           .summary = "lists the profiles of this host and the shipped ones",
           .help = {.takes = {},
                    .examples = {{"ktls-tuner profile list", "list the profiles that -p can name"},
                                 {"ktls-tuner profile list --json",
                                  "the same with the path of each file"}},
                    .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug}}},
          {.name = "show",
           .words = "PROFILE",
           .summary = "shows a profile after extends and merging, with the origin of each value",
           .help = {.takes = {},
                    .examples = {{"ktls-tuner profile show edge-server",
                                  "show each value with its reason and its line"},
                                 {"ktls-tuner profile show base --json", "the same for programs"}},
                    .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug,
                              ExitCode::ProfileInvalid}}},
          {.name = "check",
           .words = "FILE...",
           .summary = "reports all errors of profiles, with line and column",
           .help = {.takes = {},
                    .examples = {{"ktls-tuner profile check edge-server",
                                  "check a profile by its name; a path works, too"},
                                 {"ktls-tuner profile check base edge-server --json",
                                  "check several, for a pipeline"}},
                    .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug,
                              ExitCode::ProfileInvalid}}},
          {.name = "recommend",
           .words = {},
           .summary = "names the shipped profile that fits this machine, and why",
           .help = {.takes = {"--root", "--timeout"},
                    .examples = {{"ktls-tuner profile recommend",
                                  "show which profile fits this machine"},
                                 {"ktls-tuner profile recommend --json", "the same for programs"}},
                    .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage,
                              ExitCode::DataUnusable, ExitCode::Bug}}},
          profile_actions::new_action(),
          profile_actions::import_action(),
          profile_actions::diff_action()};
}

}  // namespace

Verb profile_verb() {
  return {.name = "profile",
          .summary =
              "lists, shows (merged, with the origin of each value), checks, recommends, makes, "
              "imports or compares profiles",
          .words =
              "list|show PROFILE|check FILE...|recommend|new [NAME]|import FILE...|diff PROFILE "
              "[PROFILE]",
          .options = {},
          .help = {.takes = {"--root", "--timeout"},
                   .examples = {{"ktls-tuner profile list", "list the profiles that -p can name"},
                                {"ktls-tuner profile show edge-server",
                                 "show each value with its reason and its line"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::Usage,
                             ExitCode::DataUnusable, ExitCode::Bug, ExitCode::NotPermitted,
                             ExitCode::ProfileInvalid}},
          .actions = actions(),
          .prepare = with_request<profile_request, answer_profile>};
}

}  // namespace tuner
