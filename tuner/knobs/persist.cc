// Keeps a profile over a reboot: the files that the system reads at boot, and the unit that sets
// the rest. engine/persisted.h records which profile it is.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/boot_files.h"
#include "knobs/knob.h"
#include "knobs/one_by_one.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr char kPersistPrefix[] = "persist:";
constexpr std::string_view kPersistRight = "CAP_DAC_OVERRIDE";
constexpr std::string_view kUnit = "ktls-tuner-apply.service";
constexpr std::string_view kUnitLink =
    "/etc/systemd/system/multi-user.target.wants/ktls-tuner-apply.service";
constexpr std::string_view kCronTable = "/etc/cron.d/ktls-tuner";

bool persist_wanted(const Profile& profile) {
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

// The boot unit, which sets what no system file can hold. Preferred, not required: a host may run
// this program at boot in another way.
DesiredSetting desired_at_boot() {
  DesiredSetting desired{.subject = {.knob = "persist",
                                     .key = "persist:boot",
                                     .name = std::string(kUnit),
                                     .place = std::string(kUnit)}};
  desired.setting = {.goal = {.op = Goal::Op::Exactly, .value = std::string("enabled")},
                     .need = Need::Preferred,
                     .why = "sets at boot what no configuration file can hold",
                     .origin = {}};
  return desired;
}

std::vector<DesiredSetting> expand_persist(const Profile& profile, const Facts& /*facts*/,
                                           std::vector<std::string>& /*notes*/) {
  if (!profile.persist) return {};
  return {desired_at_boot(), desired_file(kModulesFile, modules_file(profile)),
          desired_file(kSysctlFile, sysctl_file(profile))};
}

// Accepts only the two files and the unit, whatever the key says.
std::optional<Subject> persist_of_key(std::string_view what) {
  if (what == "boot") return desired_at_boot().subject;
  if (what != kModulesFile && what != kSysctlFile) return std::nullopt;
  return file_subject(what);
}

Observation observe_boot(const FileTree& files) {
  // The link of the enabled unit instead of `systemctl is-enabled`: no process is started for a
  // check, and a recorded machine has the link too.
  if (files.exists("/run/systemd/system")) {
    if (files.exists(kUnitLink)) return {.value = std::string("enabled")};
    const bool there = files.exists(fmt::format("/lib/systemd/system/{}", kUnit)) ||
                       files.exists(fmt::format("/etc/systemd/system/{}", kUnit));
    if (!there)
      return unsupported(fmt::format("unit {} is not installed", kUnit),
                         "install the ktls-tuner package");
    return blocked(
        fmt::format("{} is disabled: settings that no configuration file can hold are lost at "
                    "reboot",
                    kUnit),
        fmt::format("run systemctl enable {}", kUnit));
  }
  const auto table = files.read(kCronTable);
  // At the start of a line: a commented line does not count.
  if (table && table->find("\n@reboot ") != std::string::npos)
    return {.value = std::string("enabled"), .reason = "by cron"};
  return unsupported(
      fmt::format("systemd does not run here, and {} has no @reboot line", kCronTable),
      "run `ktls-tuner apply --if-active --boot --wait` at boot");
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
                     fmt::format("move the lines that you need to a file that sorts after it, "
                                 "remove {}, and apply again",
                                 path));
      break;
    case FileOrigin::SomeoneElse:
      seen = blocked(fmt::format("{} exists and was not written by ktls-tuner", path),
                     "rename it and apply again");
      break;
  }
  seen.value = *text;
  return seen;
}

Observation observe_persist(const Host& host, const Subject& subject) {
  if (subject.place == kUnit) return observe_boot(host.files());
  return observe_file(host.files(), subject.place);
}

Outcome write_persist(Host& host, const Change& change) {
  const std::string& path = change.subject.place;
  const auto* text = std::get_if<std::string>(&change.value);
  const Outcome done =
      text == nullptr ? host.files().remove(path) : host.files().create(path, *text);
  if (done) return {};
  Error error = done.error();
  error.text =
      fmt::format("{} cannot be {}: {}", path, text == nullptr ? "removed" : "written", error.text);
  if (error.hint.empty())
    error.hint = "the file was not changed; free disk space or make it writable, and apply again";
  return fail(error);
}

bool brings_ktls(const Change& change) {
  const auto* text = std::get_if<std::string>(&change.value);
  if (change.subject.place != kModulesFile || text == nullptr) return false;
  return std::ranges::count(lines(*text), "tls") > 0;
}

}  // namespace

Knob persist_knob() {
  return {
      .info = {.name = "persist",
               .phase = Phase::Persist,
               .doc = "Settings for the next boot. Modules and sysctls with an exact goal go into "
                      "the system's configuration files; ktls-tuner-apply.service sets everything "
                      "else and every at-least goal.",
               .in_profile = "(none: apply --persist)",
               .reads = "/etc/modules-load.d, /etc/sysctl.d, whether the unit is enabled",
               .writes = "/etc/modules-load.d/ktls-tuner.conf, /etc/sysctl.d/90-ktls-tuner.conf",
               .capability = kPersistRight,
               .needs = FactNeed::None,
               .boot_files = true},
      .wanted = persist_wanted,
      .expand = expand_persist,
      .observe = observe_persist,
      .write = one_by_one<write_persist>,
      .locate = located_by_key<persist_of_key, kPersistPrefix>,
      .brings_ktls = brings_ktls};
}

}  // namespace tuner
