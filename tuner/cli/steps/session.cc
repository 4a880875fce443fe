#include "cli/steps/session.h"

#include "base/text.h"
#include "cli/render/documents.h"
#include "cli/steps/chosen_nics.h"
#include "cli/steps/overdue.h"
#include "cli/steps/programs_look.h"
#include "cli/steps/recommend.h"
#include "document/envelope.h"
#include "engine/approved.h"
#include "host/facts/collect.h"
#include "host/files/local_profile_files.h"
#include "host/files/trusted_path.h"
#include "host/process/process.h"
#include "knobs/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace tuner {
namespace {

struct Choice {
  std::string profile;  // empty: none
  std::string because;
};

// A verb that writes never takes the recommended profile: a first `apply` without -p must not
// choose what it sets.
Choice choose(const Context& context, const Journal& journal, bool writing) {
  if (!context.options.profile.empty()) return {context.options.profile, "asked for"};
  if (const RunInfo* active = journal.active()) {
    return {active->path.empty() ? active->profile : active->path, "active since " + active->at};
  }
  if (writing) return {};
  const auto recommended = recommend(collect_facts(context.host, FactNeed::Nics));
  return {recommended.profile, "no profile is active; recommended: " + recommended.because};
}

Answer no_profile(const Context& context) {
  const auto recommended = recommend(collect_facts(context.host, FactNeed::Nics));
  return failure(
      ExitCode::Usage,
      {.fault = Fault::Invalid,
       .text = "no profile is active; choose one with -p",
       .hint = fmt::format("-p {} fits this machine ({}); ktls-tuner profile list shows all",
                           recommended.profile, recommended.because)});
}

// For timers and hooks, which also run on hosts without a profile. Silent with --job: cron mails
// any output.
Answer nothing_active(const Context& context, bool silent) {
  if (!silent) context.terminal.talk("no profile is active: nothing to do");
  Answer answer;
  *answer.body = nothing_to_do(context.verb);
  return answer;
}

// Of the active profile only: another one is applied for the first time, and nothing of it has
// changed.
void note_profile_change(Session& session) {
  const RunInfo* active = session.journal.active();
  if (active == nullptr || active->profile != session.profile.name) return;
  if (!session.source_changed.empty()) session.notes.push_back(session.source_changed);
  if (session.from_copy || active->digest == session.profile.digest) return;
  session.notes.push_back(
      fmt::format("profile {} was changed since it was applied at {} (digest {} then, {} now)",
                  active->profile, active->at, active->digest, session.profile.digest));
}

struct ReadProfile {
  LoadedProfile loaded;
  ProfileCopy copy;
  bool from_copy = false;
  std::string source_changed = {};
};

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal();
}

// The texts are noted while they are parsed, so the approved copy is what was read and not what the
// files hold a moment later.
ReadProfile read_source(const std::string& profile) {
  const auto files = local_profile_files();
  const RecordingFiles noted(*files);
  ReadProfile read{.loaded = load_profile(noted, profile, profile_directories()), .copy = {}};
  if (!read.loaded.profile) return read;
  // A timer or the next boot reads this path later, from another working directory.
  read.copy = {.path = absolute(read.loaded.profile->lineage.back()),
               .digest = read.loaded.profile->digest,
               .directories = profile_directories()};
  for (const std::string& path : read.loaded.profile->lineage)
    read.copy.files.emplace(absolute(path), noted.text(path));
  return read;
}

// Names the first file that differs from the approved copy; empty: none does.
std::string source_changed(const RunInfo& run, const ProfileCopy& copy) {
  const auto files = local_profile_files();
  for (const auto& [path, text] : copy.files) {
    const auto now = files->read(path, kProfileSizeLimit);
    if (now && *now == text) continue;
    return fmt::format(
        "{} {} since profile {} was applied at {}: the approved copy is used; ktls-tuner apply -p "
        "{} approves the current version",
        path, now ? "has changed" : "is gone or cannot be read", run.profile, run.at, run.path);
  }
  return {};
}

Result<ReadProfile> read_approved(const Context& context, const RunInfo& run) {
  const auto copies = TRY(load_approved(context.store));
  if (const ProfileCopy* copy = approved_for(copies, run)) {
    return ReadProfile{.loaded = load_profile(*copy),
                       .copy = *copy,
                       .from_copy = true,
                       .source_changed = source_changed(run, *copy)};
  }
  // An older release saved no copy. The digest in its journal tells whether the source is
  // unchanged.
  ReadProfile source = read_source(run.path.empty() ? run.profile : run.path);
  if (!source.loaded.profile || source.loaded.profile->digest == run.digest) return source;
  return fail(Fault::Refused,
              fmt::format("{} was changed since it was applied at {}, and there is no approved "
                          "copy: unattended runs set nothing",
                          run.profile, run.at),
              fmt::format("ktls-tuner apply -p {} approves the current version", run.path));
}

// Adds the reader's warnings to the notes of the plan. A verb that writes also prints them at once,
// with the source line and caret.
void note_warnings(const Context& context, const std::vector<Diagnostic>& warnings, bool writing,
                   Session& session) {
  for (const Diagnostic& warning : warnings) {
    session.notes.push_back(fmt::format("{}: {}: {} [{}]", to_text(warning.origin),
                                        severity_name(warning.severity), warning.message,
                                        warning.code));
    if (!writing) continue;
    const std::string text = to_text(warning);  // lines() points into it
    for (const std::string_view line : lines(text)) context.terminal.talk(line);
  }
}

// A user who can write the profile, or a folder above it, controls what root sets at each boot:
// such a profile is not persisted. Without --persist a warning is enough: the operator sees the
// writes.
std::optional<Error> persist_refusal(const Context& context, bool writing, Session& session) {
  if (session.from_copy) return std::nullopt;
  for (const std::string& path : session.profile.lineage) {
    const auto trusted = input_is_trusted(path);
    if (trusted) continue;
    if (writing && (session.profile.persist || session.persist_when_confirmed)) {
      return Error{.fault = Fault::Refused,
                   .text = fmt::format("the profile cannot be persisted: {}", trusted.error().text),
                   .hint = trusted.error().hint};
    }
    session.notes.push_back(trusted.error().text);
    if (writing) context.terminal.talk("warning: " + trusted.error().text);
  }
  return std::nullopt;
}

// An unattended run may disturb traffic as much as the last apply was allowed to.
Disruption allowed_disruption(const SessionRequest& request, const Journal& journal) {
  const RunInfo* active = request.if_active ? journal.active() : nullptr;
  return active == nullptr ? request.max_disruption
                           : std::max(request.max_disruption, active->max_disruption);
}

// An unattended run accepts what the person accepted who applied the profile.
std::vector<AcceptedRisk> accepted_risks(const SessionRequest& request, const Journal& journal) {
  const RunInfo* active = request.if_active ? journal.active() : nullptr;
  return active == nullptr ? request.accepted_risks : active->accepted_risks;
}

// A persisted profile stays persisted, unless --runtime-only is given. Another profile lasts until
// the reboot, unless --persist is given.
void decide_persistence(const Context& context, Persistence asked, bool writing, Session& session) {
  const RunInfo* persisted = session.journal.persisted();
  const bool is_persisted = persisted != nullptr && persisted->path == session.path;
  const bool lasts =
      asked == Persistence::Persist || (asked == Persistence::AsBefore && is_persisted);
  session.persist_when_confirmed = lasts && session.options.confirm_within.has_value();
  session.profile.persist = lasts && !session.persist_when_confirmed;
  if (!session.profile.persist) session.options.skip.emplace_back("persist");
  const auto say = [&](std::string note) {
    if (writing) context.terminal.talk("note: " + note);
    session.notes.push_back(std::move(note));
  };
  const bool fleeting = session.path.starts_with("/tmp/") || session.path.starts_with("/run/");
  if (lasts && fleeting) {
    say(
        fmt::format("{} is lost at reboot; keep the profile in "
                    "/etc/ktls-tuner/profiles.d",
                    session.path));
  }
  if (!lasts && persisted != nullptr && writing) {
    say(fmt::format(
        "set until the next reboot: boots set {}; --persist makes boots set this profile",
        persisted->profile));
  }
}

}  // namespace

// Only the families with files that outlast a reboot: the settings themselves were applied and
// confirmed before.
void persist_now(Session& session) {
  session.profile.persist = true;
  session.persist_when_confirmed = false;
  session.options.only = {"services", "persist"};
  session.options.skip.clear();
  session.options.confirm_within.reset();
}

namespace {

// Without the journal a plan only lacks the settings of earlier profiles. A run that writes must
// know their originals.
Outcome load_journal(const Context& context, bool writing, Session& session) {
  auto journal =
      Journal::load(context.store, session.identity.boot_id, session.identity.net_namespace);
  if (!journal && journal.error().fault == Fault::NotPermitted && !writing) {
    // The journal's folder has mode 0700. A verb that reads works without it for an ordinary user.
    session.notes.push_back("only root can read the journal: earlier settings are unknown here");
    journal = Journal{};
  }
  if (!journal) return fail(journal.error());
  TRY(journal->usable());
  session.journal = std::move(*journal);
  return {};
}

Result<ReadProfile> read_chosen(const Context& context, const Session& session,
                                const std::string& chosen, bool approved_copy) {
  const RunInfo* active = session.journal.active();
  return active != nullptr && approved_copy ? read_approved(context, *active) : read_source(chosen);
}

// Reports a pending run. A verb that writes does not need the note: may_apply() refuses with the
// same text.
void note_pending_run(const Context& context, bool writing, Session& session) {
  if (writing) return;
  std::string waits = pending_note(context, session.identity.boot_id);
  if (waits.empty()) return;
  if (context.options.root.empty()) context.terminal.talk("note: " + waits);
  session.notes.push_back(std::move(waits));
}

}  // namespace

// The journal comes before the profile, because it names the active one; NICs are last, because
// --wait-link may wait.
OpenedSession open_session(const Context& context, const SessionRequest& request, bool writing) {
  Session session{.identity = collect_identity(context.host)};
  if (auto known = is_known(session.identity); writing && !known)
    return {std::nullopt, failure(known.error())};
  if (auto loaded = load_journal(context, writing, session); !loaded)
    return {std::nullopt, failure(loaded.error())};

  if (request.if_active && session.journal.active() == nullptr)
    return {std::nullopt, nothing_active(context, request.silent)};
  const Choice choice = choose(context, session.journal, writing);
  if (choice.profile.empty()) return {std::nullopt, no_profile(context)};
  auto read = read_chosen(context, session, choice.profile, request.approved_copy);
  if (!read) return {std::nullopt, failure(read.error())};
  if (!read->loaded.profile) {
    Answer answer;
    answer.exit_code = ExitCode::ProfileInvalid;
    answer.diagnostics = std::move(read->loaded.diagnostics);
    return {std::nullopt, std::move(answer)};
  }
  session.profile = std::move(*read->loaded.profile);
  note_warnings(context, read->loaded.diagnostics, writing, session);
  session.path = read->copy.path;
  session.copy = std::move(read->copy);
  session.from_copy = read->from_copy;
  session.source_changed = std::move(read->source_changed);
  session.chosen = choice.because;
  session.options = {.only = request.only,
                     .skip = request.skip,
                     .max_disruption = allowed_disruption(request, session.journal),
                     .accepted_risks = accepted_risks(request, session.journal),
                     .force = request.force,
                     .confirm_within = request.confirm_within,
                     .spare_session = true,
                     .every_owner = context.options.json || context.options.explain};
  if (!context.options.root.empty())
    session.options.programs = [&context, identity = session.identity] {
      return see_programs(context, identity).programs;
    };
  decide_persistence(context, request.persistence, writing, session);
  if (auto refused = persist_refusal(context, writing, session))
    return {std::nullopt, failure(*refused)};
  note_profile_change(session);
  note_pending_run(context, writing, session);
  auto nics = chosen_nics(context, request.nics, request.wait_link);
  if (!nics) return {std::nullopt, failure(ExitCode::Usage, nics.error())};
  session.options.nics = std::move(*nics);
  return {std::move(session), {}};
}

PlanInput plan_input(const Session& session) {
  return {.profile = session.profile,
          .journal = session.journal,
          .knobs = catalog(),
          .options = session.options};
}

// Capabilities and not the user's id: root in a container may lack them, and a service may have
// just these.
Outcome may_write(const Host& host, const Plan& plan) {
  // The journal, and the files in /proc and /sys, belong to root.
  std::vector<std::string_view> wanted{"CAP_DAC_OVERRIDE"};
  for (const Step& step : plan.steps) {
    if (step.status != Status::Change) continue;
    for (const auto name : split_whitespace(find_knob(step.desired.subject.knob)->info.capability))
      wanted.push_back(name);
  }
  const auto missing = missing_capabilities(host.files(), wanted);
  if (missing.empty()) return {};
  return fail(Fault::NotPermitted,
              fmt::format("writing needs {}, which this process lacks", join(missing, ", ")),
              "run as root; plan, check and probe need no capability");
}

Outcome may_restore(const Host& host, const Journal& journal) {
  std::vector<std::string_view> wanted{"CAP_DAC_OVERRIDE"};
  for (const auto& entry : journal.entries()) {
    const Knob* knob = find_knob(entry.subject.knob);
    if (knob != nullptr) wanted.push_back(knob->info.capability);
  }
  const auto missing = missing_capabilities(host.files(), wanted);
  if (missing.empty()) return {};
  return fail(Fault::NotPermitted,
              fmt::format("restoring needs {}, which this process lacks", join(missing, ", ")),
              "run as root");
}

}  // namespace tuner
