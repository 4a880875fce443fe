#include "profile/import/tuned_plugins.h"

#include "base/text.h"
#include "model/feature_names.h"
#include "model/tuned_text.h"
#include "model/utf8.h"
#include "profile/import/import.h"
#include "profile/import/sysctl_lines.h"
#include "profile/yaml_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace tuner::importing {
namespace {

struct Reason {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kElsewhere = "it has nothing to do with the path of TLS";

// Plugins without a counterpart in a profile. In the order of TuneD's documentation.
constexpr std::array kPlugins{
    Reason{"acpi", kElsewhere},
    Reason{"amd_x3d", kElsewhere},
    Reason{"audio", kElsewhere},
    Reason{"bluetooth", kElsewhere},
    Reason{"bootloader", "a profile does not change the kernel's command line"},
    Reason{"disk", kElsewhere},
    Reason{"eeepc_she", kElsewhere},
    Reason{"intel_uncore", "the frequency of the uncore is not a setting of this program"},
    Reason{"irq", "a profile places interrupts by a rule: nics, irqs.placement"},
    Reason{"irqbalance", "a profile has irqbalance: ban, leave or require-off"},
    Reason{"kthread", "a profile does not bind the kernel's threads"},
    Reason{"modules", "TuneD sets options of modules; a profile only loads modules"},
    Reason{"mounts", kElsewhere},
    Reason{"rtentsk", "it holds a socket open while TuneD runs; this program is no daemon"},
    Reason{"scheduler", "a profile sets no priorities or affinities of processes"},
    Reason{"script", "a profile cannot run anything"},
    Reason{"scsi_host", kElsewhere},
    Reason{"selinux", kElsewhere},
    Reason{"service", "a profile starts and stops no services"},
    Reason{"sysfs", "a profile writes no files of sysfs by their names"},
    Reason{"systemd", "a profile does not change the configuration of systemd"},
    Reason{"uncore", "the frequency of the uncore is not a setting of this program"},
    Reason{"usb", kElsewhere},
    Reason{"video", kElsewhere},
    Reason{"wireless", kElsewhere},
};
static_assert(std::ranges::is_sorted(kPlugins, {}, &Reason::name));

constexpr std::array<std::string_view, 4> kTakenOver{"cpu", "net", "sysctl", "vm"};

constexpr std::array kCpuOptions{
    Reason{"boost", "boost frequencies are not a setting of this program"},
    Reason{"energy_perf_bias",
           "it is a register of the CPU; energy_performance_preference is the kernel's setting"},
    Reason{"force_latency",
           "TuneD holds /dev/cpu_dma_latency open while it runs; this program is no daemon"},
    Reason{"max_perf_pct", "limits of intel_pstate are not a setting of this program"},
    Reason{"min_perf_pct",
           "limits of intel_pstate are not a setting of this program; the governor "
           "performance has the same purpose"},
    Reason{"no_turbo", "limits of intel_pstate are not a setting of this program"},
    Reason{"pm_qos_resume_latency_us", "idle states of CPUs are not a setting of this program"},
    Reason{"sampling_down_factor", "it is a parameter of the governor ondemand only"},
};

constexpr std::array kNetOptions{
    Reason{"mtu", "the MTU belongs to the network's configuration"},
    Reason{"nf_conntrack_hashsize", "it is a parameter of module nf_conntrack"},
    Reason{"pause", "flow control is not a setting of this program"},
    Reason{"txqueuelen", "queueing disciplines such as fq ignore it"},
    Reason{"wake_on_lan", kElsewhere},
};

constexpr std::array kVmOptions{
    Reason{"transparent_hugepage", "it is a file of sysfs, not a sysctl"},
    Reason{"transparent_hugepage.defrag", "it is a file of sysfs, not a sysctl"},
    Reason{"transparent_hugepages", "it is a file of sysfs, not a sysctl"},
};

template <std::size_t Count>
void give_reason(ImportedLine& line, const std::array<Reason, Count>& reasons,
                 const TunedUse& use) {
  const auto* const row = std::ranges::find(reasons, use.key, &Reason::name);
  line.reasons.push_back(row == reasons.end()
                             ? fmt::format("a profile has nothing for this option of TuneD's "
                                           "plugin {}",
                                           use.plugin)
                             : std::string(row->why));
}

// ">2048": not less than this; "<10": not more.
Goal::Op op_of(std::string& value) {
  const char first = value.empty() ? '\0' : value.front();
  if (first != '>' && first != '<') return Goal::Op::Exactly;
  value = trim(std::string_view(value).substr(1));
  return first == '>' ? Goal::Op::AtLeast : Goal::Op::AtMost;
}

void add_sysctl_option(ImportedLine& line, const TunedUse& use) {
  std::string value = use.value;
  const Goal::Op op = op_of(value);
  add_sysctl(line, use.key, value, op);
}

// dirty_bytes=10% is vm.dirty_ratio (tuned/plugins/plugin_vm.py).
void add_vm_option(ImportedLine& line, const TunedUse& use) {
  if (!use.key.starts_with("dirty_")) return give_reason(line, kVmOptions, use);
  std::string name = "vm." + use.key;
  std::string value = use.value;
  const Goal::Op op = op_of(value);
  if (value.ends_with('%') && name.ends_with("_bytes")) {
    value.pop_back();
    name.replace(name.size() - 5, 5, "ratio");
  }
  add_sysctl(line, name, trim(value), op);
}

std::string hidden_fault(std::string_view value) {
  if (value.empty()) return "it has no value";
  return escaped_line(value) == value && value.size() < 512 ? ""
                                                            : "its value is not text of one word";
}

// "performance", or "schedutil|ondemand": TuneD takes the first that the machine has.
void add_cpu_option(ImportedLine& line, const TunedUse& use) {
  const bool known = use.key == "governor" || use.key == "energy_performance_preference";
  if (!known) return give_reason(line, kCpuOptions, use);
  if (!use.devices.empty() && use.devices != "*") {
    line.reasons.emplace_back("a profile names CPUs by their NUMA nodes: cpus, nodes");
    return;
  }
  if (auto fault = hidden_fault(use.value); !fault.empty())
    return line.reasons.push_back(std::move(fault));
  const std::string_view first = trim(split(use.value, '|').front());
  Draft draft{.section = Draft::Section::Cpus,
              .name = use.key,
              .goal = {.op = Goal::Op::Exactly, .value = std::string(first)},
              .preferred = true};
  if (use.value.find('|') != std::string::npos)
    draft.warnings.emplace_back(
        "TuneD takes the first of these words that the machine has; a "
        "profile has one word");
  line.drafts.push_back(std::move(draft));
}

// The selector of a section's devices; nullopt: a profile cannot say it.
std::optional<std::string> selector_of(std::string_view devices) {
  std::string names;
  for (const std::string& name : tuned_list(devices)) {
    if (name.find_first_of("![]") != std::string::npos || escaped_line(name) != name)
      return std::nullopt;
    names += (names.empty() ? "" : ", ") + yaml_quoted(name);
  }
  if (names.empty() || names == "\"*\"") return "{ any: physical }";
  return fmt::format("{{ name: [{}] }}", names);
}

std::optional<std::string_view> group_of(std::string_view key) {
  if (key == "features") return "features";
  if (key == "ring") return "rings";
  if (key == "coalesce") return "coalesce";
  if (key == "channels") return "channels";
  return std::nullopt;
}

// Features and adaptive-… are switches, all others are numbers. What is neither is a word, which
// the reader of profiles refuses with the reason.
Value parameter_value(std::string_view value) {
  if (value == "on") return true;
  if (value == "off") return false;
  if (const auto number = parse_integer(value)) return *number;
  return std::string(value);
}

void add_net_option(ImportedLine& line, const TunedUse& use) {
  const auto group = group_of(use.key);
  if (!group) return give_reason(line, kNetOptions, use);
  const auto select = selector_of(use.devices);
  if (!select) {
    line.reasons.emplace_back(
        "a profile selects NICs by names with * and ?, and cannot exclude some of them");
    return;
  }
  if (auto fault = hidden_fault(use.value); !fault.empty())
    return line.reasons.push_back(std::move(fault));
  const auto pairs = tuned_pairs(use.value);
  if (pairs.empty()) line.reasons.emplace_back("it has no pair of a name and a value");
  if (pairs.size() > kSettingsOfALineLimit)
    return line.reasons.push_back(
        fmt::format("it has more than {} settings", kSettingsOfALineLimit));
  for (const auto& [name, value] : pairs) {
    const auto names =
        *group == "features" ? kernel_features_of(name) : std::vector<std::string>{name};
    for (const std::string& one : names)
      line.drafts.push_back({.section = Draft::Section::Nics,
                             .select = *select,
                             .group = std::string(*group),
                             .name = one,
                             .goal = {.op = Goal::Op::Exactly, .value = parameter_value(value)},
                             .preferred = true});
  }
}

}  // namespace

bool is_tuned_plugin(std::string_view name) {
  return std::ranges::count(kTakenOver, name) > 0 ||
         std::ranges::count(kPlugins, name, &Reason::name) > 0;
}

void add_tuned_option(ImportedLine& line, const TunedUse& use) {
  if (use.plugin == "sysctl") return add_sysctl_option(line, use);
  if (use.plugin == "vm") return add_vm_option(line, use);
  if (use.plugin == "cpu") return add_cpu_option(line, use);
  if (use.plugin == "net") return add_net_option(line, use);
  const auto* const row = std::ranges::find(kPlugins, use.plugin, &Reason::name);
  line.reasons.push_back(
      row == kPlugins.end()
          ? fmt::format("{} is no plugin of TuneD known to this program", in_quotes(use.plugin))
          : std::string(row->why));
}

}  // namespace tuner::importing
