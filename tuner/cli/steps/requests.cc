#include "cli/steps/requests.h"

#include "base/text.h"
#include "knobs/catalog.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// An unknown family would silently select nothing with --only, and leave everything in with --skip.
Outcome families_exist(const std::vector<std::string>& families) {
  std::vector<std::string_view> names;
  for (const Knob& knob : catalog()) names.push_back(knob.info.name);
  for (const std::string& family : families) {
    if (std::ranges::count(names, family) > 0) continue;
    const auto near = nearest(family, names);
    return fail(Fault::Invalid, fmt::format("no setting family named '{}'", family),
                near ? fmt::format("did you mean {}? ktls-tuner knobs lists them", *near)
                     : "ktls-tuner knobs lists them");
  }
  return {};
}

// Persisting a part of a profile would set another profile at boot.
Result<Persistence> persistence(const Options& options, bool whole) {
  if (!options.persist)
    return options.runtime_only ? Persistence::RuntimeOnly : Persistence::AsBefore;
  if (options.runtime_only) {
    return fail(Fault::Invalid, "--persist and --runtime-only exclude each other",
                "--runtime-only is the default unless the profile is persisted");
  }
  if (!whole) {
    return fail(Fault::Invalid,
                "--persist applies to the whole profile: not with --only, --skip or --nic",
                "put these settings into their own profile, or omit --persist");
  }
  return Persistence::Persist;
}

}  // namespace

// With -p a person names the source on purpose; without it, unattended runs read the approved copy.
Result<SessionRequest> session_request(const Options& options) {
  TRY(families_exist(options.only));
  TRY(families_exist(options.skip));
  SessionRequest request{
      .only = options.only,
      .skip = options.skip,
      .nics = options.nics,
      .wait_link = options.wait_link,
      .if_active = options.if_active,
      .approved_copy = options.profile.empty() && (options.if_active || options.repair),
      .max_disruption = options.max_disruption,
      .accepted_risks = options.accept_risk,
      .force = options.force,
      .confirm_within = options.confirm_within};
  request.persistence = TRY(persistence(options, request.is_whole()));
  return request;
}

WriteRequest write_request(const Options& options) {
  return {.on_failure = options.on_failure,
          .lock_wait = lock_wait(options),
          .unattended = options.if_active || options.boot || options.repair || options.job,
          .without_missing = options.if_active || options.repair};
}

std::chrono::seconds lock_wait(const Options& options) {
  return options.wait ? options.timeout : std::chrono::seconds(0);
}

Result<ApplyRequest> apply_request(const Options& options) {
  if (options.restart_services && options.confirm_within)
    return fail(Fault::Invalid, "--restart-services and --confirm-within exclude each other",
                "confirm the run first, then apply with --restart-services");
  return ApplyRequest{.session = TRY(session_request(options)),
                      .write = write_request(options),
                      .boot = options.boot,
                      .restart_services = options.restart_services};
}

std::vector<OptionRow> selection_options() {
  return {
      {"--only", "FAMILY", "only these setting families (repeatable)", into<&Options::only>()},
      {"--skip", "FAMILY", "skip these setting families (repeatable)", into<&Options::skip>()},
      {"--nic", "NIC", "only settings of this NIC (repeatable)", into<&Options::nics>()},
      {"--wait-link", "TIME", "wait up to TIME for link and interrupts of each --nic",
       into<&Options::wait_link>()},
      {"--if-active", "",
       "do nothing if no profile is active; a required setting without a subject does not stop the "
       "others",
       into<&Options::if_active>()},
  };
}

std::vector<OptionRow> planning_options() {
  auto options = selection_options();
  options.push_back({"--max-disruption", "CLASS",
                     "largest disruption of traffic that a write may cause",
                     into<&Options::max_disruption>()});
  options.push_back({"--accept-risk", "RISK",
                     "load or persist tls although programs of this host suffer by it; recorded "
                     "with the run (repeatable)",
                     into<&Options::accept_risk>()});
  options.push_back({"--force", "", "reopen queues even while connections use receive offload",
                     into<&Options::force>()});
  options.push_back(
      {"--persist", "", "keep the settings across reboots", into<&Options::persist>()});
  options.push_back({"--runtime-only", "",
                     "set until the next reboot only, even if the profile is persisted",
                     into<&Options::runtime_only>()});
  return options;
}

std::vector<OptionRow> writing_options() {
  auto options = planning_options();
  options.push_back({"--on-failure", "ACTION", "what to do when a required setting fails",
                     into<&Options::on_failure>()});
  options.push_back({"--confirm-within", "TIME",
                     "undo this run unless `ktls-tuner confirm` follows within TIME (60s, 5m)",
                     into<&Options::confirm_within>()});
  options.push_back(
      {"--wait", "", "wait for another run's lock, up to --timeout", into<&Options::wait>()});
  return options;
}

}  // namespace tuner
