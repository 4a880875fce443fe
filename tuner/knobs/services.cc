// Services of systemd: whether their OpenSSL is asked for kTLS, and near which NIC they run. Both
// by drop-ins, which count from the next start of the service on. This family never restarts one.
//
// The value of `ktls` is what the service would do at its next start, not whether a file is there:
// a service that uses kTLS by itself is in sync without one, and "off" is written as the removal of
// the files where the service does not use it by itself.
#include "host/programs/services.h"

#include "base/text.h"
#include "host/files/small_files.h"
#include "host/files/unit_files.h"
#include "host/programs/config_source.h"
#include "knobs/answers.h"
#include "knobs/boot_files.h"
#include "knobs/knob.h"
#include "knobs/one_by_one.h"
#include "knobs/service_files.h"
#include "knobs/service_state.h"
#include "model/programs/known_programs.h"
#include "model/programs/service_name.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr char kServicesPrefix[] = "services:";
constexpr std::string_view kServicesRight = "root";
constexpr std::string_view kKtls = "ktls";
constexpr std::string_view kNear = "near";
constexpr std::string_view kOn = "on";
constexpr std::string_view kOff = "off";
constexpr std::string_view kAnywhere = "anywhere";
constexpr std::string_view kEdited = "changed by hand";
constexpr std::string_view kOutdated = "outdated";
constexpr std::string_view kHalfWritten = "half written";
constexpr std::string_view kOverridden = "overridden";

struct About {
  ServicePlace place = ServicePlace::Run;
  std::string unit;
  bool ktls = false;
};

Subject subject_of(const About& about) {
  const std::string_view what = about.ktls ? kKtls : kNear;
  const std::string name = fmt::format("{}/{}", about.unit, what);
  const std::string_view place = about.place == ServicePlace::Etc ? "etc" : "run";
  return {.knob = "services",
          .key = fmt::format("{}{}:{}", kServicesPrefix, place, name),
          .name = name,
          .place = drop_in_path(about.place, about.unit, about.ktls ? kKtlsDropIn : kNearDropIn),
          .group = "services"};
}

// "etc:nginx.service/ktls"
std::optional<About> about_key(std::string_view rest) {
  const auto slash = rest.find('/');
  if (rest.size() < 4 || slash == std::string_view::npos) return std::nullopt;
  const std::string_view place = rest.substr(0, 4);
  const std::string_view what = rest.substr(slash + 1);
  const std::string_view name = rest.substr(4, slash - 4);
  const auto unit = service_unit(name);
  if ((place != "etc:" && place != "run:") || (what != kKtls && what != kNear)) return std::nullopt;
  if (!unit || *unit != name) return std::nullopt;
  return About{.place = place == "etc:" ? ServicePlace::Etc : ServicePlace::Run,
               .unit = *unit,
               .ktls = what == kKtls};
}

std::optional<Subject> service_of_key(std::string_view rest) {
  const auto about = about_key(rest);
  return about ? std::optional(subject_of(*about)) : std::nullopt;
}

About about_of(const Subject& subject) {
  return *about_key(std::string_view(subject.key).substr(sizeof kServicesPrefix - 1));
}

bool services_wanted(const Profile& profile) {
  return !profile.services.empty();
}

// --- expand

DesiredSetting desired_near(DesiredSetting desired, const Facts& facts) {
  const auto* const nic = std::get_if<std::string>(&desired.setting.goal.value);
  const auto near = place_near(facts, nic == nullptr ? std::string() : *nic);
  if (near) {
    desired.setting.goal.value = near->is_choice ? near_text(*near) : std::string(kAnywhere);
    desired.because = near->is_choice ? fmt::format("near {}", *nic)
                                      : "only one NUMA node has CPUs, so every place is near";
  } else if (near.error().fault == Fault::NotFound) {
    desired.no_subject = near.error().text;
  } else {
    desired.unsupported = near.error().text;
  }
  return desired;
}

std::vector<DesiredSetting> expand_services(const Profile& profile, const Facts& facts,
                                            std::vector<std::string>& /*notes*/) {
  std::vector<DesiredSetting> all;
  for (const NamedSetting& named : profile.services) {
    const auto slash = named.name.find('/');
    const About about{.place = profile.persist ? ServicePlace::Etc : ServicePlace::Run,
                      .unit = named.name.substr(0, slash),
                      .ktls = named.name.substr(slash + 1) == kKtls};
    DesiredSetting desired{.subject = subject_of(about), .setting = named.setting};
    if (about.ktls)
      desired.because = "from the next start of the service on";
    else
      desired = desired_near(std::move(desired), facts);
    all.push_back(std::move(desired));
  }
  return all;
}

// --- observe

Observation seen(std::string_view value, std::string reason = {}) {
  return {.value = std::string(value), .reason = std::move(reason)};
}

Observation no_unit(const std::string& unit) {
  return {.availability = Observation::Availability::NoSubject,
          .value = {},
          .in_effect = {},
          .reason = fmt::format("systemd has no unit {} that starts a program", unit),
          .hint = "install the service, or remove it from the profile"};
}

Observation without_drop_in(const FileTree& files, const About& about) {
  if (!about.ktls)
    return ServiceUnit::read(files, about.unit).exec_start().empty() ? no_unit(about.unit)
                                                                     : seen(kAnywhere);
  // A write or a removal that was interrupted between the two files.
  const std::string path = service_conf_path(about.place, about.unit);
  const auto conf = files.read(path);
  if (!conf && !is_absent(conf.error())) return unreadable(conf.error(), kServicesRight);
  if (conf && origin_of(*conf) == FileOrigin::SomeoneElse)
    return blocked(fmt::format("{} exists and was not written by ktls-tuner", path),
                   "rename it and apply again");
  if (conf) return seen(kHalfWritten, fmt::format("{} is there without its drop-in", path));
  const ServiceState state = service_state(files, about.unit);
  if (!state.exists) return no_unit(about.unit);
  switch (state.use.answer) {
    case KtlsUse::Answer::Yes: return seen(kOn, state.use.because);
    case KtlsUse::Answer::Unknown: return unreadable(state.use.because);
    default: return seen(kOff, state.use.because);
  }
}

// The configuration that would be written now for the base of the one that is there.
std::optional<std::string> renewed(const FileTree& files, const std::string& unit,
                                   const ServiceConf& old) {
  const auto config =
      ktls_config(old.base, read_openssl_config(old.base, config_source(files)), old.option);
  if (!config) return std::nullopt;
  return service_conf(unit, old.option, old.base, *config);
}

Observation with_conf(const FileTree& files, const About& about) {
  const std::string path = service_conf_path(about.place, about.unit);
  const auto text = files.read(path);
  if (!text && !is_absent(text.error())) return unreadable(text.error(), kServicesRight);
  if (!text) return seen(kOutdated, fmt::format("{} is missing", path));
  if (origin_of(*text) != FileOrigin::Ours)
    return seen(kEdited, fmt::format("{} was changed since it was written", path));
  const auto conf = read_service_conf(*text);
  if (!conf || renewed(files, about.unit, *conf) != *text)
    return seen(kOutdated, fmt::format("{} does not fit {} any more", path,
                                       conf ? conf->base : std::string("its base")));
  const bool on = conf->option == KtlsOption::On;
  std::vector<std::string> doubts;
  if (openssl_conf_of_unit(files, about.unit, doubts) == path) return seen(on ? kOn : kOff);
  // Written, and without effect; a rollback can still remove it.
  Observation hidden =
      seen(on ? kOn : kOff,
           fmt::format("another file gives {} another OPENSSL_CONF than {}", about.unit, path));
  hidden.in_effect = std::string(kOverridden);
  hidden.hint = fmt::format("systemctl cat {} shows which", about.unit);
  return hidden;
}

Observation observe_services(const Host& host, const Subject& subject) {
  const FileTree& files = host.files();
  const About about = about_of(subject);
  const auto text = files.read(subject.place);
  if (!text && !is_absent(text.error())) return unreadable(text.error(), kServicesRight);
  if (!text) return without_drop_in(files, about);
  switch (origin_of(*text)) {
    case FileOrigin::Ours: break;
    case FileOrigin::Edited:
      return seen(kEdited, fmt::format("{} was changed since it was written", subject.place));
    case FileOrigin::SomeoneElse: {
      Observation other =
          blocked(fmt::format("{} exists and was not written by ktls-tuner", subject.place),
                  "rename it and apply again");
      other.value = std::string(kEdited);
      return other;
    }
  }
  if (about.ktls) return with_conf(files, about);
  return seen(near_of_drop_in(*text).value_or(std::string(kEdited)));
}

// --- takes: what makes the drop-in a silent no-op, and who decides instead

Observation takes_off(const ServiceState& state) {
  const Program& program = *state.program;
  const KnownProgram* const known = known_program(program.name);
  const bool by_itself = (program.config && program.config->ktls.value_or(false)) ||
                         (known != nullptr && known->on_by_itself);
  if (!by_itself) return {};
  std::string line = "switch it off in its own configuration";
  if (known != nullptr && !known->off.empty())
    line = fmt::format("add to {}: {}", known->config, known->off);
  return blocked(fmt::format("a drop-in does not reach it: {}", state.use.because),
                 std::move(line));
}

Observation takes_on(const FileTree& files, const About& about, const ServiceState& state) {
  const OptionEffect effect =
      option_effect(files, state, service_conf_path(about.place, about.unit));
  if (effect.kind == OptionEffect::Kind::NoEffect)
    return unsupported(
        fmt::format("{} gains nothing by OPENSSL_CONF: {}", state.program->name, effect.because));
  if (effect.kind == OptionEffect::Kind::Unknown)
    return blocked(fmt::format("whether {} gains by OPENSSL_CONF is not known: {}",
                               state.program->name, effect.because),
                   join(state.program->doubts, "; "));
  Observation answer;
  if (!effect.sure) answer.reason = fmt::format("it only seems to gain by it: {}", effect.because);
  return answer;
}

Observation takes_ktls(const FileTree& files, const About& about, bool on) {
  const ServiceState state = service_state(files, about.unit);
  // Then its files are only removed, and nothing hinders that.
  if ((state.use.answer == KtlsUse::Answer::Yes) == on) return {};
  if (!state.program) return unsupported(state.use.because);
  Observation answer = on ? takes_on(files, about, state) : takes_off(state);
  if (answer.availability != Observation::Availability::Available) return answer;
  const auto obstacle =
      conf_obstacle(files, about.unit, *state.program, service_conf_path(about.place, about.unit));
  return obstacle ? blocked(obstacle->reason, obstacle->hint) : answer;
}

Observation takes(const Host& host, const Change& change) {
  const About about = about_of(change.subject);
  if (about.ktls) return takes_ktls(host.files(), about, change.value == Value(std::string(kOn)));
  if (change.value == Value(std::string(kAnywhere))) return {};
  const auto obstacle = place_obstacle(host.files(), about.unit);
  return obstacle ? blocked(obstacle->reason, obstacle->hint) : Observation{};
}

// The gate's question: what the program suffers by the option.
std::optional<ProgramRisk> risk(const Host& host, const Change& change) {
  const About about = about_of(change.subject);
  if (!about.ktls || change.value != Value(std::string(kOn))) return std::nullopt;
  const ServiceState state = service_state(host.files(), about.unit);
  if (!state.program) return std::nullopt;
  return risk_of_option(
      option_effect(host.files(), state, service_conf_path(about.place, about.unit)),
      *state.program);
}

// --- write

WrittenAt now(const Host& host) {
  return {.boot_id = read_word(host.files(), "/proc/sys/kernel/random/boot_id"),
          .ms_since_boot = host.clock().since_boot().count()};
}

Outcome remove_both(FileTree& files, const About& about, const std::string& drop_in) {
  TRY(files.remove(drop_in));
  return files.remove(service_conf_path(about.place, about.unit));
}

// The configuration first: a drop-in that names a missing file would leave OpenSSL without any
// configuration.
Outcome write_ktls(Host& host, const About& about, const Change& change) {
  FileTree& files = host.files();
  const bool on = change.value == Value(std::string(kOn));
  if (!on && change.value != Value(std::string(kOff)))
    return fail(Fault::Refused, "only on and off can be written",
                fmt::format("remove {} by hand", change.subject.place));
  const ServiceState state = service_state(files, about.unit);
  if ((state.use.answer == KtlsUse::Answer::Yes) == on)
    return remove_both(files, about, change.subject.place);
  if (!state.program || !state.program->openssl)
    return fail(Fault::Unsupported, "which OpenSSL configuration it reads is not known");
  const std::string& base = state.program->openssl->path;
  const KtlsOption option = on ? KtlsOption::On : KtlsOption::Off;
  const auto config =
      TRY(ktls_config(base, read_openssl_config(base, config_source(files)), option));
  TRY(files.create(service_conf_path(about.place, about.unit),
                   service_conf(about.unit, option, base, config)));
  return files.create(change.subject.place, ktls_drop_in(about.place, about.unit, now(host)));
}

Outcome write_near(Host& host, const About& about, const Change& change) {
  const auto* const text = std::get_if<std::string>(&change.value);
  if (text != nullptr && *text == kAnywhere) return host.files().remove(change.subject.place);
  const auto near = read_near_text(text == nullptr ? "" : *text);
  if (!near)
    return fail(Fault::Refused, "this is no place that can be written",
                fmt::format("remove {} by hand", change.subject.place));
  return host.files().create(change.subject.place, near_drop_in(about.unit, *near, now(host)));
}

// systemd reads the drop-ins once for all of them. Without systemd the files wait for its start.
std::vector<Outcome> write(Host& host, std::span<const Change> changes) {
  std::vector<Outcome> outcomes;
  for (const Change& change : changes) {
    const About about = about_of(change.subject);
    auto done = about.ktls ? write_ktls(host, about, change) : write_near(host, about, change);
    if (!done) done = fail(write_error(change.subject, change.value, done.error(), kServicesRight));
    outcomes.push_back(std::move(done));
  }
  const auto reloaded = host.services().reload();
  if (reloaded || reloaded.error().fault == Fault::Unsupported) return outcomes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (outcomes[i])
      outcomes[i] =
          fail(write_error(changes[i].subject, changes[i].value, reloaded.error(), kServicesRight));
  }
  return outcomes;
}

}  // namespace

Knob services_knob() {
  return {
      .info = {.name = "services",
               .phase = Phase::Persist,
               .doc = "Services of systemd: whether their OpenSSL is asked for kernel TLS, and "
                      "near which NIC they run, from their next start on.",
               .in_profile = "services",
               .reads = "unit files, the files and configurations of their programs",
               .writes = "drop-ins in /etc/systemd/system (apply --persist) or "
                         "/run/systemd/system, OpenSSL configurations in /etc/ssl/ktls-tuner or "
                         "/run/ktls-tuner/openssl; restarts no service",
               .capability = kServicesRight,
               .needs = FactNeed::Nics | FactNeed::Topology,
               .half_written = kHalfWritten},
      .wanted = services_wanted,
      .expand = expand_services,
      .observe = observe_services,
      .write = write,
      .locate = located_by_key<service_of_key, kServicesPrefix>,
      .takes = takes,
      .risk = risk};
}

}  // namespace tuner
