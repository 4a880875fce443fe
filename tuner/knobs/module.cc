// Kernel modules that a profile wants loaded, above all tls.
#include "base/text.h"
#include "host/facts/module_state.h"
#include "knobs/answers.h"
#include "knobs/desired_settings.h"
#include "knobs/knob.h"
#include "knobs/one_by_one.h"
#include "model/module_name.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr char kModulePrefix[] = "module:";
constexpr std::string_view kModuleRight = "CAP_SYS_MODULE";

bool module_wanted(const Profile& profile) {
  return !profile.modules.empty();
}

// Keys of the journal are checked as well: its text must not become a path outside /sys/module.
std::optional<Subject> module_of_key(std::string_view name) {
  if (!is_module_name(name)) return std::nullopt;
  return Subject{.knob = "module",
                 .key = kModulePrefix + std::string(name),
                 .name = std::string(name),
                 .place = std::string(name)};
}

// Kernel TLS is only as fast as the kernel's cipher implementation, so a slow one gives a warning.
void note_cipher(const Profile& profile, const Facts& facts, std::vector<std::string>& notes) {
  const bool wants_tls = std::ranges::any_of(profile.modules, [](const NamedSetting& module) {
    return module.name == "tls" && module.setting.goal.value == Value(true);
  });
  if (!wants_tls) return;
  if (const auto warning = generic_cipher_warning(facts.crypto))
    notes.push_back(std::string(kWarningNote) + *warning);
}

std::vector<DesiredSetting> expand_module(const Profile& profile, const Facts& facts,
                                          std::vector<std::string>& notes) {
  DesiredSettings desired_settings(notes);
  for (const NamedSetting& module : profile.modules) {
    desired_settings.add({.subject = {.knob = "module",
                                      .key = "module:" + module.name,
                                      .name = module.name,
                                      .place = module.name},
                          .setting = module.setting});
  }
  note_cipher(profile, facts, notes);
  return desired_settings.take();
}

std::string not_built_hint(std::string_view module, std::string_view release) {
  if (module != "tls")
    return fmt::format("boot a kernel that was built with it; {} was not", release);
  return "boot a kernel built with CONFIG_TLS=m: Debian 12's 6.1 and later kernels are, "
         "Debian 11's 5.10 is not";
}

Observation judge_module(const ModuleFacts& facts, std::string_view module,
                         std::string_view release) {
  const std::string detail =
      facts.because.empty() ? std::string(module_state_name(facts.state)) : facts.because;
  switch (facts.state) {
    case ModuleState::BuiltIn: return {.value = true, .reason = "built into the kernel: " + detail};
    case ModuleState::Live: return {.value = true, .reason = "loaded: " + detail};
    case ModuleState::Loadable: return {.value = false, .reason = "not loaded: " + detail};
    case ModuleState::DenyListed:
      return blocked(fmt::format("{} is deny-listed: {}", module, detail),
                     "remove that line if the module may be loaded");
    case ModuleState::Locked:
      return blocked(fmt::format("no module can be loaded until the next boot: {}", detail),
                     "load it at boot, from /etc/modules-load.d, before modules are locked");
    case ModuleState::Missing:
      return unsupported(
          fmt::format("no module {} is installed for kernel {}: {}", module, release, detail),
          "install the rest of this kernel's modules (a cloud or minimal kernel image leaves them "
          "out), or reboot after a kernel update");
    case ModuleState::NotBuilt:
      return unsupported(fmt::format("kernel {} was built without {}: {}", release, module, detail),
                         not_built_hint(module, release));
    case ModuleState::Unknown: break;
  }
  return unreadable(fmt::format("cannot determine the state of module {}: {}", module, detail),
                    "make /sys/module and /lib/modules readable");
}

Observation observe_module(const Host& host, const Subject& subject) {
  const auto release = host.files().read("/proc/sys/kernel/osrelease");
  if (!release) return unreadable(release.error(), "/proc");
  const std::string_view kernel = trim(*release);
  return judge_module(module_state(host.files(), subject.place, kernel), subject.place, kernel);
}

// The modules that use this one. Empty if none does; open sockets may still use it. "In use" alone
// sent operators to look for connections where another module (bonding) held tls.
std::string holders_of(const Host& host, std::string_view module) {
  std::string folder = fmt::format("/sys/module/{}", module);
  std::ranges::replace(folder, '-', '_');
  const auto names = host.files().list(folder + "/holders");
  return names ? join(*names, ", ") : std::string();
}

Error explain_module(const Host& host, const Change& change, bool load, Error error) {
  const std::string& module = change.subject.place;
  error.text =
      fmt::format("module {} cannot be {}: {}", module, load ? "loaded" : "unloaded", error.text);
  if (!load && error.fault == Fault::Busy) {
    const std::string holders = holders_of(host, module);
    error.text = fmt::format("module {} is in use{}{} and stays loaded", module,
                             holders.empty() ? "" : " by module ", holders);
    error.hint =
        holders.empty()
            ? fmt::format("run modprobe -r {} after the last connection that uses it is closed",
                          module)
            : fmt::format("first unload the modules in /sys/module/{}/holders: {}", module,
                          holders);
  } else if (error.fault == Fault::NotPermitted && error.hint.empty()) {
    error.hint = fmt::format("this needs {}; a locked-down kernel also refuses unsigned modules",
                             kModuleRight);
  }
  return error;
}

Outcome write_module(Host& host, const Change& change) {
  const auto* on = std::get_if<bool>(&change.value);
  const bool load = on != nullptr && *on;
  Outcome done = load ? host.modules().load(change.subject.place)
                      : host.modules().unload(change.subject.place);
  if (!done) return fail(explain_module(host, change, load, done.error()));
  return {};
}

bool brings_ktls(const Change& change) {
  return change.subject.place == "tls" && change.value == Value(true);
}

}  // namespace

Knob module_knob() {
  return {.info = {.name = "module",
                   .phase = Phase::Modules,
                   .doc = "Kernel modules that must be loaded. The kernel loads tls by itself only "
                          "for a process with CAP_NET_ADMIN, so a worker without it gets no kTLS.",
                   .in_profile = "modules",
                   .reads = "/sys/module, tcp_available_ulp, /lib/modules, /etc/modprobe.d, "
                            "/proc/crypto",
                   .writes = "loads and unloads modules (libkmod)",
                   .capability = kModuleRight,
                   .needs = FactNeed::None,
                   .needs_for_notes = FactNeed::Crypto},
          .wanted = module_wanted,
          .expand = expand_module,
          .observe = observe_module,
          .write = one_by_one<write_module>,
          .locate = located_by_key<module_of_key, kModulePrefix>,
          .brings_ktls = brings_ktls};
}

}  // namespace tuner
