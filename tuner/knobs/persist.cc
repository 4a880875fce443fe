// What makes a profile outlast a reboot: the files that the system itself reads at boot, and the
// unit that sets the rest. Which profile that is stands in engine/persisted.h.
#include "knobs/answers.h"
#include "knobs/boot_files.h"
#include "knobs/knob.h"
#include "knobs/one_by_one.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr char kPrefix[] = "persist:";
constexpr std::string_view kRight = "CAP_DAC_OVERRIDE";
constexpr std::string_view kUnit = "ktls-tuner-apply.service";
constexpr std::string_view kUnitLink =
    "/etc/systemd/system/multi-user.target.wants/ktls-tuner-apply.service";
constexpr std::string_view kCronTable = "/etc/cron.d/ktls-tuner";

bool wanted(const Profile& profile) {
  return profile.persist;
}

Subject file_subject(std::string_view path) {
  return {.knob = "persist",
          .key = fmt::format("persist:{}", path),
          .name = std::string(path),
          .place = std::string(path)};
}

DesiredSetting desired_file(std::string_view path, std::string text) {
  DesiredSetting desired{.subject = file_subject(path)};
  desired.because =
      text.empty() ? "the profile has nothing for this file" : "the system reads it at boot";
  if (!text.empty()) desired.setting.goal.value = std::move(text);
  return desired;
}

// Setting what no file of the system's can hold. Not required: a host may have another way to run
// us at boot.
DesiredSetting desired_at_boot() {
  DesiredSetting desired{.subject = {.knob = "persist",
                                     .key = "persist:boot",
                                     .name = std::string(kUnit),
                                     .place = std::string(kUnit)}};
  desired.setting = {.goal = {.op = Goal::Op::Exactly, .value = std::string("enabled")},
                     .need = Need::Preferred,
                     .why = "sets at boot what no file of the system's can hold",
                     .origin = {}};
  return desired;
}

std::vector<DesiredSetting> expand(const Profile& profile, const Facts& /*facts*/,
                                   std::vector<std::string>& /*notes*/) {
  if (!profile.persist) return {};
  return {desired_at_boot(), desired_file(kModulesFile, modules_file(profile)),
          desired_file(kSysctlFile, sysctl_file(profile))};
}

// The two files and the unit, and nothing else that a key may say.
std::optional<Subject> of_key(std::string_view what) {
  if (what == "boot") return desired_at_boot().subject;
  if (what != kModulesFile && what != kSysctlFile) return std::nullopt;
  return file_subject(what);
}

Observation observe_boot(const FileTree& files) {
  if (files.exists("/run/systemd/system")) {
    if (files.exists(kUnitLink)) return {.value = std::string("enabled")};
    const bool there = files.exists(fmt::format("/lib/systemd/system/{}", kUnit)) ||
                       files.exists(fmt::format("/etc/systemd/system/{}", kUnit));
    if (!there)
      return unsupported(fmt::format("no unit {} is installed here", kUnit),
                         "install the ktls-tuner package");
    return blocked(
        fmt::format("{} is not enabled, so what no file can hold is gone after a reboot", kUnit),
        fmt::format("systemctl enable {}", kUnit));
  }
  const auto table = files.read(kCronTable);
  if (table && table->find("\n@reboot ") != std::string::npos)
    return {.value = std::string("enabled"), .reason = "by cron"};
  return unsupported(
      fmt::format("systemd does not run here, and {} has no @reboot line", kCronTable),
      "have `ktls-tuner apply --if-active --boot --wait` run at boot");
}

Observation observe_file(const FileTree& files, const std::string& path) {
  const auto text = files.read(path);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return {};
    return unreadable(text.error(), "root");
  }
  Observation seen;
  switch (origin_of(*text)) {
    case FileOrigin::Ours: break;
    case FileOrigin::Edited:
      seen = blocked(fmt::format("{} was changed by hand since it was written", path),
                     fmt::format("keep what you need of it in a file that sorts after it, remove "
                                 "{}, and apply again",
                                 path));
      break;
    case FileOrigin::SomeoneElse:
      seen = blocked(fmt::format("{} is there and was not written by ktls-tuner", path),
                     "move it to another name and apply again");
      break;
  }
  seen.value = *text;
  return seen;
}

Observation observe(const Host& host, const Subject& subject) {
  if (subject.place == kUnit) return observe_boot(host.files());
  return observe_file(host.files(), subject.place);
}

Outcome write_one(Host& host, const Change& change) {
  const std::string& path = change.subject.place;
  const auto* text = std::get_if<std::string>(&change.value);
  const Outcome done =
      text == nullptr ? host.files().remove(path) : host.files().create(path, *text);
  if (done) return {};
  Error error = done.error();
  error.text =
      fmt::format("{} cannot be {}: {}", path, text == nullptr ? "removed" : "written", error.text);
  if (error.hint.empty())
    error.hint = "nothing was changed in it; free the disk or make it writable, and apply again";
  return fail(error);
}

}  // namespace

Knob persist_knob() {
  return {
      .info = {.name = "persist",
               .phase = Phase::Persist,
               .doc = "What the next boot reads. Modules and sysctls with an exact goal go into "
                      "files of the system's own; everything else, and every at-least goal, is "
                      "set by ktls-tuner-apply.service.",
               .in_profile = "(none: apply --persist)",
               .reads = "/etc/modules-load.d, /etc/sysctl.d, whether the unit is enabled",
               .writes = "/etc/modules-load.d/ktls-tuner.conf, /etc/sysctl.d/90-ktls-tuner.conf",
               .capability = kRight,
               .needs = FactNeed::None},
      .wanted = wanted,
      .expand = expand,
      .observe = observe,
      .write = one_by_one<write_one>,
      .locate = located_by_key<of_key, kPrefix>};
}

}  // namespace tuner
