#include "base/text.h"
#include "host/owners/parts.h"
#include "host/owners/tuned_profile.h"
#include "model/feature_names.h"
#include "model/sysctl/sysctl_name.h"
#include "model/tuned_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// As tuned/hardware/device_matcher.py: a device matches if it matches a positive pattern, or there
// is none, and it matches no negative pattern ("!eth*").
bool matches(std::string_view rules, std::string_view device) {
  bool any_positive = false;
  bool matched = false;
  std::string spaced(rules);
  std::ranges::replace(spaced, ',', ' ');
  for (const std::string_view rule : split_whitespace(spaced)) {
    if (rule.starts_with('!')) {
      if (glob_match(rule.substr(1), device)) return false;
      continue;
    }
    any_positive = true;
    matched = matched || glob_match(rule, device);
  }
  return matched || !any_positive;
}

class TunedSettings {
 public:
  explicit TunedSettings(const Facts& facts) : facts_(facts) {}

  std::vector<ExternalSetting> take() { return external_.take(); }

  void add(const TunedUnit& unit) {
    for (const TunedOption& option : unit.options) {
      if (unit.type == "sysctl") add_one(option, "sysctl", dotted_sysctl_name(option.key));
      if (unit.type == "sysfs") add_one(option, "", option.key);
      if (unit.type == "modules" && option.value.starts_with("+r"))  // reloads the module
        add_one(option, "module", option.key);
      if (unit.type == "cpu") add_policies(option, unit.devices);
      if (unit.type == "net") add_nics(option, unit.devices);
    }
    if (unit.type == "scheduler" && moves_interrupts(unit))
      add_interrupts(*unit.option("isolated_cores"), "*");
    if (const TunedOption* affinity = unit.option("affinity"); unit.type == "irq" && affinity)
      add_interrupts(*affinity, unit.devices);
  }

 private:
  static bool moves_interrupts(const TunedUnit& unit) {
    // Without irq_process TuneD's scheduler plugin moves interrupts away from isolated cores.
    constexpr std::array<std::string_view, 5> kNo{"0", "n", "no", "f", "false"};
    const TunedOption* cores = unit.option("isolated_cores");
    const TunedOption* irqs = unit.option("irq_process");
    return cores != nullptr && !cores->value.empty() &&
           (irqs == nullptr || std::ranges::count(kNo, irqs->value) == 0);
  }

  void add_one(const TunedOption& option, std::string_view knob, std::string setting,
               std::string nic = {}) {
    external_.add({.who = "tuned",
                   .where = option.where,
                   .knob = std::string(knob),
                   .setting = std::move(setting),
                   .nic = std::move(nic),
                   .value = option.value});
  }

  void add_policies(const TunedOption& option, std::string_view devices) {
    std::string_view knob;
    if (option.key == "governor") knob = "cpu_governor";
    if (option.key == "energy_performance_preference") knob = "cpu_epp";
    if (knob.empty()) return;
    for (const CpufreqPolicy& policy : facts_.cpufreq) {
      const auto cpus = policy.cpus.members();
      if (std::ranges::any_of(cpus,
                              [&](int cpu) { return matches(devices, fmt::format("cpu{}", cpu)); }))
        add_one(option, knob, policy.name);
    }
  }

  // features=tls-hw-tx-offload on, gro off
  void add_nics(const TunedOption& option, std::string_view devices) {
    std::string_view knob;
    if (option.key == "features") knob = "nic_features";
    if (option.key == "ring") knob = "nic_rings";
    if (option.key == "coalesce") knob = "nic_coalesce";
    if (option.key == "channels") knob = "nic_channels";
    if (knob.empty()) return;
    for (const auto& [name, value] : tuned_pairs(option.value)) {
      const TunedOption one{.value = value, .where = option.where};
      const auto settings =
          knob == "nic_features" ? kernel_features_of(name) : std::vector<std::string>{name};
      for (const Nic& nic : facts_.nics) {
        if (!nic.physical || !matches(devices, nic.name)) continue;
        for (const std::string& setting : settings) add_one(one, knob, setting, nic.name);
      }
    }
  }

  // Adds a NIC only if all of its queue interrupts match.
  void add_interrupts(const TunedOption& option, std::string_view devices) {
    for (const Nic& nic : facts_.nics) {
      const bool all = std::ranges::all_of(nic.irqs, [&](const NicIrq& irq) {
        return irq.queue < 0 || matches(devices, fmt::format("irq{}", irq.number));
      });
      if (all && !option.value.empty() && !nic.irqs.empty())
        add_one(option, "irq_affinity", "*", nic.name);
    }
  }

  const Facts& facts_;
  LastPerSetting external_;
};

}  // namespace

void add_tuned(const FileTree& files, const Facts& facts,
               std::vector<ExternalSetting>& external_settings) {
  TunedSettings tuned(facts);
  for (const TunedUnit& unit : active_tuned_units(files)) tuned.add(unit);
  append(external_settings, tuned.take());
}

}  // namespace tuner
