// CPUs, interrupts, sysctls and the profile in use.
#include "base/text.h"
#include "model/findings/looks.h"
#include "model/sysctl/sysctl_harm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace tuner {
namespace {

constexpr std::size_t kMostEvidence = 8;

// Whether there is a plan; a look without it is a doubt of the step that made none.
bool has_plan(const DiagnosisInput& input) {
  return input.plan.has_value();
}

void add_evidence(HostFinding& finding, std::string text) {
  if (finding.evidence.size() < kMostEvidence) return finding.evidence.push_back(std::move(text));
  if (finding.evidence.size() == kMostEvidence) finding.evidence.emplace_back("and more");
}

// The policies of one kind of finding as one, with their names.
void look_policies(const DiagnosisInput& input, FindingCode code, auto&& value_of,
                   Diagnosis& found) {
  doubt_part(input, FactNeed::Cpufreq, code, found);
  HostFinding finding = finding_of(code);
  int count = 0;
  for (const CpufreqPolicy& policy : input.facts.cpufreq) {
    const std::string value = value_of(policy);
    if (value.empty()) continue;
    ++count;
    finding.words["value"] = value;
    add_evidence(finding, fmt::format("{} (cpus {}, {}): {}", policy.name, policy.cpus.to_list(),
                                      policy.driver, value));
    const bool can_follow = std::ranges::count(policy.available_governors, "schedutil") > 0;
    finding.words["better"] = can_follow ? "schedutil" : "performance";
  }
  if (count == 0) return;
  finding.words["count"] = fmt::format("{} of {}", count, input.facts.cpufreq.size());
  found.findings.push_back(std::move(finding));
}

std::optional<Integers> integers_of(std::string_view text) {
  Integers numbers;
  for (const std::string_view word : split_whitespace(text)) {
    const auto number = parse_integer(word);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

// The lines of sysctl files as numbers.
struct SysctlLine {
  const ExternalSetting* setting = nullptr;
  Integers numbers;
};
std::vector<SysctlLine> sysctl_lines(const DiagnosisInput& input, FindingCode code,
                                     Diagnosis& found) {
  doubt_part(input, FactNeed::Neighbours | FactNeed::ExternalSettings, code, found);
  std::vector<SysctlLine> all;
  for (const ExternalSetting& setting : input.facts.external_settings) {
    if (setting.knob != "sysctl" || setting.value.empty()) continue;
    if (auto numbers = integers_of(setting.value); numbers && !numbers->empty())
      all.push_back({&setting, std::move(*numbers)});
  }
  return all;
}

HostFinding of_line(FindingCode code, const ExternalSetting& setting) {
  HostFinding finding = finding_of(code, setting.setting);
  finding.place = place_of(setting.where);
  finding.words = {{"value", setting.value}, {"where", setting.where}};
  finding.evidence = {fmt::format("{}: {} = {}", setting.where, setting.setting, setting.value)};
  return finding;
}

std::string step_text(const Step& step) {
  return fmt::format("{} {}: {} instead of {}", step.desired.subject.knob,
                     step.desired.subject.name, to_text(step.observed.value),
                     to_text(step.desired.setting.goal));
}

}  // namespace

// By the plan, which knows which interrupt serves a queue: an affinity without any CPU of the NIC's
// node. One that also has others is the kernel's default, and irqbalance's business.
void look_interrupts_not_local(const DiagnosisInput& input, Diagnosis& found) {
  if (!has_plan(input)) return;
  std::map<std::string, HostFinding> by_nic;
  std::map<std::string, int> counts;
  for (const Step& step : input.plan->steps) {
    const auto* const cpus = std::get_if<CpuSet>(&step.observed.value);
    const Nic* const nic = input.facts.nic_of(step.desired.subject.device);
    if (step.desired.subject.knob != "irq_affinity" || cpus == nullptr || nic == nullptr) continue;
    const auto& nodes = input.facts.topology.nodes;
    const auto node = std::ranges::find(nodes, nic->numa_node, &NumaNode::id);
    if (node == nodes.end() || node->cpus.empty() || cpus->empty()) continue;
    if (!(*cpus & node->cpus).empty()) continue;
    const auto added =
        by_nic.try_emplace(nic->name, finding_of(FindingCode::InterruptsNotLocal, nic->name));
    HostFinding& finding = added.first->second;
    finding.words = {{"count", fmt::format("{}", ++counts[nic->name])},
                     {"node", fmt::format("{}", node->id)},
                     {"cpus", node->cpus.to_list()},
                     {"source", input.plan_source}};
    add_evidence(finding, fmt::format("{} on CPUs {}", step.desired.subject.name, cpus->to_list()));
  }
  for (auto& [name, finding] : by_nic) found.findings.push_back(std::move(finding));
}

// irqbalance where nothing keeps it from the interrupts that the profile in use places.
void look_irqbalance_moves(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::IrqbalanceMoves;
  if (!has_plan(input) || !input.plan_is_active) return;
  doubt_part(input, FactNeed::Neighbours, kCode, found);
  const auto& neighbours = input.facts.neighbours;
  const auto irqbalance = std::ranges::find(neighbours, "irqbalance", &Neighbour::name);
  if (irqbalance == neighbours.end()) return;
  HostFinding finding = finding_of(kCode);
  for (const Step& step : input.plan->steps) {
    const bool moved = step.desired.subject.knob == "irq_affinity" &&
                       step.desired.owner.find("irqbalance") != std::string::npos;
    if (moved)
      add_evidence(finding, fmt::format("{} of {}", step.desired.subject.name, step.desired.owner));
  }
  if (finding.evidence.empty()) return;
  finding.words = {{"detail", irqbalance->detail}, {"profile", input.plan->profile}};
  found.findings.push_back(std::move(finding));
}

// A program that may use none of the CPUs of a NIC's node. Of the NICs that carry the default
// route, and if there are several nodes.
void look_program_not_local(const DiagnosisInput& input, Diagnosis& found) {
  constexpr auto kCode = FindingCode::ProgramNotLocal;
  const auto& nodes = input.facts.topology.nodes;
  if (!programs_known(input, kCode, found) || nodes.size() < 2) return;
  for (const Nic& nic : input.facts.nics) {
    const auto node = std::ranges::find(nodes, nic.numa_node, &NumaNode::id);
    if (!nic.physical || !carries_default_route(nic, input.facts) || node == nodes.end()) continue;
    for (const Program& program : input.programs->all) {
      if (!matters(program, input) || program.cpus.empty() || node->cpus.empty()) continue;
      if (!(program.cpus & node->cpus).empty()) continue;
      HostFinding finding =
          finding_of(kCode, program.service.empty() ? program.name : program.service);
      finding.words = {{"program", program_text(program)},
                       {"allowed", program.cpus.to_list()},
                       {"node", fmt::format("{}", node->id)},
                       {"nic", nic.name},
                       {"cpus", node->cpus.to_list()}};
      finding.evidence = {
          fmt::format("Cpus_allowed_list of its processes: {}", program.cpus.to_list())};
      found.findings.push_back(std::move(finding));
    }
  }
}

// With intel_pstate and amd-pstate in their active mode, powersave follows the load.
void look_governor_saves_power(const DiagnosisInput& input, Diagnosis& found) {
  look_policies(
      input, FindingCode::GovernorSavesPower,
      [](const CpufreqPolicy& policy) {
        const bool follows = policy.driver == "intel_pstate" || policy.driver == "amd-pstate-epp" ||
                             policy.driver == "amd_pstate_epp";
        return policy.governor == "powersave" && !follows ? policy.governor : std::string();
      },
      found);
}

void look_preference_saves_power(const DiagnosisInput& input, Diagnosis& found) {
  look_policies(
      input, FindingCode::PreferenceSavesPower,
      [](const CpufreqPolicy& policy) {
        return policy.epp == "power" ? policy.epp : std::string();
      },
      found);
}

void look_profile_not_in_effect(const DiagnosisInput& input, Diagnosis& found) {
  if (!has_plan(input) || !input.plan_is_active) return;
  HostFinding finding = finding_of(FindingCode::ProfileNotInEffect, input.plan->profile);
  int count = 0;
  for (const Step& step : input.plan->steps) {
    if (step.status == Status::Unreadable)
      add_doubt(DoubtKind::Unreadable,
                fmt::format("{} {} could not be read: {}", step.desired.subject.knob,
                            step.desired.subject.name, step.because),
                step.observed.hint, FindingCode::ProfileNotInEffect, found);
    if (step.status != Status::Change) continue;
    ++count;
    add_evidence(finding, step_text(step) + (step.cause.empty() ? "" : "; " + step.cause));
  }
  if (count == 0) return;
  finding.words = {{"count", fmt::format("{}", count)}, {"source", input.plan_source}};
  found.findings.push_back(std::move(finding));
}

// One for each owner: what it sets otherwise than the profile in use.
void look_setting_overridden(const DiagnosisInput& input, Diagnosis& found) {
  if (!has_plan(input) || !input.plan_is_active) return;
  std::map<std::string, HostFinding> by_owner;
  std::map<std::string, int> counts;
  for (const Step& step : input.plan->steps) {
    const std::string& owner = step.desired.owner;
    if (step.status != Status::Change || owner.empty()) continue;
    HostFinding& finding =
        by_owner.try_emplace(owner, finding_of(FindingCode::SettingOverridden, owner))
            .first->second;
    finding.words = {{"count", fmt::format("{}", ++counts[owner])},
                     {"profile", input.plan->profile}};
    const auto open = owner.find('(');
    if (open != std::string::npos) finding.place = place_of(owner.substr(open + 1));
    add_evidence(finding, step_text(step));
  }
  for (auto& [owner, finding] : by_owner) found.findings.push_back(std::move(finding));
}

void look_sysctl_harmful(const DiagnosisInput& input, Diagnosis& found) {
  for (const auto& [setting, numbers] : sysctl_lines(input, FindingCode::SysctlHarmful, found)) {
    const Value value = numbers.size() == 1 ? Value(numbers.front()) : Value(numbers);
    for (const SysctlHarm* const harm : harms_of(setting->setting, {.value = value})) {
      const bool about_network =
          harm->harm == SysctlHarm::Class::Harmful || harm->harm == SysctlHarm::Class::StopsNetwork;
      if (!about_network || !setting->setting.starts_with("net.")) continue;
      HostFinding finding = of_line(FindingCode::SysctlHarmful, *setting);
      finding.words["why"] = harm->why;
      finding.words["instead"] = harm->instead;
      found.findings.push_back(std::move(finding));
    }
  }
}

// The second number of an old recipe, "4096 87380 …": less than the kernel's own (net/ipv4/tcp.c,
// tcp_init(); 131072 since Linux 4.20).
void look_receive_window_lowered(const DiagnosisInput& input, Diagnosis& found) {
  constexpr std::int64_t kKernelDefault = 131'072;
  constexpr std::int64_t kHarmful = 16'384;  // below, model/sysctl/sysctl_harm.cc has a row
  for (const auto& [setting, numbers] :
       sysctl_lines(input, FindingCode::ReceiveWindowLowered, found)) {
    if (setting->setting != "net.ipv4.tcp_rmem" || numbers.size() != 3) continue;
    if (numbers[1] < kHarmful || numbers[1] >= kKernelDefault) continue;
    HostFinding finding = of_line(FindingCode::ReceiveWindowLowered, *setting);
    finding.words["bytes"] = fmt::format("{}", numbers[1]);
    finding.words["maximum"] = fmt::format("{}", numbers[2]);
    finding.words["edit"] = fmt::format("{}s/^/#/", finding.place.line);
    found.findings.push_back(std::move(finding));
  }
}

// What one connection can send over a path of 50 ms: buffer / round-trip time.
void look_buffers_small(const DiagnosisInput& input, Diagnosis& found) {
  if (!has_plan(input)) return;
  constexpr std::int64_t kPathsPerSecond = 20;  // of 50 ms
  for (const Step& step : input.plan->steps) {
    const std::string& name = step.desired.subject.name;
    const auto* const sizes = std::get_if<Integers>(&step.observed.value);
    const bool buffers = name == "net.ipv4.tcp_wmem" || name == "net.ipv4.tcp_rmem";
    if (step.status != Status::Change || !buffers || sizes == nullptr || sizes->size() != 3)
      continue;
    HostFinding finding = finding_of(FindingCode::BuffersSmall, name);
    finding.words = {{"bytes", fmt::format("{}", sizes->back())},
                     {"mbit", fmt::format("{}", sizes->back() * 8 * kPathsPerSecond / 1'000'000)},
                     {"source", input.plan_source}};
    finding.evidence = {step_text(step)};
    found.findings.push_back(std::move(finding));
  }
}

}  // namespace tuner
